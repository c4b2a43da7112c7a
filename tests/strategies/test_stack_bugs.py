"""A model with a bug in a stack: whoever waits for its node learns what it was."""

import asyncio
import gc

import pytest

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.models.answer import answer
from escalade.strategies.react import Rules
from escalade.strategies.stack import Stack
from escalade.testing import ScriptedModel

QUESTION = Request.of("Which one?")


class Buggy:
    """Raises what is no error of ours, after `turns` of the event loop."""

    name = "a"

    def __init__(self, turns: int) -> None:
        self.asked = 0
        self._turns = turns

    async def reply(self, request, span):  # noqa: ARG002  (the signature of every Model)
        self.asked += 1
        await turned(self._turns)
        raise ValueError("a bug of its own")


class AsksAll:
    """A head that asks all its tools the whole question; the one that has the tool `late` takes its time."""

    name = "head"

    def __init__(self, late: str) -> None:
        self._late = late

    async def reply(self, request, span):  # noqa: ARG002  (the signature of every Model)
        listed = [line[2:].partition(":")[0] for line in request.question.splitlines() if line.startswith("- ")]
        await turned(20 if self._late in listed else 0)
        return Reply(text="\n".join(f"Action: {tool}\nAction Input: {QUESTION.question}" for tool in listed))


async def turned(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("late", ["b_0", "c_0"])
@pytest.mark.parametrize("turns", [0, 40])
async def test_a_bug_is_told_to_both_branches_that_asked_for_the_node(late, turns):
    """The later branch waits for the same node, or finds it broken already: either way the bug itself is raised."""
    buggy = Buggy(turns)
    others = {name: ScriptedModel(["fine"], name) for name in "bc"}
    stack = Stack("[['b_0','a_0'],['a_0','c_0']]", {"a": buggy, **others}, head=AsksAll(late), rules=Rules(steps=2))
    with pytest.raises(ValueError, match="a bug of its own"):
        await answer(stack, QUESTION)
    assert buggy.asked == 1
    gc.collect()  # asyncio tells of an exception that nobody took when it is collected
