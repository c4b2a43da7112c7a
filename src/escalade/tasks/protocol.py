"""Task and Item: a benchmark and the measure of a reply, outside the system that gave it.

A strategy never sees an Item, only the Request made from its public part.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import msgspec
from msgspec import Struct

from escalade.answers import check_schema
from escalade.core.checked import text
from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint
from escalade.core.messages import Expects, Message, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.structure import Worst


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
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

    @cached_property
    def wording(self) -> str:
        """Names what is asked, word for word. Found once: every trial of the item asks for it."""
        return fingerprint([self.turns, self.system])

    @cached_property
    def measure(self) -> str:
        """Names what answers are measured by; found once. Of private values that are no JSON only the type counts."""
        private = msgspec.to_builtins(self.private, enc_hook=lambda value: type(value).__name__)
        return fingerprint([self.gold, private])

    def request(self, sample: int = 0) -> Request:
        """The public part of the item, its first turn asked."""
        system = (Message("system", self.system),) if self.system else ()
        asked = (*system, Message("user", self.turns[0]))
        return Request(asked, expects=self.expects, item=self.id, labels=self.labels, sample=sample)


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


@runtime_checkable
class Bounded(Protocol):
    """A task or grader that can say what grading one reply takes at most."""

    def worst(self, item: Item, answer_tokens: int) -> Worst:
        """The worst case for a reply of at most `answer_tokens`."""
        ...


def checked_items(items: Sequence[Item], task: str) -> Sequence[Item]:
    """`items`, if each can be asked and told from the others. Raises DataError that names the task and the item,
    and what `text` and `check_schema` do of an id that cannot be stored and a schema that is none.
    """
    ids: set[str] = set()
    for item in items:
        if not item.turns or isinstance(item.turns, str):
            hint = "`turns` is a tuple of one text or more: what the user says, turn by turn"
            raise DataError(f"the task {task}: the item {item.id!r} has no turns", hint=hint)
        text(item.id, f"the id of an item of the task {task}")
        if item.expects.json_schema is not None:
            check_schema(item.expects.json_schema, f"the task {task}: the schema of the item {item.id!r}")
        if item.id in ids:
            raise DataError(f"the task {task}: two items have the id {item.id!r}", hint="give each an id of its own")
        ids.add(item.id)
    return items


def worst_grading(task: Task, item: Item, answer_tokens: int) -> Worst:
    """The most that grading one reply may take."""
    return worst_by(task, item, answer_tokens, pays=not task.grades_steps)


def worst_by(grading: object, item: Item, answer_tokens: int, *, pays: bool) -> Worst:
    """The same of a task or a grader; of unknown price where it `pays` for models and cannot say."""
    if isinstance(grading, Bounded):
        return grading.worst(item, answer_tokens)
    return Worst(1, None) if pays else Worst()
