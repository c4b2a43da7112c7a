"""Task and Item: a benchmark and the measure of a reply, outside the system that gave it.

A strategy never sees an Item, only the Request made from its public part.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from escalade.core.grade import Grade
from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    """Stable and unique within the task."""
    turns: tuple[str, ...]
    """What the user says, turn by turn; each is asked after the replies to the earlier ones."""
    gold: str = ""
    expects: Expects = Expects()
    system: str = ""
    labels: dict[str, str] = {}
    """Public: category, subject, level, ..."""
    private: dict[str, Any] = {}
    """For the grader alone."""

    def request(self, sample: int = 0) -> Request:
        """The public part of the item, its first turn asked."""
        first = Request.of(self.turns[0], system=self.system or None, expects=self.expects)
        return Request(first.messages, expects=self.expects, item=self.id, labels=self.labels, sample=sample)


class Task(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Names the data (by hash), the prompt form and the grader; runs that differ in it are not comparable."""
        ...

    @property
    def metric(self) -> str:
        """What the mean score is called: "accuracy", "score", ..."""
        ...

    @property
    def grades_steps(self) -> bool:
        """Whether answers on the way are graded too; False where grading costs money."""
        ...

    @property
    def redacted(self) -> bool:
        """Whether question texts must stay out of stores and reports."""
        ...

    async def items(self) -> Sequence[Item]:
        """All items in the publisher's order. Raises DataError with what to do about it."""
        ...

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        """Measure one reply; `span` is of the grading account, not the system's. Never raises for a bad reply."""
        ...

    async def close(self) -> None:
        """Let go of worker processes."""
        ...
