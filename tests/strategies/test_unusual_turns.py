"""Conversations that do not end with the user: what a strategy asks in words of its own is still their question."""

import pytest
from debaters import Member, answers
from scores import Scores

from escalade.core.messages import Message, Request
from escalade.strategies import (
    ByFuser,
    Cascade,
    Criticise,
    Debate,
    Fuse,
    FuseRanked,
    Generate,
    Mixture,
    Pipeline,
    Stated,
    WeightedVote,
)

ASKS = {
    "fuse": lambda asked: Fuse(answers(3, 4), asked),
    "mixture": lambda asked: Mixture([answers(3, 4)], asked),
    "a later layer": lambda asked: Mixture([answers(3), [asked]], Member("by", "Answer: 4")),
    "cascade": lambda asked: Cascade([*answers(3), asked], Scores(0.1, 0.2)),
    "weighted vote": lambda asked: WeightedVote([asked], Stated()),
    "a debate's fuser": lambda asked: Debate(answers(3, 4), rounds=0, decide=ByFuser(asked)),
    "critic and refiner": lambda asked: Debate([asked, *answers(3)]),
    "peer": lambda asked: Debate([asked, *answers(3)], critique=False),
    "critic of a pipeline": lambda asked: Pipeline([Generate(answers(3, 4)), Criticise(asked)]),
    "fuser of a pipeline": lambda asked: Pipeline([Generate(answers(3, 4)), FuseRanked(asked)]),
}
SUM = Message("user", "What is 2 + 2?")
AFTER = {
    "an answer begun": Message("assistant", "Let me think:"),
    "a tool's answer": Message("tool", "the sum is 4", tool_call_id="c1"),
}


@pytest.mark.parametrize("after", AFTER.values(), ids=AFTER)
@pytest.mark.parametrize("build", ASKS.values(), ids=ASKS)
async def test_the_question_is_what_the_user_said_last(span, build, after):
    """It is put into the prompt that takes its place, and what was said after it stays after it."""
    asked = Member("asked", "Answer: 4")
    await build(asked).reply(Request((SUM, after)), span)
    assert asked.asked
    for request in asked.asked.values():
        prompt, rest = request.messages
        assert (prompt.role, rest) == ("user", after)
        assert SUM.content in prompt.content
        assert after.content not in prompt.content


@pytest.mark.parametrize("build", ASKS.values(), ids=ASKS)
async def test_where_the_user_said_nothing_the_prompt_is_all_they_say(span, build):
    """The system message stays above it; nothing breaks."""
    system = Message("system", "Say what 2 + 2 is.")
    asked = Member("asked", "Answer: 4")
    await build(asked).reply(Request((system,)), span)
    told = [request.messages[1:] for request in asked.asked.values() if len(request.messages) > 1]
    assert told
    assert all([message.role for message in messages] == ["user"] for messages in told)
