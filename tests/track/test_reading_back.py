"""Runs come back from MLflow as they were logged: ours whole, Sigmoid MLM's as far as they hold answers."""

import json
from decimal import Decimal

import msgspec
import pytest

from escalade.core.errors import DataError
from escalade.experiment.figures import summary_of
from escalade.models.journal import said
from escalade.store import Store
from escalade.store.adding import add_run
from escalade.tasks.mlflow_server import opened
from escalade.track import Settings, records_file, track
from escalade.track.reading_back import experiment_of, logged_runs
from escalade.track.sigmoid_mlm import ancestor_run


def back_from(where, named):
    with opened(where) as client:
        return list(logged_runs(client, experiment_of(client, named)))


async def figures(back) -> dict:
    """The report's figures of what came back, in a store of its own."""
    with Store.open("sqlite://") as other:
        await add_run(other, back.run, back.records)
        return figures_of(summary_of(other, back.run.id))


def figures_of(summary) -> dict:
    """All but what was paid, which the store knows alone that paid it."""
    told = msgspec.to_builtins(summary)
    for system in told["systems"]:
        del system["paid"]
    return told


async def test_a_run_comes_back_with_every_figure(where, run, store, summary):
    """Its report from another store, filled from MLflow alone, is the report of the store that made it."""
    track(run, store, summary, Settings(where=where))
    [back] = back_from(where, "sums_v1")
    assert await figures(back) == figures_of(summary)
    assert back.missing == ["12 answers' texts are not in MLflow: log the run with `--detail traces` to have them."]


def test_texts_come_from_traces(where, run, store, summary):
    """With traces, each answer has its text; the experiment is found by the id of a run in it, too."""
    track(run, store, summary, Settings(where=where, detail="traces"))
    with opened(where) as client:
        place = experiment_of(client, "sums_v1")
        [one, *_] = client.search_runs([place.experiment_id])
        [back] = logged_runs(client, experiment_of(client, one.info.run_id))
    assert back.missing == []
    told = {key: said(row) for key, row in store.texts([r.answer for r in store.records(run.id)]).items()}
    assert {record.key: record.text for record in back.records if record.answer} == {
        record.key: told[record.answer] for record in store.records(run.id) if record.answer
    }


async def test_what_is_there_stays(run, store):
    """Records that the store has are left as they are, and a run that comes twice is one run."""
    records = list(store.records(run.id))
    assert await add_run(store, run, [msgspec.structs.replace(r, text="other") for r in records]) == 0
    assert list(store.records(run.id)) == records


def test_a_private_task_s_records_are_not_logged(where, run, store, summary):
    """A verdict may quote a question: the run cannot be read back, and the error says why."""
    track(msgspec.structs.replace(run, redacted=True), store, summary, Settings(where=where))
    with pytest.raises(DataError, match="its task is private, or an older Escalade logged it"):
        back_from(where, "sums_v1")


def test_what_is_not_there_is_told(where):
    """Neither a name nor an id: the error names it."""
    with pytest.raises(DataError, match="no experiment and no run 'sums_v7'"):
        back_from(where, "sums_v7")


@pytest.mark.parametrize("body", [b"", b"no gzip", b"\x1f\x8b\x08\x00\x00\x00"])
def test_a_damaged_file_is_told(tmp_path, body):
    """Whatever is wrong with it, the error says what to do."""
    (tmp_path / records_file.NAME).write_bytes(body)
    with pytest.raises(DataError, match="cannot be read") as caught:
        records_file.read(tmp_path / records_file.NAME)
    assert "escalade track" in caught.value.hint


@pytest.fixture
def ancestors(where):
    """An experiment as Sigmoid MLM's scripts left it: answers in traces, in files, or nowhere."""
    import mlflow  # noqa: PLC0415  (seconds, and an extra)

    with opened(where):
        mlflow.set_experiment("SimpleFlow_V2_v1")
        for item, score in (("q1", 0.95), ("q2", 0.5), ("q3", 0.0)):
            with mlflow.start_run(run_name=item) as one:
                given = {"question_id": item, "category": "maths", "config_key": "simple_flow", "judge_model": "j"}
                mlflow.log_params(given)
                mlflow.log_metrics({"success": float(score > 0.9), "model_cost": 0.25, "judge_cost": 0.5})
                if item == "q1":
                    with mlflow.start_span("best_response") as span:
                        span.set_outputs({"answer": "one", "model": "m"})
                if item == "q2":
                    attempts = [
                        {"answer": "loud", "score": 0.9, "verdict": "Invalid"},
                        {"answer": "two", "score": 0.5, "verdict": "Valid"},
                    ]
                    mlflow.log_text(json.dumps(attempts), "history.json")
            assert one.info.run_id
        mlflow.flush_trace_async_logging()
    return where


@pytest.mark.filterwarnings("ignore::UserWarning")  # of MLflow about its own types
def test_the_ancestor_s_answers_come_in_ungraded(ancestors):
    """With their category, verdict and costs; what has no answer is left out and counted."""
    with opened(ancestors) as client:
        back = ancestor_run(client, experiment_of(client, "SimpleFlow_V2_v1"))
    assert [(r.system, r.item, r.text, r.accepted) for r in back.records] == [
        ("simple_flow", "q1", "one", True),
        ("simple_flow", "q2", "two", False),
    ]
    assert {r.grade.outcome for r in back.records} == {"grader_failed"}
    assert {r.labels["category"] for r in back.records} == {"maths"}
    costs = {(call.role, call.cost.usd, call.cost.estimated) for r in back.records for call in r.calls}
    assert costs == {("worker", Decimal("0.25"), True), ("gate", Decimal("0.5"), True)}
    assert back.missing == ["1 of 3 questions have no answer in MLflow, and are left out."]
    assert back.run.items == 2


def test_an_experiment_of_others_is_told(where):
    """Where there are no answers, nothing is made up."""
    with opened(where) as client:
        client.create_experiment("theirs")
        with pytest.raises(DataError, match="'theirs' holds no answers"):
            ancestor_run(client, experiment_of(client, "theirs"))
