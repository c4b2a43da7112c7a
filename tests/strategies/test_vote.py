"""Vote: the modal answer wins, and nothing that goes wrong with a member loses the question."""

import asyncio

import pytest
from scores import NUMBER, QUESTION, Scores, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.strategies import Vote
from escalade.testing import ScriptedModel

SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")


def panel(*answers: str | Exception) -> list[ScriptedModel]:
    return [ScriptedModel([answer], name=f"m{place}") for place, answer in enumerate(answers, 1)]


@pytest.mark.parametrize(
    ("answers", "winner", "stopped"),
    [
        (("Answer: 4", "Answer: 5", "so the answer is 4.0"), 0, "majority"),
        (("Answer: 5", "Answer: 4", "Answer: 4"), 1, "majority"),
        (("Answer: 4", "Answer: 4", "Answer: 4"), 0, "majority"),
        (("Answer: 5", "Answer: 4"), 0, "tie"),
        (("Answer: 5", "Answer: 4", "Answer: 4", "Answer: 5"), 0, "tie"),
        (("no idea", "Answer: 4"), 1, "majority"),
        (("no idea", "not I"), 0, "unreadable"),
        ((ServerFailed("down"), "Answer: 4"), 1, "majority"),
    ],
    ids=["most", "most, later", "unanimous", "tie", "tie of pairs", "one unreadable", "all unreadable", "one failed"],
)
async def test_modal_answer_wins(span, answers, winner, stopped):
    """The earliest text with the most frequent final answer is the reply; without a gate ties go to the earliest."""
    reply = await Vote(panel(*answers)).reply(QUESTION, span)
    assert reply.text == answers[winner]
    assert reply.stopped == stopped
    assert reply.members == len(answers)


async def test_peers_are_candidates_in_the_order_of_the_structure(span):
    """All replies are kept, in the order of the members; a member that failed leaves a note."""
    reply = await Vote(panel("Answer: 5", ServerFailed("down"), "Answer: 4")).reply(QUESTION, span)
    assert [c.text for c in reply.candidates] == ["Answer: 5", "Answer: 4"]
    [failed] = notes(span, "failed")
    assert (failed["path"], failed["error"], failed["message"]) == ("/worker.2", "server", "down")


async def test_gate_settles_ties(span):
    """In a tie, one answer of each leading group is judged and the best-scored wins; others are not judged."""
    gate = Scores(0.2, 0.8)
    answers = ("Answer: 5", "Answer: 4", "Answer: 4", "Answer: 5", "Answer: 6")
    reply = await Vote(panel(*answers), tie=gate).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 4", "tie")
    assert gate.seen == ["Answer: 5", "Answer: 4"]
    assert [s.path for s in span.ledger.spans if s.role == "gate"] == ["/gate.1", "/gate.2"]


async def test_gate_is_not_asked_without_a_tie(span):
    """Where a majority is there, the gate costs nothing."""
    gate = Scores()
    await Vote(panel("Answer: 4", "Answer: 4", "Answer: 5"), tie=gate).reply(QUESTION, span)
    assert gate.seen == []


@pytest.mark.parametrize(("scores", "winner"), [((None, None), 0), ((None, 0.1), 1), ((0.5, 0.5), 0)])
async def test_tie_that_the_gate_cannot_settle_goes_to_the_earliest(span, scores, winner):
    """An unjudged answer loses to a judged one; where the gate knows nothing or scores alike, the earliest wins."""
    answers = ("Answer: 5", "Answer: 4")
    reply = await Vote(panel(*answers), tie=Scores(*scores)).reply(QUESTION, span)
    assert reply.text == answers[winner]


async def test_all_failing_is_a_typed_error(span):
    """Where no member answers, the vote fails as a value, says how many there were and one reason."""
    outcome = await ask(Vote(panel(ServerFailed("down"), ServerFailed("down"))), QUESTION, span)
    assert isinstance(outcome.error, AnswerError)
    assert "2 members" in str(outcome.error)
    assert "down" in str(outcome.error)


async def test_spent_budget_shows(span):
    """A member without budget makes it a vote stopped by a budget; if no member had any, the budget is the error."""
    reply = await Vote(panel("Answer: 4", SPENT)).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 4", "budget")
    outcome = await ask(Vote(panel(ServerFailed("down"), SPENT)), QUESTION, span)
    assert outcome.error is SPENT


async def test_budget_that_left_a_tie_unsettled_shows(span):
    """Where a budget kept the gate from settling the tie, the reply says so."""
    gate = Scores(None, None, error="budget")
    assert (await Vote(panel("Answer: 5", "Answer: 4"), tie=gate).reply(QUESTION, span)).stopped == "budget"


async def test_members_are_asked_the_question_as_it_is(span):
    """Each member gets the very request, the form of its answer and the conversation included."""
    members = panel("Answer: 4", "Answer: 4")
    request = Request.of("What is 2 + 2?", system="Be brief.", expects=NUMBER)
    await Vote(members).reply(request, span)
    assert [m.requests for m in members] == [[request], [request]]


class Late:
    """Answers after `first` has, and keeps what it did."""

    name = "late"

    def __init__(self) -> None:
        self.done = False

    async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (the protocol's)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.done = True
        return Reply(text="Answer: 4")


async def test_unforeseen_exception_waits_for_the_other_members(span):
    """A bug in one member comes out as it is, but only when the others have ended: no call is left behind."""
    late = Late()
    with pytest.raises(AssertionError, match="unexpected call"):
        await Vote([ScriptedModel([]), late]).reply(QUESTION, span)
    assert late.done


def test_empty_panel_is_refused():
    """A vote of nobody is a mistake that shows at once."""
    with pytest.raises(ConfigError, match="member"):
        Vote([])
