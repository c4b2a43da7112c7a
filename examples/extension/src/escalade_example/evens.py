"""Evens: a generated task. Each question lists whole numbers and asks how many of them are even.

Questions depend on the seed alone, so that every machine asks the same ones. They measure counting and nothing else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalade.config.plugins import Path, Spec
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint, seeded
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Item, MatchGrader, Task
from escalade.tasks.asking import instructed
from pydantic import Field

if TYPE_CHECKING:
    from escalade.config.build import Builder

_NUMBER = Expects("number")


class Evens:
    """`count` questions, drawn by `seed`."""

    name = "evens"
    metric = "accuracy"
    grades_steps = True
    redacted = False

    def __init__(self, count: int = 100, seed: int = 0) -> None:
        self._items = [_item(number, seed) for number in range(1, count + 1)]
        self._grader = MatchGrader()
        self.fingerprint = fingerprint(["evens-1", self._items, self._grader.fingerprint])

    async def items(self) -> Sequence[Item]:
        return self._items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        return await self._grader.grade(item, reply, span)

    async def close(self) -> None:
        await self._grader.close()


def _item(number: int, seed: int) -> Item:
    draw = seeded("evens", seed, number)
    numbers = [draw.randint(1, 999) for _ in range(draw.randint(5, 30))]
    question = f"How many of these numbers are even: {', '.join(map(str, numbers))}?"
    return Item(
        id=f"evens-{number:04}",
        turns=(instructed(question, _NUMBER),),
        gold=str(sum(1 for n in numbers if n % 2 == 0)),
        expects=_NUMBER,
        labels={"category": "short" if len(numbers) < 18 else "long"},
    )


class EvensSpec(Spec):
    """Counting even numbers."""

    count: int = Field(100, ge=1, le=10_000)
    seed: int = 0

    def build(self, builder: "Builder", path: Path) -> Task:  # noqa: ARG002  (the signature of every kind)
        return Evens(self.count, self.seed)
