"""Within: a grader that takes a number for right if it is near enough to the gold answer. It asks nobody."""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from escalade.answers import read
from escalade.answers.number import number
from escalade.config.plugins import Path, Spec
from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.messages import Expects
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Grader, Item
from escalade.tasks.grader import unread
from pydantic import Field

if TYPE_CHECKING:
    from escalade.config.build import Builder


class Within:
    """Right where the answer differs from the gold answer by at most `tolerance`, as a share of the gold answer."""

    metric = "accuracy"
    pays = False

    def __init__(self, tolerance: Decimal) -> None:
        self.tolerance = tolerance
        self.fingerprint = f"within-1:{tolerance}"

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:  # noqa: ARG002  (asks nobody)
        found = read(reply.text, Expects("number"))
        if found is None:
            return unread(reply)
        gold = number(item.gold)
        if gold is None:
            raise DataError(f"item {item.id}: the answer {item.gold!r} is no number")
        right = abs(Fraction(found.value) - gold) <= Fraction(self.tolerance) * abs(gold)
        method = f"{found.method}, within {self.tolerance}"
        return Grade(outcome="right" if right else "wrong", score=float(right), answer=found.said, method=method)

    async def close(self) -> None:
        """Nothing is open."""


class WithinSpec(Spec):
    """Right where it is near enough."""

    tolerance: Decimal = Field(Decimal("0.01"), ge=0, description="as a share of the right answer")

    def build(self, builder: "Builder", path: Path) -> Grader:  # noqa: ARG002  (the signature of every kind)
        return Within(self.tolerance)
