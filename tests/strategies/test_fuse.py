"""Fuse: one answer from many, written by a model that does not know whose they are."""

import pytest
from scores import NUMBER, QUESTION, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ServerFailed
from escalade.core.messages import Message, Request
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.strategies import Fuse
from escalade.testing import ScriptedModel

SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")


def panel(*answers: str | Exception) -> list[ScriptedModel]:
    return [ScriptedModel([answer], name=f"secret-name-{place}") for place, answer in enumerate(answers, 1)]


async def shown(item: str, seed: int = 0, answers: tuple[str, ...] = tuple("abcdefgh")) -> str:
    by = ScriptedModel(["fused"], name="by")
    request = Request(QUESTION.messages, item=item)
    await Fuse(panel(*answers), by).reply(request, Span.root("test", seed=seed))
    return by.requests[0].messages[-1].content


async def test_order_is_drawn_for_the_question():
    """The order of the answers depends on seed, item and place, on nothing else, and differs between questions."""
    assert await shown("q1") == await shown("q1")
    orders = {await shown(f"q{n}", seed) for n in range(4) for seed in range(4)}
    assert len(orders) == 16


async def test_fuser_sees_every_answer_and_no_name():
    """All answers are there, fenced off from one another, with the question; no member is named."""
    prompt = await shown("q1", answers=("one ${question}", "two {x}", "```three```"))
    for answer in ("one ${question}", "two {x}", "```three```"):
        assert f"<answer>\n{answer}\n</answer>" in prompt
    assert "What is 2 + 2?" in prompt
    assert "secret-name" not in prompt


async def test_fused_answer_is_the_reply(span):
    """The fuser's text is the reply, the members' are its candidates in their order, and its role is told."""
    by = ScriptedModel(["Answer: 4"], name="by")
    reply = await Fuse(panel("Answer: 3", "Answer: 5"), by).reply(QUESTION, span)
    assert (reply.text, reply.stopped, reply.members) == ("Answer: 4", "fused", 2)
    assert [c.text for c in reply.candidates] == ["Answer: 3", "Answer: 5"]
    assert [s.role for s in span.ledger.spans[1:]] == ["worker", "worker", "fuser"]
    assert by.requests[0].expects == NUMBER


async def test_earlier_turns_stay_turns(span):
    """In a conversation the fuser gets the earlier turns as they were, and once."""
    turns = (Message("user", "Name a colour."), Message("assistant", "Red."), Message("user", "Another?"))
    by = ScriptedModel(["Blue."], name="by")
    await Fuse(panel("Blue.", "Green."), by).reply(Request(turns), span)
    [asked] = by.requests
    assert asked.messages[:2] == turns[:2]
    assert "Another?" in asked.messages[2].content
    assert "Name a colour." not in asked.messages[2].content


async def test_only_survivor_stands_without_a_call(span):
    """Where one member answered there is nothing to fuse: its answer stands and the fuser is not asked."""
    reply = await Fuse(panel(ServerFailed("down"), "Answer: 4"), ScriptedModel([])).reply(QUESTION, span)
    assert (reply.text, reply.stopped, reply.members) == ("Answer: 4", "only one answer", 2)


@pytest.mark.parametrize(
    ("answers", "stands"),
    [(("Answer: 4", "Answer: 5"), "Answer: 4"), (("Answer: 4", "Answer: 5", "It is so. Answer: 5"), "Answer: 5")],
)
async def test_failing_fuser_leaves_the_vote(span, answers, stands):
    """A fuser that fails loses nothing: the earliest answer of the most frequent stands, and the failure is noted."""
    reply = await Fuse(panel(*answers), ScriptedModel([ServerFailed("down")])).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == (stands, "fuser failed")
    assert [note["error"] for note in notes(span, "failed")] == ["server"]


async def test_all_failing_is_a_typed_error(span):
    """Where no member answers, the fuser is not asked and the error says why."""
    outcome = await ask(Fuse(panel(ServerFailed("down")), ScriptedModel([])), QUESTION, span)
    assert isinstance(outcome.error, AnswerError)


@pytest.mark.parametrize(
    ("answers", "by"),
    [(("Answer: 4", "Answer: 5"), SPENT), (("Answer: 4", SPENT), "?"), (("Answer: 4", "Answer: 5", SPENT), "fused")],
    ids=["fuser's", "only one member left", "a member's"],
)
async def test_spent_budget_shows(span, answers, by):
    """Wherever a budget had a part in the answer, the reply says so."""
    assert (await Fuse(panel(*answers), ScriptedModel([by])).reply(QUESTION, span)).stopped == "budget"
