"""What goes wrong with a team's MLflow while somebody runs an experiment: the run never suffers.

It finishes with its report and exit code 0; its user is told once, with the remedy; and `escalade track` completes the
log when the trouble is over.
"""

import asyncio
import json
import re
import threading
from dataclasses import replace
from itertools import count

import psycopg
import pytest
from between import Between, standing
from colleague import QUESTIONS, Colleague, make_user
from team_stack import MlflowServer

from escalade.config import models
from escalade.store import Store
from escalade.tasks.mlflow_server import opened
from escalade.track import Follower
from escalade.track.sending import Sender

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
PASSWORD = "compilers-and-nanoseconds"
TRIALS = 3 * QUESTIONS
TASK = f"{{demo: {{count: {QUESTIONS}}}}}"
"""Not in MLflow, which could not be read otherwise."""
FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'could not extend file "base/1": No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER no_room BEFORE INSERT ON metrics EXECUTE FUNCTION no_room();
"""
_numbers = count(1)


@pytest.fixture
def second_half(monkeypatch) -> threading.Event:
    """Until it is set, simulated models answer no more than half of the questions: a run does not end before."""
    may, first = threading.Event(), set()

    class Held(models.SimulatedBackend):
        async def send(self, body, request):
            if len(first) < QUESTIONS // 2:
                first.add(request.item)
            while request.item not in first and not may.is_set():  # noqa: ASYNC110  (it is set on another thread)
                await asyncio.sleep(0.01)
            return await super().send(body, request)

    monkeypatch.setattr(models, "SimulatedBackend", Held)
    return may


@pytest.fixture
def colleague(mlflow_server, postgres, tmp_path) -> Colleague:
    """Somebody new, with a store of his own and a seed of his own: so his runs are no one else's."""
    number = next(_numbers)
    make_user(mlflow_server, f"colleague{number}", PASSWORD)
    return Colleague(tmp_path, mlflow_server.url, postgres.new_database(), f"colleague{number}", PASSWORD, number)


def finished(who: Colleague, ran) -> str:
    """The run's id, after a look at what the run has to have done in any case."""
    assert ran.exit_code == 0, (ran.output, ran.exception)
    summary = json.loads(ran.stdout)
    assert summary["run"]["finished"]
    with Store.open(who.store) as store:
        assert len(list(store.records(summary["run"]["id"]))) == TRIALS
    return summary["run"]["id"]


def told_once(ran, run_id: str, *words: str) -> None:
    """One piece of news, with what was wrong and the command that mends it."""
    assert ran.stderr.count("not all was logged to MLflow") == 1
    assert len(re.findall(rf"`escalade track {run_id}[^`]*` completes it", ran.stderr)) == 1
    assert len(ran.stderr.strip().splitlines()) == 2, ran.stderr
    for word in words:
        assert word in ran.stderr, ran.stderr
    assert PASSWORD not in ran.stderr


def completed(who: Colleague, run_id: str) -> None:
    """`escalade track` now makes MLflow say what the store says, each question once."""
    told = json.loads(who.said("track", run_id, "--config", str(who.config), "--json"))
    assert told["trials"] == TRIALS
    with opened(who.where) as client, Store.open(who.store) as store:
        place = client.get_experiment_by_name(told["experiment"]).experiment_id
        runs = client.search_runs([place], max_results=1000)
        traces = client.search_traces(locations=[place], max_results=500, include_spans=False)
        costs = {(one.system, one.item): sum(call.cost.usd for call in one.calls) for one in store.records(run_id)}
    questions = [run for run in runs if run.data.tags["escalade.kind"] == "question"]
    assert len(questions) == len(traces) == TRIALS
    assert {run.info.status for run in runs} == {"FINISHED"}
    found = {
        (run.data.tags["escalade.system"], run.data.tags["escalade.item"]): run.data.metrics["total_cost"]
        for run in questions
    }
    assert found == pytest.approx({key: float(cost) for key, cost in costs.items()})


def test_a_wrong_password(colleague):
    """The remedy names the variable that holds it; a command that can do nothing without it fails."""
    wrong = colleague.as_(colleague.name, "guessed")
    assert "401" in str(wrong("data", "list").exception)
    ran = wrong.run(TASK)
    run_id = finished(colleague, ran)
    told_once(ran, run_id, "MLFLOW_TRACKING_PASSWORD")
    assert "guessed" not in ran.stderr
    completed(colleague, run_id)


def test_a_server_that_is_killed_in_the_middle_of_a_run(colleague, postgres, tmp_path, second_half, monkeypatch):
    """After ten questions of sixty; it comes back with what it had been told, and gets the rest."""
    (tmp_path / "server").mkdir()
    server = MlflowServer(postgres, tmp_path / "server")
    server.start()
    done_then: list[int] = []
    genuine = Sender.put_question

    def put_question(self, record, log, parent):
        if next(sent) == 10:
            with Store.open(colleague.store) as store:
                done_then.append(len(list(store.records(record.run))))
            server.kill()
            second_half.set()
        return genuine(self, record, log, parent)

    sent = count(1)
    monkeypatch.setattr(Sender, "put_question", put_question)
    try:
        who = replace(colleague, uri=server.url)
        ran = who.run(TASK)
        run_id = finished(colleague, ran)
        assert done_then[0] < TRIALS
        told_once(ran, run_id, server.url)
        server.start()
        completed(who, run_id)
    finally:
        server.kill()


def test_a_slow_server(colleague, mlflow_server, monkeypatch):
    """Nobody waits for it but the end of the command: it hears of nothing before the last trial is done."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "3600")
    trials = count(1)
    genuine = Follower.trial
    with standing(Between(mlflow_server.port, held=True)) as between:

        def trial(self, record):
            genuine(self, record)
            if next(trials) == TRIALS:
                between.let_go()

        monkeypatch.setattr(Follower, "trial", trial)
        who = replace(colleague, uri=between.url)
        ran = who.run(TASK)
        run_id = finished(who, ran)
        assert ran.stderr == ""
        completed(who, run_id)


def test_a_server_that_never_answers(colleague, mlflow_server, monkeypatch):
    """It is given up, after MLflow's own patience."""
    with standing(Between(mlflow_server.port, deaf=True)) as between, monkeypatch.context() as patched:
        patched.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
        ran = replace(colleague, uri=between.url).run(TASK)
    run_id = finished(colleague, ran)
    told_once(ran, run_id, "Read timed out")
    completed(colleague, run_id)


def test_a_full_database(colleague, postgres, mlflow_server):
    """PostgreSQL's own refusal, raised by a trigger: a disc that is really full would need a file system to fill."""
    with psycopg.connect(postgres.url("mlflow").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(FULL)
        try:
            ran = colleague.run(TASK)
        finally:
            connection.execute("DROP FUNCTION no_room CASCADE")
    run_id = finished(colleague, ran)
    told_once(ran, run_id, "503", "its log")
    assert "No space left on device" in mlflow_server.log
    completed(colleague, run_id)
