"""One trial: what is asked in which order, what is graded, and what becomes of everything that goes wrong."""

from decimal import Decimal

import pytest
from sums import NUMBER, Sums, experiment, pupil, records

from escalade.core.errors import ServerFailed
from escalade.core.grade import Grade
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.experiment import Runner
from escalade.gates import judge, matches
from escalade.ledger.budget import Limits
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.store import Record
from escalade.strategies import Cascade, Fuse, Vote, sample
from escalade.tasks import Item
from escalade.testing import ScriptedModel

TALK = Item(
    id="talk", turns=("Name a number.", "Double it.", "And again?"), gold="8", expects=NUMBER, system="Be brief."
)


async def only_record(store, *systems, **settings) -> Record:
    """The one record of an experiment with one system and one item."""
    outcome = await Runner(experiment(*systems, **settings), store).run()
    [record] = records(store, outcome.run.id)
    return record


def said(*answers, name="scripted") -> ScriptedModel:
    return ScriptedModel(answers, name=name)


async def test_turns_are_asked_in_order_with_the_replies_before(store):
    """Each turn is asked with the system message, the earlier turns and what was answered to them."""
    with said("2", "4", "Answer: 8") as model:
        record = await only_record(store, model, items=[TALK])
    system, first, second, third = (
        Message("system", "Be brief."),
        *(Message("user", turn) for turn in TALK.turns),
    )
    two, four = Message("assistant", "2"), Message("assistant", "4")
    assert [request.messages for request in model.requests] == [
        (system, first),
        (system, first, two, second),
        (system, first, two, second, four, third),
    ]
    assert {(r.item, r.expects, r.sample) for r in model.requests} == {("talk", NUMBER, 0)}
    assert (record.text, record.grade.outcome) == ("Answer: 8", "right")


async def test_turn_that_fails_ends_the_talk(store):
    """A later turn makes no sense without the reply before it: the trial fails with that turn's error."""
    model = said("2", ServerFailed("down"))
    record = await only_record(store, model, items=[TALK])
    assert (record.status, record.error, record.grade) == ("failed", "server", None)
    assert len(model.requests) == 2


async def test_gold_is_never_asked(store):
    """No request holds the gold answer or anything else that is the grader's alone."""
    item = Item(id="x", turns=("What?",), gold="the-gold", private={"note": "the-note"}, labels={"topic": "t"})
    model = said("so", "so")
    await only_record(store, model, items=[item])
    assert model.requests[0].labels == {"topic": "t"}
    assert "the-" not in repr(model.requests)


async def test_steps_are_graded_with_their_verdicts(store):
    """Every answer on the way is graded once the trial is over, and set beside what the gate said of it."""
    gate = judge(said('{"reason": "no", "score": 0.95}', name="mind")) >= 0.9
    ladder = Cascade([Vote([said("Answer: 0"), said("Answer: 1")], name="pair"), said("unread")], gate)
    record = await only_record(store, ladder, items=1)
    steps = {step.path: step for step in record.steps}
    assert list(steps) == ["/worker/worker.1", "/worker/worker.1/worker.1", "/worker/worker.1/worker.2"]
    first = steps["/worker/worker.1"]
    assert (first.name, first.level, first.accepted, first.score, first.grade.outcome) == (
        "pair", 1, True, 0.95, "right",
    )  # fmt: skip
    assert [steps[path].grade.outcome for path in list(steps)[1:]] == ["right", "wrong"]
    assert [steps[path].accepted for path in list(steps)[1:]] == [None, None]


async def test_steps_of_a_gate_are_no_answers(store):
    """What a judge's own cascade says on its way to a verdict is not graded as an answer to the question."""
    mind = Cascade([said("?"), said('{"reason": "", "score": 1}')], matches("score"), name="mind")
    fused = Fuse([said("Answer: 0"), said("Answer: 0")], said("Answer: 0"))
    record = await only_record(store, Cascade([fused], judge(mind)), items=1)
    assert {step.grade.outcome for step in record.steps} == {"right"}
    assert not any("/gate" in step.path for step in record.steps)


async def test_steps_are_those_of_the_last_turn(store):
    """An answer to an earlier turn answers another question than the one whose gold is known."""
    members = [said("2", "4", "Answer: 8"), said("3", "6", "Answer: 8")]
    record = await only_record(store, Vote(members), items=[TALK])
    assert [step.path for step in record.steps] == ["/worker.3/worker.1", "/worker.3/worker.2"]


async def test_whoever_hands_the_final_answer_on_is_no_step_to_it(store):
    """A system that passes an answer on as its own has none on the way; a part that does so below has one."""
    whole = await only_record(store, sample(said("Answer: 0"), 2)[1], items=1)
    assert whole.steps == []
    part = await only_record(store, Vote([sample(said("Answer: 0"), 2)[1]]), items=1)
    assert [step.path for step in part.steps] == ["/worker/worker.1", "/worker/worker.1/worker"]


async def test_task_decides_whether_steps_are_graded(store):
    """Where grading costs money only the final answer is graded, and each text once."""
    graded = []

    async def grade(item: Item, reply: Reply, span: Span) -> Grade:
        graded.append(reply.text)
        return Grade(outcome="wrong")

    for grades_steps, expected in ((False, ["a"]), (True, ["a", "b"])):
        graded.clear()
        vote = Vote([said("a"), said("a"), said("b")], name=f"vote {grades_steps}")
        record = await only_record(store, vote, task=Sums(1, grade=grade, grades_steps=grades_steps))
        assert graded == expected
        assert len(record.steps) == (3 if grades_steps else 0)


async def test_grading_has_an_account_of_its_own(store, journal):
    """What grading spends is neither the system's cost nor counted against its budgets, and is stored apart."""
    marker = pupil("marker", journal=journal)

    async def grade(item: Item, reply: Reply, span: Span) -> Grade:
        outcome = await ask(marker, Request.of(f"Mark this: {reply.text}"), span, "grader")
        return Grade(outcome="partial", score=0.5, reason=outcome.text)

    limits = Limits(calls=1)
    outcome = await Runner(
        experiment(pupil(journal=journal), task=Sums(1, grade=grade), question=limits, budget=limits), store
    ).run()
    [record] = records(store, outcome.run.id)
    assert outcome.ended == "finished"
    assert (record.status, record.grade.score) == ("answered", 0.5)
    assert [call.model for call in record.calls] == ["pupil"]
    assert [(call.model, call.role) for call in record.grading] == [("marker", "grader")]
    paid = store.paid(outcome.run.id)
    assert {account: total.calls for (_, account), total in paid.items()} == {"system": 1, "grading": 1}


class Buggy:
    """A plug-in's strategy with a bug that shows for some items."""

    name = "buggy"

    async def reply(self, request: Request, span: Span) -> Reply:
        inner = await ask(pupil(), request, span)
        if request.item in ("s01", "s04"):
            raise KeyError("no such thing")
        return inner


async def test_unforeseen_exception_fails_its_trial_alone(store):
    """A bug in a plug-in is a failed record with its kind and place; what was paid is kept, and the others go on."""
    outcome = await Runner(experiment(Buggy(), pupil()), store).run()
    found = records(store, outcome.run.id)
    assert (outcome.ended, len(found)) == ("finished", 12)
    failed = [r for r in found if r.status == "failed"]
    assert [r.item for r in failed] == ["s01", "s04"]
    for record in failed:
        assert record.error == "internal"
        assert "KeyError" in record.message
        assert "reply, line" in record.message
        assert len(record.calls) == 1
        assert record.grade is None


async def test_grader_with_a_bug_loses_no_answer(store):
    """A grader that raises is at fault, not the reply: the answer is recorded, its grade says so, others go on."""

    async def grade(item: Item, reply: Reply, span: Span) -> Grade:
        raise ZeroDivisionError("of marks")

    record = await only_record(store, said("Answer: 0"), task=Sums(1, grade=grade))
    assert (record.status, record.text, record.grade.outcome) == ("answered", "Answer: 0", "grader_failed")
    assert "ZeroDivisionError" in record.grade.reason


async def test_limit_of_a_question_shows_wherever_it_struck(store):
    """A part that a question's budget stopped, however deep, makes the record say so, answered or not."""
    answered = Cascade([Fuse([pupil("a"), pupil("b")], pupil("c"))], matches("Answer"), name="nested")
    record = await only_record(store, answered, items=1, question=Limits(calls=2))
    assert (record.status, record.accepted, len(record.calls)) == ("budget", True, 2)
    record = await only_record(store, pupil("none"), items=1, question=Limits(usd=Decimal(0)))
    assert (record.status, record.error, record.grade) == ("budget", "budget", None)


async def test_composed_text_is_kept_and_called_text_is_named(store, journal):
    """The record names the Call that holds the text; only where none does is the text its own."""
    called = await only_record(store, Vote([pupil("a", journal=journal)], name="called"), items=1)
    assert called.text is None
    assert store.texts([called.answer])[called.answer].call.model == "a"
    composed = await only_record(store, said("Answer: 0"), items=1)
    assert (composed.answer, composed.text) == ("", "Answer: 0")


@pytest.mark.parametrize("samples", [1, 3])
async def test_samples_are_trials_of_their_own(store, samples):
    """Each sample of an item is a trial with its own number, in its request and its record."""
    model = pupil()
    outcome = await Runner(experiment(model, items=2, samples=samples), store).run()
    found = records(store, outcome.run.id)
    assert sorted((r.item, r.sample) for r in found) == [(f"s0{i}", n) for i in range(2) for n in range(samples)]
    assert sorted(r.sample for r in model.backend.asked) == sorted(list(range(samples)) * 2)
