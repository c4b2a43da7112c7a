"""Bugs in what users plug in: the run goes on, and the report says what happened."""

import asyncio

import pytest

from escalade.core.error_codes import hint_of
from escalade.core.grade import Grade
from escalade.core.reply import Reply
from escalade.experiment import Experiment, Runner
from escalade.models.answer import answer
from escalade.store import Store
from escalade.strategies import Vote
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


async def test_a_bug_in_a_member_is_not_hidden_by_the_others(tmp_path):
    """A vote is not given without its buggy member: `answer` raises the bug, a run says whose it may be."""
    panel = Vote([_Answering(), _Answering(["", "demo-0003"])])
    with pytest.raises(KeyError, match="mine"):
        await answer(panel, "What is one?")
    records = await _records(tmp_path, Demo(4), panel)
    assert [item for item, record in records.items() if record.error == "internal"] == ["demo-0003"]
    assert "your own class" in hint_of("internal")


async def test_a_bug_in_a_grader_loses_no_answer(tmp_path):
    """The answer is kept and counted as ungraded, never as wrong."""
    records = await _records(tmp_path, _Stumbling(4), _Answering())
    stumbled = records.pop("demo-0002")
    assert (stumbled.status, stumbled.text) == ("answered", "Answer: 1")
    assert stumbled.grade.outcome == "grader_failed"
    assert "no words to count" in stumbled.grade.reason
    assert "grader_failed" not in {record.grade.outcome for record in records.values()}


class _Wordless(Exception):
    def __str__(self):
        raise ValueError("no words")


def _raising(error):
    def raises(*_):
        raise error

    return raises


NO_ANSWERS = {
    "nothing": (lambda *_: None, "returned NoneType, which is no Reply"),
    "a text": (lambda *_: "42", "returned str, which is no Reply"),
    "a cancellation of its own": (_raising(asyncio.CancelledError("inside")), "CancelledError: inside"),
    "an exception without words": (_raising(_Wordless()), "_Wordless: its message cannot be read"),
}


@pytest.mark.parametrize("bug", NO_ANSWERS)
async def test_what_is_no_answer_fails_its_question_alone(tmp_path, bug):
    """Nothing, a bare text, a library's own cancellation or an exception that cannot be told: each is named."""
    wrong, words = NO_ANSWERS[bug]

    class Odd(_Answering):
        async def reply(self, request, span):
            return wrong() if request.item == "demo-0003" else await super().reply(request, span)

    records = await _records(tmp_path, Demo(4), Odd())
    failed = records.pop("demo-0003")
    assert (failed.status, failed.error) == ("failed", "internal")
    assert words in failed.message
    assert {record.status for record in records.values()} == {"answered"}


NO_GRADES = {
    "nothing": (lambda *_: None, "NoneType"),
    "a word for a score": (lambda *_: Grade(outcome="right", score="1"), "score"),
    "an outcome of its own": (lambda *_: Grade(outcome="correct", score=1.0), "outcome"),
    "no number": (lambda *_: Grade(outcome="right", score=float("nan")), "score"),
    "more than all": (lambda *_: Grade(outcome="right", score=7.0), "the score 7 is not from 0 to 1"),
    "a cancellation of its own": (_raising(asyncio.CancelledError("inside")), "CancelledError: inside"),
}


@pytest.mark.parametrize("bug", NO_GRADES)
async def test_what_is_no_grade_is_the_grader_s_failure(tmp_path, bug):
    """The answer is kept, the run can be read, and the other grades stand."""
    wrong, words = NO_GRADES[bug]

    class Odd(Demo):
        async def grade(self, item, reply, span):
            return wrong() if item.id == "demo-0002" else await super().grade(item, reply, span)

    records = await _records(tmp_path, Odd(4), _Answering())
    odd = records.pop("demo-0002")
    assert (odd.status, odd.text, odd.grade.outcome) == ("answered", "Answer: 1", "grader_failed")
    assert words in odd.grade.reason
    assert "grader_failed" not in {record.grade.outcome for record in records.values()}
