"""From a data set in MLflow to workflows on it and back: what MLflow says afterwards is what our own store says.

On a file, on PostgreSQL, and through the team's server with a user who is no administrator; the store is beside it.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from colleague import QUESTIONS, Colleague

from escalade.store import Record, Store
from escalade.tasks import Demo
from escalade.tasks.mlflow_server import opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SYSTEMS = ["baseline", "complex", "simple"]


@dataclass(frozen=True)
class Worked:
    """What there is after the work is done."""

    who: Colleague
    pushed: dict[str, Any]
    summary: dict[str, Any]
    told: str

    def records(self) -> list[Record]:
        with Store.open(self.who.store) as store:
            return list(store.records(self.summary["run"]["id"]))


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "server"])
def worked(request, tmp_path_factory) -> Worked:
    folder: Path = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        who = Colleague(folder, f"sqlite:///{folder}/mlflow.db", f"sqlite:///{folder}/store.sqlite")
    elif request.param == "postgresql":
        new = request.getfixturevalue("postgres").new_database
        who = Colleague(folder, new(), new())
    else:
        who = request.getfixturevalue("librarian")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)  # where an MLflow without a server puts artifacts
        pushed = who.push()
        ran = who.run()
        assert ran.exit_code == 0, (ran.output, ran.exception)
        yield Worked(who, pushed, json.loads(ran.stdout), ran.stderr)


@pytest.fixture
def client(worked):
    """MLflow's own."""
    with opened(worked.who.where) as found:
        yield found


@pytest.fixture
def runs(client) -> dict[str, list[Any]]:
    """MLflow's runs of the experiment: of systems, and of questions."""
    place = client.get_experiment_by_name("team_v1").experiment_id
    found = sorted(client.search_runs([place], max_results=1000), key=lambda run: run.data.tags["escalade.kind"])
    return {kind: list(some) for kind, some in groupby(found, key=lambda run: run.data.tags["escalade.kind"])}


async def test_the_data_set_holds_the_questions(worked, client):
    """All of them, with right answers, under the ids that everything else bears."""
    items = {item.id: item for item in await Demo(QUESTIONS).items()}
    records = client.get_dataset(worked.pushed["id"]).records
    assert {record.inputs["question_id"] for record in records} == items.keys()
    for record in records:
        item = items[record.inputs["question_id"]]
        assert record.inputs["question"] == item.turns[0]
        assert record.expectations["expected_response"] == item.gold
    assert worked.summary["items"] == QUESTIONS == worked.pushed["records"]


def test_nothing_was_said_but_what_it_took(worked):
    """No warning, no trouble, and no word of MLflow's own."""
    assert worked.told == ""


def test_a_system_s_figures_are_those_of_our_report(worked, runs):
    """Quality with its interval, costs by part, the funnel and the comparison: MLflow rounds none of them."""
    shown = worked.who.summary(worked.summary["run"]["id"])
    assert shown["systems"] == worked.summary["systems"]
    by_name = {run.info.run_name: run for run in runs["system"]}
    assert sorted(by_name) == SYSTEMS
    for system in shown["systems"]:
        run, metrics = by_name[system["name"]], by_name[system["name"]].data.metrics
        assert run.info.status == "FINISHED"
        assert run.data.params["simulated"] == "True"
        told = {name: metrics[metric] for name, metric in (("mean", "quality"), ("low", "quality_low"))}
        assert told == {name: system["quality"][name] for name in told}
        assert metrics["total_cost"] == pytest.approx(float(system["cost"]["total"]))
        assert metrics["calls"] == system["cost"]["calls"]
        for role, spent in system["cost"]["by_role"].items():
            assert metrics[f"cost_by_role/{role}"] == pytest.approx(float(spent["usd"]))
        for level in system["funnel"]:
            assert metrics[f"funnel/level_{level['level']}_stopped"] == level["stopped"]
        if system["versus_reference"]:
            assert metrics["versus_reference/difference"] == system["versus_reference"]["difference"]


def test_a_question_s_figures_are_those_of_its_record(worked, runs):
    """Each question of each system once, with what it cost and used, and whether it was right."""
    records = {(record.system, record.item): record for record in worked.records()}
    questions = {(run.data.tags["escalade.system"], run.data.tags["escalade.item"]): run for run in runs["question"]}
    assert len(runs["question"]) == len(questions) == 3 * QUESTIONS
    assert questions.keys() == records.keys()
    parents = {run.info.run_id: run.info.run_name for run in runs["system"]}
    for key, run in questions.items():
        record, metrics = records[key], run.data.metrics
        assert parents[run.data.tags["mlflow.parentRunId"]] == record.system
        assert metrics["total_cost"] == pytest.approx(float(sum(call.cost.usd for call in record.calls)))
        assert metrics["calls"] == len(record.calls)
        assert metrics["input_tokens"] == sum(call.usage.input for call in record.calls)
        assert metrics["output_tokens"] == sum(call.usage.output for call in record.calls)
        assert metrics["quality"] == record.grade.score
        assert metrics["latency_s"] == pytest.approx(record.latency_s)


def test_a_trace_s_spans_are_those_of_its_record(worked, client):
    """With each call's tokens and exact cost, and what was said in it."""
    place = client.get_experiment_by_name("team_v1").experiment_id
    traces = {
        (trace.info.tags["escalade.system"], trace.info.tags["escalade.item"]): trace
        for trace in client.search_traces(locations=[place], max_results=500)
    }
    records = {(record.system, record.item): record for record in worked.records()}
    assert traces.keys() == records.keys()
    with Store.open(worked.who.store) as store:
        texts = store.texts(sorted(call.id for record in records.values() for call in record.calls))
    for key, trace in traces.items():
        record = records[key]
        spans = {span.attributes.get("escalade.path", ""): span for span in trace.data.spans}
        assert spans.keys() == {fact.path for fact in record.spans}
        assert trace.info.token_usage["input_tokens"] == sum(call.usage.input for call in record.calls)
        assert trace.info.cost["total_cost"] == pytest.approx(float(sum(call.cost.usd for call in record.calls)))
        for call in record.calls:
            assert spans[call.path].attributes["mlflow.chat.tokenUsage"]["output_tokens"] == call.usage.output
            assert spans[call.path].attributes["escalade.cost_usd"] == f"{call.cost.usd:f}"
            assert texts[call.id].request
        said = {one.name: one for one in trace.info.assessments}
        assert said["accuracy"].value == record.grade.score


def test_artifacts_come_back_as_they_were_sent(worked, client, runs, tmp_path):
    """The summary, the table of questions and the report: through the server's own door where there is one."""
    for run in runs["system"]:
        got = Path(client.download_artifacts(run.info.run_id, "summary.json", str(tmp_path)))
        assert json.loads(got.read_text()) == worked.who.summary(worked.summary["run"]["id"])
        table = client.load_table(run.info.experiment_id, "questions.json", [run.info.run_id])
        costs = [
            sum(call.cost.usd for call in one.calls) for one in worked.records() if one.system == run.info.run_name
        ]
        assert sum(table["cost_usd"]) == pytest.approx(float(sum(costs)))
        assert "report.html" in {one.path for one in client.list_artifacts(run.info.run_id)}


def test_runs_name_the_data_set_that_their_questions_came_from(worked, runs, client):
    """As MLflow's own input of a run; and the experiment shows it, where MLflow's driver of PostgreSQL allows that."""
    for run in runs["system"]:
        assert [given.dataset.name for given in run.inputs.dataset_inputs] == [worked.pushed["name"]]
    if "+psycopg:" not in worked.who.uri:
        assert runs["system"][0].info.experiment_id in client.get_dataset(worked.pushed["id"]).experiment_ids


def test_logged_again_nothing_is_new(worked, runs, client):
    """`escalade track` finds all that is there, whatever is beneath."""
    told = json.loads(worked.who.said("track", worked.summary["run"]["id"], "--detail", "traces", "--json"))
    assert (told["trials"], told["logged"]) == (3 * QUESTIONS, 0)
    place = client.get_experiment_by_name("team_v1").experiment_id
    assert len(client.search_runs([place], max_results=1000)) == len(runs["system"]) + len(runs["question"])
