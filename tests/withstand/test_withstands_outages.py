"""Runs that cannot succeed: they stop or say so, with the remedy and an exit code that is not 0."""

import sqlite3
from contextlib import closing

import pytest
import yaml
from aiohttp import web
from answering import answering
from ladder import config, written
from program import told as told_once
from stored import trials

from escalade.simulate.faults import Faults
from escalade.simulate.server import Service

STORE = "sqlite:///hard.sqlite"


@pytest.mark.parametrize("fault", ["unavailable", "rate_limited_silently"])
def test_an_outage_stops_the_run_and_decides_nothing(program, serve, tmp_path, fault):
    """A provider that says 503 or 429 to everything is found out soon; nothing is recorded as lost."""
    with serve(Service(faults=Faults(**{fault: 1.0}))) as served:
        path = written(tmp_path, config(served.url, items=60, experiment={"concurrency": 8}))
        ran = program("run", path, "--store", STORE)
        asked = len(served.bill.entries)
    assert ran.code == 1
    assert "trials in a row ended without an answer" in ran.err
    assert "0 of 180 trials are done and kept" in ran.err
    assert "try: " in ran.err
    assert "same command again" in ran.err
    assert ran.err.count("stopped:") == 1
    assert asked < 180
    assert trials(tmp_path / "hard.sqlite") == 0


def test_a_provider_that_comes_back_is_asked_for_all_that_is_left(program, tmp_path):
    """The same command, after the outage, does the whole run; no question of the outage counts as a loss."""
    is_up = []

    async def answer(_request):
        if not is_up:
            return web.json_response({"error": {"message": "overloaded"}}, status=503)
        return web.json_response({"choices": [{"message": {"content": "Answer: 1"}, "finish_reason": "stop"}]})

    with answering(answer) as url:
        path = written(tmp_path, config(url, items=60, experiment={"systems": ["large"], "concurrency": 4}))
        down = program("run", path, "--store", STORE)
        assert down.code == 1
        is_up.append(True)
        up = program("run", path, "--json", "--store", STORE)
    assert up.code == 0, up.err
    [large] = up.json()["systems"]
    assert large["statuses"] == {"answered": 60}


def _html(status=200):
    async def answer(_request):
        return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html", status=status)

    return answer


def test_a_run_without_any_answer_says_so(program, tmp_path):
    """A wrong address that answers 200 with a page: too few trials for an outage, and yet no table of zeros with 0."""
    with answering(_html()) as url:
        path = written(tmp_path, config(url, items=3))
        for flags in ([], ["--quiet"], ["--json"]):
            ran = program("run", path, "--store", STORE, *flags)
            assert ran.code == 1
            [said] = [line for line in ran.err.splitlines() if line.startswith("nothing was answered: ")]
            assert "of 9 trials ended with" in said
            assert "no chat completion" in said
            assert "endpoint's `url`" in ran.err
            assert "--retry-failed" in ran.err
    assert ran.json()["systems"][0]["failures"] == {"bad_response": 3}


def test_one_answer_is_enough_to_be_a_report(program, tmp_path):
    """A run with an answer has something to say: it ends with 0, however much failed."""
    answered = []

    async def answer(request):
        answered.append(1)
        if len(answered) > 1:
            return await _html()(request)
        return web.json_response({"choices": [{"message": {"content": "Answer: 1"}, "finish_reason": "stop"}]})

    with answering(answer) as url:
        path = written(tmp_path, config(url, items=3, experiment={"systems": ["large"], "concurrency": 1}))
        ran = program("run", path, "--store", STORE)
    assert ran.code == 0
    assert "nothing was answered" not in ran.err


def test_a_store_that_fails_at_once_is_all_that_is_told(program, serve, tmp_path):
    """Before anything is known of the run, no progress is made up: the error stands alone."""
    with serve() as served:
        path = written(tmp_path, config(served.url))
        assert program("run", path, "--limit", "1", "--store", STORE).code == 0
        with closing(sqlite3.connect(tmp_path / "hard.sqlite")) as store:
            store.execute("CREATE TRIGGER full BEFORE INSERT ON runs BEGIN SELECT RAISE(FAIL, 'no room'); END")
        ran = program("run", path, "--limit", "2", "--store", STORE)
    told_once(ran, "no room", code=1)


JUDGED = """
models:
  large: {simulated: {like: ladder/large}}
  judge: {simulated: {like: ladder/judge}}
experiments:
  own:
    task: {table: {path: questions.csv, grading: rubric, rubric: Is right., judge: judge}}
    systems: [large]
"""


@pytest.mark.parametrize(("flags", "told"), [(["--budget", "2"], True), (["--budget", "2", "-q"], False), ([], False)])
def test_what_a_budget_does_not_hold_is_told_before_the_first_call(program, tmp_path, flags, told):
    """Grading by a judge is an account apart: whoever limits a run in dollars hears its worst case first."""
    (tmp_path / "questions.csv").write_text("question,answer\nWhat is 1 + 1?,2\nWhat is 2 + 2?,4\n", encoding="utf-8")
    path = written(tmp_path, yaml.safe_load(JUDGED))
    ran = program("run", path, *flags, "--store", STORE)
    said = [line for line in ran.err.splitlines() if "does not hold grading" in line]
    assert len(said) == int(told)
    if told:
        assert ran.err.splitlines()[0] == said[0]
        assert "the limit of $2.00" in said[0]
        planned = program("plan", path, "--json").json()["systems"][0]["grading"]
        assert f"at most {planned['calls']:,} calls, $" in said[0]
