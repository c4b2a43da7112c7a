"""A run logged to a real MLflow: faithful, once, whole after an interruption, in each detail."""

import json
import os

import msgspec
import pytest

from escalade.core.errors import TrackingError
from escalade.tasks.mlflow_server import Address, opened
from escalade.track import Settings, track
from escalade.track.experiment import place_of
from escalade.track.sending import Sender
from escalade.track.trace import Question, trace_id


def logged(where, name="sums_v1"):
    """All that an experiment has: runs of systems by name, of questions, and traces."""
    with opened(where) as client:
        [experiment] = [one for one in client.search_experiments() if one.name == name]
        runs = client.search_runs([experiment.experiment_id], max_results=1000)
        traces = list(client.search_traces(locations=[experiment.experiment_id], max_results=500))
        kinds = [one.data.tags["escalade.kind"] for one in runs]
        systems = {one.info.run_name: one for one in runs if one.data.tags["escalade.kind"] == "system"}
        assert len(systems) == kinds.count("system"), "a system has two runs"
        return systems, [one for one in runs if one.data.tags["escalade.kind"] == "question"], traces


def test_a_summary_is_one_run_for_each_system(where, run, store, summary, tmp_path):
    """With the report's own figures as metrics, its tables and JSON as artifacts, and files that are handed in."""
    (tmp_path / "report.html").write_text("<p>ours</p>")
    tracked = track(run, store, summary, Settings(where=where), files=[tmp_path / "report.html"])
    assert (tracked.experiment, tracked.trials, tracked.logged) == ("sums_v1", 12, 0)
    systems, questions, traces = logged(where)
    assert sorted(systems) == ["ladder", "medium"]
    assert not questions
    assert not traces
    ladder, found = systems["ladder"], next(one for one in summary.systems if one.name == "ladder")
    assert ladder.info.status == "FINISHED"
    assert ladder.data.metrics["quality"] == found.quality.mean
    assert ladder.data.metrics["quality_low"] == found.quality.low
    assert ladder.data.metrics["total_cost"] == pytest.approx(float(found.cost.total))
    assert ladder.data.metrics["cost_by_role/gate"] == pytest.approx(float(found.cost.by_role["gate"].usd))
    assert ladder.data.metrics["funnel/level_1_reached"] == 6
    assert ladder.data.params["simulated"] == "True"
    with opened(where) as client:
        files = {one.path for one in client.list_artifacts(ladder.info.run_id)}
        assert files >= {"questions.json", "cost_by_role.json", "funnel.json", "summary.json", "report.html"}
        table = client.load_table(systems["ladder"].info.experiment_id, "questions.json", [ladder.info.run_id])
    assert sorted(table["question_id"]) == sorted(record.item for record in store.records(run.id, item=None))[::2]


def test_questions_have_runs_below_their_system_s(where, run, store, summary):
    """Named by their ids, ended, with metrics that add up to the report's."""
    track(run, store, summary, Settings(where=where, detail="questions"))
    systems, questions, _ = logged(where)
    assert len(questions) == 12
    parent = systems["ladder"].info.run_id
    below = [one for one in questions if one.data.tags["mlflow.parentRunId"] == parent]
    assert {one.info.run_name for one in below} == {record.item for record in store.records(run.id)}
    assert {one.info.status for one in questions} == {"FINISHED"}
    whole = sum(one.data.metrics["total_cost"] for one in below)
    assert whole == pytest.approx(systems["ladder"].data.metrics["total_cost"])


def test_traces_are_our_spans_with_tokens_costs_and_verdicts(where, run, store, summary):
    """Each attribute is the Call's own, and the trace's sums are those of its record."""
    asked = {record.item: Question(f"asked {record.item}", "42") for record in store.records(run.id)}
    track(run, store, summary, Settings(where=where, detail="traces"), asked=asked)
    _, questions, traces = logged(where)
    by_id = {trace.info.trace_id: trace for trace in traces}
    place = questions[0].info.experiment_id
    records = {trace_id(record, place): record for record in store.records(run.id)}
    assert by_id.keys() == records.keys()
    for id_, record in records.items():
        trace = by_id[id_]
        assert len(trace.data.spans) == len(record.spans)
        tokens, cost = trace.info.token_usage, trace.info.cost
        assert tokens["input_tokens"] == sum(call.usage.input for call in record.calls)
        assert tokens["output_tokens"] == sum(call.usage.output for call in record.calls)
        assert cost["total_cost"] == pytest.approx(float(sum(call.cost.usd for call in record.calls)))
        said = {one.name: one for one in trace.info.assessments}
        assert said["accuracy"].value == record.grade.score
        assert said["expected_response"].value == "42"
        root = next(span for span in trace.data.spans if span.parent_id is None)
        assert root.inputs["q"] == f"asked {record.item}"
    climbed = next(r for r in records.values() if r.system == "ladder")
    verdict = next(one for one in by_id[trace_id(climbed, place)].info.assessments if one.name == "gate judge")
    assert (verdict.source.source_type, verdict.source.source_id) == ("LLM_JUDGE", "judge")
    judged = next(s for s in by_id[trace_id(climbed, place)].data.spans if s.span_id == verdict.span_id)
    assert judged.attributes["escalade.path"].startswith("/worker/worker.1")
    own = {one.info.run_id for one in questions}
    assert {trace.info.trace_metadata["mlflow.sourceRun"] for trace in traces} == own


def test_logging_again_adds_nothing(where, run, store, summary):
    """Not a run, not a metric's second value, not a trace, not an assessment, not an experiment."""
    settings = Settings(where=where, detail="traces")
    track(run, store, summary, settings)
    _, questions, traces = logged(where)
    again = track(run, store, summary, settings)
    assert again.logged == 0
    after, questions_after, traces_after = logged(where)
    assert len(questions_after) == len(questions)
    assert {t.info.trace_id: len(t.info.assessments) for t in traces_after} == {
        t.info.trace_id: len(t.info.assessments) for t in traces
    }
    with opened(where) as client:
        assert len(client.get_metric_history(after["ladder"].info.run_id, "quality")) == 1
        assert sorted(one.name for one in client.search_experiments()) == ["Default", "sums_v1"]


def test_an_experiment_of_another_name_is_found_again(where, run):
    """Somebody renamed it; one that was made before the tag is found by its name."""
    settings = Settings(where=where)
    with opened(where) as client:
        place = place_of(client, run, settings)
        client.rename_experiment(place.id, "what we showed the board")
        assert place_of(client, run, settings).id == place.id
        assert place_of(client, run, Settings(where=where, experiment="other")).name == "other_v1"
        client.rename_experiment(place.id, "sums_v1")
        client.set_experiment_tag(place.id, "escalade.name", "")
        assert place_of(client, run, settings).id == place.id


def test_a_second_experiment_takes_nothing_from_the_first(where, run, store, summary):
    """Not a trace, though MLflow keeps one of an id over all experiments: each has its own."""
    for experiment in ("ours", "theirs"):
        track(run, store, summary, Settings(where=where, detail="traces", experiment=experiment))
    found = {one: logged(where, f"{one}_v1")[2] for one in ("ours", "theirs")}
    assert {name: len(traces) for name, traces in found.items()} == {"ours": 12, "theirs": 12}


@pytest.fixture
def logging_it(where, run, store, summary):
    """Logs the run in full and returns what MLflow then has of it."""

    def log():
        track(run, store, summary, Settings(where=where, detail="traces"))
        return logged(where)

    return log


class Killed(BaseException):
    """The process is gone: nothing below may catch it."""


@pytest.fixture
def client_kind(where):
    """The class of MLflow's clients, to be told to fail."""
    with opened(where) as client:
        return type(client)


@pytest.mark.slow
@pytest.mark.parametrize("dies_in", ["create_run", "log_batch", "set_terminated", "link_traces_to_run"])
def test_what_a_kill_left_is_completed_and_not_doubled(logging_it, client_kind, monkeypatch, dies_in):
    """Wherever it happens: a run without its metrics, one not ended, a trace not linked."""
    kind, calls = client_kind, 0
    genuine = getattr(kind, dies_in)

    def dying(self, *given, **named):
        nonlocal calls
        calls += 1
        found = genuine(self, *given, **named) if dies_in != "link_traces_to_run" else None
        if calls == (1 if dies_in == "link_traces_to_run" else 5):
            raise Killed
        return found

    with monkeypatch.context() as patched:
        patched.setattr(kind, dies_in, dying)
        with pytest.raises(Killed):
            logging_it()
    systems, questions, traces = logging_it()
    keys = [(one.data.tags["escalade.system"], one.data.tags["escalade.item"]) for one in questions]
    assert len(keys) == len(set(keys)) == 12
    assert all("latency_s" in one.data.metrics for one in questions)
    assert {one.info.status for one in (*questions, *systems.values())} == {"FINISHED"}
    assert len(traces) == 12
    for trace in traces:
        names = [(one.name, one.span_id) for one in trace.info.assessments]
        assert len(names) == len(set(names))


@pytest.mark.slow
def test_a_lost_answer_makes_no_second_run(logging_it, client_kind, monkeypatch):
    """The request that made a run succeeded, its answer was lost: before trying again, MLflow is asked what it has."""
    genuine, lost = client_kind.create_run, []

    def losing(self, *given, **named):
        found = genuine(self, *given, **named)
        if len(lost) < 2 or (len(lost) < 4 and "demo" in found.info.run_name):
            lost.append(found)
            raise ConnectionError("the answer was lost")
        return found

    monkeypatch.setattr(client_kind, "create_run", losing)
    monkeypatch.setattr("escalade.track.again.time.sleep", lambda _: None)
    systems, questions, _ = logging_it()
    assert len(systems) == 2
    assert len(questions) == 12


@pytest.mark.slow
def test_an_unfinished_run_stays_open_and_is_completed(where, run, store, summary):
    """Its system's runs are still running; logged again when it is finished, they end."""
    unfinished = msgspec.structs.replace(summary, run=msgspec.structs.replace(summary.run, finished=False))
    track(run, store, unfinished, Settings(where=where))
    assert {one.info.status for one in logged(where)[0].values()} == {"RUNNING"}
    track(run, store, summary, Settings(where=where))
    assert {one.info.status for one in logged(where)[0].values()} == {"FINISHED"}


@pytest.mark.slow
def test_each_run_of_ours_has_its_version_or_its_group(where, run, store, summary):
    """Another run of the same experiment becomes _v2; unversioned, both are in one, told apart by a tag."""
    other = msgspec.structs.replace(run, id="sums-other", at=run.at + 1)
    store.begin_run(other)
    track(run, store, summary, Settings(where=where))
    empty = msgspec.structs.replace(summary, systems=[])
    assert track(other, store, empty, Settings(where=where)).experiment == "sums_v2"
    assert track(run, store, summary, Settings(where=where)).experiment == "sums_v1"
    for each in (run, other):
        grouped = track(each, store, summary, Settings(where=where, experiment="all", versioned=False))
        assert grouped.experiment == "all"
    systems, _, _ = logged(where, "all")
    assert {one.data.tags["escalade.run"] for one in systems.values()} == {run.id}


@pytest.mark.slow
def test_a_redacted_run_s_texts_stay_out(where, run, store, summary):
    """Neither questions, nor what was sent or said, nor right answers are in runs, traces or tables."""
    private = msgspec.structs.replace(run, redacted=True)
    asked = {record.item: Question("the question itself", "the right answer") for record in store.records(run.id)}
    track(private, store, summary, Settings(where=where, detail="traces"), asked=asked)
    _, _, traces = logged(where)
    told = json.dumps([trace.to_json() for trace in traces])
    for word in ("the question itself", "the right answer", "Think it through", "coat"):
        assert word not in told
    assert "withheld" in told


def test_an_mlflow_that_is_not_there_is_one_error_without_a_password(run, store, summary, monkeypatch):
    """It names the place and the remedy, whatever MLflow raises."""
    monkeypatch.setattr("escalade.track.again.time.sleep", lambda _: None)
    where = Address(uri="http://someone:s3cret@127.0.0.1:9/")
    with pytest.raises(TrackingError) as told:
        track(run, store, summary, Settings(where=where))
    assert "127.0.0.1:9" in str(told.value)
    assert "s3cret" not in str(told.value) + repr(where)
    assert told.value.hint


def test_the_environment_is_left_as_it_was(where, monkeypatch):
    """MLflow's address and our settings for it are there inside the block only."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///elsewhere.db")
    before = dict(os.environ)
    with opened(where):
        assert os.environ["MLFLOW_TRACKING_URI"] == where.uri
    assert dict(os.environ) == before


def test_a_sender_starts_from_what_mlflow_has(where, run, store, summary):
    """It knows every question's run that is complete."""
    track(run, store, summary, Settings(where=where, detail="questions"))
    with opened(where) as client:
        sender = Sender(client, where, place_of(client, run, Settings(where=where)), run)
        assert all(sender.has_run(record) for record in store.records(run.id))
