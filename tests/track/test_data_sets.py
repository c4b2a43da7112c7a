"""Tasks pushed to a real MLflow: the ancestor's names, nothing doubled, mended where it differs; read again whole."""

import csv
import json

import msgspec
import pytest

from escalade.core.errors import ConfigError, DataError
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Demo, Fields, Gpqa, Item, Table
from escalade.tasks.mlflow_dataset import MlflowDataSet, Source, find
from escalade.tasks.mlflow_server import opened
from escalade.track import Settings, track
from escalade.track.data_sets import listed, names_of, push


class Open:
    """Open questions, some of two turns, as Arena-Hard's."""

    name, metric, grades_steps, redacted, fingerprint = "arena_hard_v2.0", "score", False, False, "open-1"

    def __init__(self, *items):
        self._items = items or (
            Item(id="u1", turns=("Write a haiku.",), labels={"category": "creative_writing"}),
            Item(id="u2", turns=("Sort a list.", "Now in Rust."), labels={"category": "hard_prompt", "sub": "code"}),
        )

    async def items(self):
        return self._items

    async def grade(self, item, reply, span):
        raise NotImplementedError

    async def close(self):
        """Nothing is open."""


def records_of(where, name):
    with opened(where) as client:
        return sorted(find(client, Source(where=where, name=name)).records, key=lambda one: one.inputs["question_id"])


def test_names_are_the_ancestor_s():
    """And others go by the same pattern."""
    assert names_of("arena_hard_v2.0") == ("arena_hard_v2_0", "DATASET_Arena_Hard_V2")
    assert names_of("arena_hard_v0.1") == ("arena_hard_v0_1", "DATASET_Arena_Hard_V0_1")
    assert names_of("math500 test (400 of 500)") == ("math500_test_400_of_500", "DATASET_Math500_Test_400_Of_500")
    assert names_of("arena_hard_v2.0 (hard_prompt, simulated judge and baseline)")[0] == "arena_hard_v2_0_hard_prompt"
    assert names_of("gpqa_diamond") == ("gpqa_diamond", "DATASET_Gpqa_Diamond")


async def test_a_record_has_the_ancestor_s_layout(where):
    """`turns` only where there are several, no expectations where nothing is known, stable ids, category, version."""
    task = Open()
    pushed = push(task, await task.items(), where)
    assert (pushed.name, pushed.experiment, pushed.added) == ("arena_hard_v2_0", "DATASET_Arena_Hard_V2", 2)
    one, two = records_of(where, "arena_hard_v2_0")
    assert one.inputs == {"question": "Write a haiku.", "question_id": "u1", "category": "creative_writing"}
    assert not one.expectations
    assert two.inputs["turns"] == ["Sort a list.", "Now in Rust."]
    expected = {"question_id": "u2", "category": "hard_prompt", "multi_turn": "true", "source": "arena_hard_v2.0"}
    assert expected.items() <= two.tags.items()
    assert two.tags["dataset_version"]
    assert two.tags["hash"] != one.tags["hash"]
    with opened(where) as client:
        assert client.get_experiment_by_name("DATASET_Arena_Hard_V2") is not None


async def test_pushing_again_changes_what_differs_and_nothing_else(where):
    """`merge` mends and keeps, `replace` takes away, `fail` touches nothing; there is one data set throughout."""
    demo = Demo(count=8)
    items = list(await demo.items())
    first = push(demo, items, where)
    again = push(demo, items, where)
    assert (again.added, again.changed, again.unchanged, again.removed) == (0, 0, 8, 0)
    assert (again.id, again.records) == (first.id, 8)
    mended = [msgspec.structs.replace(items[0], gold="another"), *items[1:7]]
    merged = push(demo, mended, where)
    assert (merged.added, merged.changed, merged.removed, merged.records) == (0, 1, 0, 8)
    assert records_of(where, "demo")[0].expectations["reference_answer"] == "another"
    replaced = push(demo, mended, where, if_exists="replace")
    assert (replaced.changed, replaced.removed, replaced.records) == (0, 1, 7)
    with pytest.raises(DataError, match="already") as told:
        push(demo, items, where, if_exists="fail")
    assert "--if-exists" in told.value.hint
    assert len(records_of(where, "demo")) == 7
    assert [one["id"] for one in listed(where)] == [first.id]


async def test_a_changed_answer_leaves_every_record_its_id(where):
    """Nothing is deleted for it; and what a shorter task was merged into is counted whole, and is not that task."""
    demo = Demo(count=6)
    first, *rest = await demo.items()
    push(demo, [first, *rest], where)
    before = [record.dataset_record_id for record in records_of(where, "demo")]
    push(demo, [msgspec.structs.replace(first, gold="another"), *rest[:3]], where)
    assert [record.dataset_record_id for record in records_of(where, "demo")] == before
    with opened(where) as client:
        tags = find(client, Source(where=where, name="demo")).tags
    assert tags["escalade.items"] == "6"
    assert tags["escalade.fingerprint"] != demo.fingerprint


async def test_a_push_that_was_cut_is_refused_until_it_is_done_again(where, monkeypatch):
    """The words of a question changed: the old record is there until the new one is, and nobody runs on half a set."""
    demo = Demo(count=4)
    first, *rest = await demo.items()
    push(demo, [first, *rest], where)
    changed = [msgspec.structs.replace(first, turns=("Other words",)), *rest]

    def cut(*_given, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("mlflow.entities.EvaluationDataset.delete_records", cut)
        with pytest.raises(KeyboardInterrupt):
            push(demo, changed, where)
    assert len(records_of(where, "demo")) == 5
    with pytest.raises(DataError, match="not whole") as told:
        await MlflowDataSet(Source(where=where, name="demo")).items()
    assert "push it again" in told.value.hint
    push(demo, changed, where)
    assert list(await MlflowDataSet(Source(where=where, name="demo")).items()) == changed


async def test_a_question_whose_words_change_is_not_there_twice(where):
    """MLflow would keep both: it tells records apart by their inputs alone."""
    demo = Demo(count=3)
    first, *rest = await demo.items()
    push(demo, [first, *rest], where)
    push(demo, [msgspec.structs.replace(first, turns=("Other words",)), *rest], where)
    ids = [record.inputs["question_id"] for record in records_of(where, "demo")]
    assert len(ids) == len(set(ids)) == 3


async def test_what_was_pushed_is_read_again_whole_and_in_order(where):
    """Turns, gold, form of the answer and labels; graded as the task itself grades."""
    demo = Demo(count=12)
    push(demo, await demo.items(), where)
    read = MlflowDataSet(Source(where=where, name="demo"))
    assert list(await read.items()) == list(await demo.items())
    for item in await demo.items():
        reply = Reply(text=f"Answer: {item.gold}\nThe answer is ({item.gold}).")
        ours, theirs = [await task.grade(item, reply, Span.root("test")) for task in (read, demo)]
        assert ours.outcome == theirs.outcome == "right"
    same = MlflowDataSet(Source(where=where, id=find_id(where, "demo")))
    assert (same.fingerprint, same.name) == (read.fingerprint, "demo")


def find_id(where, name):
    with opened(where) as client:
        return find(client, Source(where=where, name=name)).dataset_id


async def test_a_table_of_choices_goes_there_and_back(where, tmp_path):
    """The options stand in the question, the right letter in the expectations."""
    (tmp_path / "mine.csv").write_text('id,question,options,answer,topic\n1,Which?,"[""a"",""b""]",B,fruit\n')
    table = Table(tmp_path / "mine.csv", "choice", Fields(labels=("topic",)))
    push(table, await table.items(), where)
    [item] = await MlflowDataSet(Source(where=where, name="mine")).items()
    assert [item] == list(await table.items())
    assert item.expects == Expects("choice", ("A", "B"))


async def test_the_ancestor_s_layout_is_recognised(where):
    """Without a word on its fields; open questions are asked turn by turn, and said to be ungraded."""
    with opened(where) as client:
        place = client.create_experiment("elsewhere")
        made = client.create_dataset("arena_hard_v2_0", experiment_id=[place])
        rows = [
            {"inputs": {"question": "One?", "question_id": "arena_hard_0", "category": "hard_prompt"}},
            {"inputs": {"question": "a", "question_id": "arena_hard_1", "category": "x", "turns": ["a", "b"]}},
        ]
        made.merge_records([{**row, "tags": {"source": "lmarena"}} for row in rows])
    task = MlflowDataSet(Source(where=where, name="arena_hard_v2_0"))
    one, two = await task.items()
    assert (one.id, one.turns, one.labels) == ("arena_hard_0", ("One?",), {"category": "hard_prompt"})
    assert two.turns == ("a", "b")
    grade = await task.grade(one, Reply(text="anything"), Span.root("test"))
    assert grade.outcome == "grader_failed"
    assert not task.grades_steps


async def test_a_foreign_layout_is_read_by_its_fields(where):
    """Question, gold, category and id by the names that the config gives."""
    with opened(where) as client:
        made = client.create_dataset("theirs", experiment_id=[client.create_experiment("theirs")])
        made.merge_records(
            [
                {
                    "inputs": {"ask": f"{n} + 1?", "nr": n},
                    "expectations": {"right": str(n + 1)},
                    "tags": {"kind": "sum"},
                }
                for n in range(3)
            ]
        )
    fields = {"question": "ask", "gold": "expectations.right", "category": "kind", "id": "nr"}
    task = MlflowDataSet(Source(where=where, name="theirs"), "number", fields)
    items = await task.items()
    assert sorted((item.id, item.gold, item.labels["category"]) for item in items) == [
        ("0", "1", "sum"), ("1", "2", "sum"), ("2", "3", "sum"),
    ]  # fmt: skip
    assert items[0].expects.form == "number"
    with pytest.raises(DataError, match="no field is known to hold the question") as told:
        await MlflowDataSet(Source(where=where, name="theirs")).items()
    assert "ask" in told.value.hint


def test_a_name_that_is_there_twice_is_refused_with_both_ids(where):
    """MLflow makes a second one silently; which of them is meant must be said."""
    with opened(where) as client:
        place = client.create_experiment("twice")
        ids = [client.create_dataset("twice", experiment_id=[place]).dataset_id for _ in range(2)]
    with pytest.raises(DataError) as told:
        _ = MlflowDataSet(Source(where=where, name="twice")).name
    assert all(one in str(told.value) for one in ids)
    for source in ({"name": "none"}, {"id": "d-none"}):
        with pytest.raises(DataError, match="no data set"):
            _ = MlflowDataSet(Source(where=where, **source)).name
    with pytest.raises(ConfigError):
        MlflowDataSet(Source(where=where))


async def test_a_private_task_stays_private_in_mlflow(where, tmp_path):
    """A data set of a redacted task carries its notice, and is redacted when it is read. The question is invented."""
    columns = ["Question", "Correct Answer", *(f"Incorrect Answer {n}" for n in (1, 2, 3))]
    columns += ["High-level domain", "Subdomain", "Record ID"]
    with (tmp_path / "gpqa.csv").open("w", newline="") as file:
        csv.writer(file).writerows([columns, ["Which?", "a", "b", "c", "d", "Physics", "x", "rec1"]])
    task = Gpqa("main", tmp_path / "gpqa.csv", verify=False)
    push(task, await task.items(), where)
    read = MlflowDataSet(Source(where=where, name="gpqa_main"))
    assert read.redacted
    with opened(where) as client:
        assert "plain text" in find(client, Source(where=where, name="gpqa_main")).tags["notice"]


@pytest.mark.slow
async def test_a_run_s_traces_and_runs_name_the_data_set(where, run, store, summary):
    """Its systems' runs have it as input, its traces name their records, and the experiment shows it."""
    demo = Demo(count=6)
    pushed = push(demo, await demo.items(), where)
    track(run, store, summary, Settings(where=where, detail="traces"))
    records = {record.dataset_record_id for record in records_of(where, "demo")}
    with opened(where) as client:
        place = client.get_experiment_by_name("sums_v1").experiment_id
        runs = client.search_runs([place], "tags.`escalade.kind` = 'system'")
        inputs = [one.inputs.dataset_inputs[0].dataset for one in runs]
        traces = client.search_traces(locations=[place], max_results=500, include_spans=False)
        assert place in find(client, Source(where=where, name="demo")).experiment_ids
    assert {json.loads(one.source)["dataset_id"] for one in inputs} == {pushed.id}
    assert {trace.info.tags["escalade.dataset_record"] for trace in traces} == records
