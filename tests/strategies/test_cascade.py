"""The climb: where it ends, what stands when nothing was accepted, and how little can lose the question."""

import pytest
from scores import QUESTION, UNJUDGED, Scores, notes

from escalade.core.errors import BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.gates import Verdict, judge, matches
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.models.structure import structure_of
from escalade.prompts import Template
from escalade.strategies import Cascade, Vote
from escalade.strategies.carry import CascadePrompts
from escalade.testing import ScriptedModel

SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")


def ladder(*answers: str | Exception) -> list[ScriptedModel]:
    return [ScriptedModel([answer], name=f"rung{level}") for level, answer in enumerate(answers, 1)]


async def test_first_good_answer_ends_the_climb(span):
    """The accepted answer is the reply, with its level and score; dearer rungs are not asked."""
    rungs = ladder("one", "two", "three")
    reply = await Cascade(rungs, Scores(0.5, 0.95)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.score, reply.level, reply.stopped) == ("two", True, 0.95, 2, "accepted")
    assert [len(rung.requests) for rung in rungs] == [1, 1, 0]


async def test_exhausted_climb_keeps_the_best_of_all_rungs(span):
    """Where nothing is accepted, the best-scored answer of any rung stands, and is marked as not accepted."""
    reply = await Cascade(ladder("one", "two", "three"), Scores(0.2, 0.8, 0.5)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.level, reply.stopped) == ("two", False, 2, "exhausted")
    [note] = notes(span, "stopped")
    assert note == {"kind": "stopped", "why": "exhausted", "level": 2, "climbed": 3}


async def test_later_of_equals_stands(span):
    """Among answers of one score, the stronger rung's stands."""
    assert (await Cascade(ladder("one", "two", "three"), Scores(0.5, 0.5, 0.2)).reply(QUESTION, span)).text == "two"


@pytest.mark.parametrize(
    ("scores", "text", "accepted"),
    [
        ((0.8, UNJUDGED), "two", None),
        ((UNJUDGED, UNJUDGED), "two", None),
        ((UNJUDGED, 0.3), "two", False),
    ],
)
async def test_unjudged_last_answer_stands(span, scores, text, accepted):
    """The strongest rung's answer stands if nobody found it lacking; an unjudged earlier one does not beat a judged."""
    reply = await Cascade(ladder("one", "two"), Scores(*scores)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.stopped) == (text, accepted, "exhausted")


class Raises(Scores):
    """A gate that breaks its promise."""

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (the protocol's)
        raise ServerFailed("the judge is down")


async def test_gate_that_raises_is_climbed_past(span):
    """It leaves answers unjudged and never loses the question, as a tie's gate neither; why is noted."""
    reply = await Cascade(ladder("one", "two"), Raises()).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.stopped) == ("two", None, "exhausted")
    assert [note["trouble"] for note in notes(span, "verdict")] == ["the gate failed: the judge is down"] * 2
    tied = await Vote(ladder("Answer: 1", "Answer: 2"), tie=Raises()).reply(QUESTION, Span.root("test"))
    assert (tied.text, tied.stopped) == ("Answer: 1", "tie")


async def test_failing_worker_escalates(span):
    """A rung that fails is noted and climbed past."""
    reply = await Cascade(ladder(ServerFailed("down"), "two"), Scores(1)).reply(QUESTION, span)
    assert (reply.text, reply.level, reply.stopped) == ("two", 2, "accepted")
    [failed] = notes(span, "failed")
    assert (failed["path"], failed["error"], failed["message"]) == ("/worker.1", "server", "down")


async def test_last_rung_that_fails_loses_nothing(span):
    """Where the last rung fails, the best answer before it stands."""
    reply = await Cascade(ladder("one", ServerFailed("down")), Scores(0.3)).reply(QUESTION, span)
    assert (reply.text, reply.level, reply.stopped) == ("one", 1, "exhausted")


async def test_all_rungs_failing_is_the_last_error(span):
    """With no answer at all the cascade fails as a value, with the error of the last rung."""
    outcome = await ask(Cascade(ladder(ServerFailed("one"), ServerFailed("two")), Scores()), QUESTION, span)
    assert isinstance(outcome.error, ServerFailed)
    assert str(outcome.error) == "two"


async def test_failing_judge_escalates_and_is_recorded(span):
    """A judge that fails accepts nothing and rejects nothing: the next rung is asked, and the trouble is told."""
    mind = ScriptedModel([ServerFailed("no judge today"), '{"reason": "", "score": 1}'], name="mind")
    reply = await Cascade(ladder("one", "two"), judge(mind)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.level) == ("two", True, 2)
    first, second = notes(span, "verdict")
    assert (first["accept"], first["score"]) == (None, None)
    assert "no judge today" in first["trouble"]
    assert second["accept"] is True


async def test_verdicts_and_answers_share_their_place(span):
    """Each verdict is noted at the place and level of the answer that it is about."""
    await Cascade(ladder("one", "two"), Scores(0.1, 0.2)).reply(QUESTION, span)
    found = [(s.path, s.role, s.level) for s in span.ledger.spans[1:]]
    assert found == [
        ("/worker.1", "worker", 1),
        ("/gate.1", "gate", 1),
        ("/worker.2", "worker", 2),
        ("/gate.2", "gate", 2),
    ]


async def test_spent_budget_keeps_the_best_so_far(span):
    """A rung that the budget refuses ends the climb: no later one is asked, the best answer stands and says why."""
    rungs = ladder("one", "two", SPENT, "four")
    reply = await Cascade(rungs, Scores(0.7, 0.3)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.level, reply.stopped) == ("one", False, 1, "budget")
    assert rungs[3].requests == []


async def test_budget_before_the_first_answer_is_the_error(span):
    """Where not even the first rung could be asked, the budget's own error comes out."""
    outcome = await ask(Cascade(ladder(SPENT, "two"), Scores()), QUESTION, span)
    assert outcome.error is SPENT


async def test_verdict_that_the_budget_refused_shows(span):
    """A last answer that could not be judged for want of budget stands, and the reply says that a budget ended it."""
    mind = ScriptedModel([SPENT, SPENT])
    reply = await Cascade(ladder("one", "two"), judge(mind)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.stopped) == ("two", None, "budget")


async def test_conversation_goes_up_whole(span):
    """The next rung gets the system message and the earlier turns untouched; only the last turn carries feedback."""
    turns = (
        Message("system", "Be brief."),
        Message("user", "Name a colour."),
        Message("assistant", "Red."),
        Message("user", "Another ${x}?"),
    )
    rungs = ladder("Blue.", "Green.")
    await Cascade(rungs, Scores(0.1, 0.2)).reply(Request(turns, item="q", sample=2), span)
    first, second = (rung.requests[0] for rung in rungs)
    assert first.messages == turns
    assert second.messages[:3] == turns[:3]
    assert second.messages[3].content.startswith("Another ${x}?\n")
    assert (second.item, second.sample) == ("q", 2)


async def test_rung_may_be_a_vote(span):
    """The gate sees what a panel agreed on; the cascade's reply has its own verdict and no peers of the rung's."""
    members = ladder("Answer: 4", "Answer: 4", "Answer: 5")
    reply = await Cascade([Vote(members), *ladder("four")], matches("Answer: 4")).reply(QUESTION, span)
    assert (reply.text, reply.level, reply.stopped, reply.candidates, reply.members) == (
        "Answer: 4",
        1,
        "accepted",
        (),
        0,
    )


async def test_cascade_in_a_cascade_belongs_to_the_outer_rung(span):
    """What an inner climb does is spent at the outer rung's level, and the outer verdict is the reply's."""
    inner = Cascade(ladder("one", "two"), Scores(0.1, 0.95), name="inner")
    reply = await Cascade([*ladder("zero"), inner], Scores(0.3, 0.4)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.level, reply.stopped) == ("two", False, 2, "exhausted")
    assert {s.level for s in span.ledger.spans if s.path.startswith("/worker.2")} == {2}


async def test_judge_may_be_a_cascade():
    """A judge's mind may climb, too: its own gate decides which of its verdicts is handed out."""
    verdicts = ladder("no verdict at all", '{"reason": "fine", "score": 1}')
    mind = Cascade(verdicts, matches("score"), name="mind")
    span = Span.root("test")
    reply = await Cascade(ladder("one", "two"), judge(mind)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.score) == ("one", True, 1)
    assert [len(rung.requests) for rung in verdicts] == [1, 1]


@pytest.mark.parametrize(("rungs", "attempts"), [([], 1), (ladder("one"), 0)])
def test_ladder_needs_rungs_and_attempts(rungs, attempts):
    """A cascade that could ask nobody is refused at once."""
    with pytest.raises(ConfigError, match=r"rung|attempts"):
        Cascade(rungs, Scores(), attempts=attempts)


@pytest.mark.parametrize(
    "changed",
    [
        {"attempts": 2},
        {"min_gain": 0.1},
        {"carry": "all"},
        {"show_scores": True},
        {"prompts": CascadePrompts(retry=Template("retry", "Again: ${question} ${attempts}", "mine"))},
        {"accept": matches("8")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_changes_answers_makes_it_another_cascade(changed):
    """A run's name is made from it: two that differ here never share a run."""
    plain = {"accept": matches("7"), "attempts": 1}
    names = [structure_of(Cascade([ScriptedModel(["7"])], **(plain | more))).fingerprint for more in ({}, changed)]
    assert names[0] != names[1]
