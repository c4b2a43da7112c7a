"""Bugs in what users plug in: the run goes on, and the report says what happened."""

from escalade.core.reply import Reply
from escalade.experiment import Experiment, Runner
from escalade.store import Store
from escalade.tasks import Demo


class _Answering:
    """A model whose answers to some items are bugs."""

    name = "answering"

    def __init__(self, wrong_items=()):
        self._wrong_items = wrong_items

    async def reply(self, request, span):  # noqa: ARG002  (the protocol's signature)
        if request.item in self._wrong_items:
            raise KeyError("mine")
        return Reply(text="Answer: 1", model=self.name)


class _Stumbling(Demo):
    """A task whose grader stumbles over one item."""

    async def grade(self, item, reply, span):
        if item.id == "demo-0002":
            raise ZeroDivisionError("no words to count")
        return await super().grade(item, reply, span)


async def _records(tmp_path, task, model):
    with Store.open(f"sqlite:///{tmp_path / 'bugs.sqlite'}") as store:
        outcome = await Runner(Experiment(name="bugs", task=task, systems={"one": model}), store).run()
        assert outcome.ended == "finished"
        return {record.item: record for record in store.records(outcome.run.id)}


async def test_a_bug_in_a_model_fails_its_question_alone(tmp_path):
    """It becomes a recorded failure that names the exception; the other questions are answered."""
    records = await _records(tmp_path, Demo(4), _Answering(["demo-0003"]))
    failed = records.pop("demo-0003")
    assert (failed.status, failed.error) == ("failed", "internal")
    assert "KeyError: 'mine'" in failed.message
    assert {record.status for record in records.values()} == {"answered"}


async def test_a_bug_in_a_grader_loses_no_answer(tmp_path):
    """The answer is kept and counted as ungraded, never as wrong."""
    records = await _records(tmp_path, _Stumbling(4), _Answering())
    stumbled = records.pop("demo-0002")
    assert (stumbled.status, stumbled.text) == ("answered", "Answer: 1")
    assert stumbled.grade.outcome == "grader_failed"
    assert "no words to count" in stumbled.grade.reason
    assert "grader_failed" not in {record.grade.outcome for record in records.values()}
