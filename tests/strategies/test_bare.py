"""A score belongs to the choice that it was given for: what was said of a member is not said of its panel."""

import pytest
from debaters import Member
from scores import QUESTION, Scores

from escalade.core.errors import ServerFailed
from escalade.gates import Decided
from escalade.strategies import (
    ByFuser,
    Cascade,
    Debate,
    Fuse,
    FuseRanked,
    Generate,
    Measured,
    Mixture,
    Pipeline,
    RankByPairs,
    Vote,
    WeightedVote,
)
from escalade.testing import ScriptedModel


def sure(text="Answer: 1"):
    """A model that brings along everything that a cascade says of an answer that it accepted."""
    return Cascade([Member("sure", text)], Scores(*[0.97] * 9))


def down():
    return Member("down", ServerFailed("down"))


def panel():
    return [sure(), Member("b", "Answer: 2"), Member("c", "Answer: 3")]


CHOSEN = {
    "a vote": lambda: Vote(panel()),
    "a tie's gate": lambda: Vote(panel(), tie=Scores(0.9, 0.1, 0.1)),
    "a weighted vote": lambda: WeightedVote(panel(), Measured((0.9, 0.6, 0.6))),
    "the only answer": lambda: Fuse([sure(), down()], Member("by", "x")),
    "a fused one": lambda: Fuse(panel(), sure()),
    "instead of a fused one": lambda: Fuse(panel(), down()),
    "an aggregated one": lambda: Mixture([panel()], sure()),
    "instead of an aggregated one": lambda: Mixture([panel()], down()),
    "a debate's": lambda: Debate(panel(), rounds=0),
    "a debate's fuser": lambda: Debate(panel(), rounds=0, decide=ByFuser(sure())),
    "fused from the ranked": lambda: Pipeline([Generate(panel()), FuseRanked(sure())]),
    "ranked": lambda: Pipeline([Generate(panel()), RankByPairs(Member("ranker", "[[A=B]]"), 1)]),
}


@pytest.mark.parametrize("build", CHOSEN.values(), ids=CHOSEN)
async def test_no_member_s_verdict_is_taken_for_the_whole_s(span, build):
    """Neither score, reason, acceptance nor rung of what is chosen from; nor of the choice where nobody judged it."""
    reply = await build().reply(QUESTION, span)
    assert reply.text.startswith("Answer: 1")
    for one in (reply, *reply.candidates):
        assert (one.score, one.reason, one.accepted, one.level) == (None, "", None, None)


async def test_a_tie_is_not_accepted_for_its_winner_s_own_score(span):
    """`decided` climbs past three different answers, though one of them came from a cascade that had accepted it."""
    ladder = Cascade([Vote(panel()), ScriptedModel(["Answer: 4"])], Decided(0.95))
    assert (await ladder.reply(QUESTION, span)).text == "Answer: 4"
