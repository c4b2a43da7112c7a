"""A Span: where a Model is in the tree of work. It carries the budget, and calls and notes are written to it.

A span's path names its place in the structure ("/rung.1/gate/worker.2"), never its order of arrival, so that seeds
drawn from it are the same in every run. A `Ledger` gathers what one tree of spans wrote.
"""

import time
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from msgspec import Struct

from escalade.core.checked import text, whole
from escalade.core.duration import to_microseconds
from escalade.core.errors import EscaladeError
from escalade.core.ids import seeded
from escalade.core.reply import Reply
from escalade.core.text import mended
from escalade.ledger.budget import Budget
from escalade.ledger.call import Call
from escalade.ledger.tags import Tags

_NO_TAGS = Tags()
_WHOLE = frozenset({"gate", "grader"})
"""Roles that keep their name inside: what a cascade of judges spends is spent on judging."""


class SpanFact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What remains of a finished span."""

    path: str
    role: str
    name: str
    level: int | None = None
    start_s: float = 0.0
    """Seconds since the root span opened."""
    seconds: float = 0.0
    call: str = ""
    """The Call that holds the answer's text."""
    text: str | None = None
    """The answer, where no Call holds it."""
    error: str = ""
    message: str = ""
    notes: list[dict[str, Any]] = []
    """What was decided here, in order: verdicts, votes, reasons to stop. Each has a `kind`."""


class Ledger:
    """Everything that one tree of spans wrote, in the order in which it was written."""

    def __init__(self, on_call: Callable[[Call], None] | None = None) -> None:
        self.calls: list[Call] = []
        self.spans: list[Span] = []
        self.errors: list[EscaladeError] = []
        """What spans failed with."""
        self.opened = time.monotonic()
        self._on_call = on_call

    def write(self, call: Call) -> None:
        self.calls.append(call)
        if self._on_call:
            self._on_call(call)

    def facts(self) -> list[SpanFact]:
        return [span.fact() for span in self.spans]

    def release(self) -> None:
        """Let go of the spans. They hold the ledger: a finished tree would else wait for the garbage collector."""
        self.spans = []


class Span:
    """Open one with `Span.root`; children are opened by `escalade.models.ask` alone."""

    __slots__ = (
        "_places",
        "budget",
        "ended",
        "error",
        "ledger",
        "level",
        "name",
        "notes",
        "paid_as",
        "parent",
        "path",
        "reply",
        "role",
        "seed",
        "started",
        "tags",
    )

    def __init__(self, path: str, role: str, name: str, parent: "Span | None", level: int | None) -> None:
        self.path = path
        self.role = role
        self.paid_as = role
        """The role that calls made here are booked under."""
        self.name = name
        self.parent = parent
        self.level = level
        self.notes: list[dict[str, Any]] = []
        self._places: set[str] = set()
        """Those of its children."""
        self.reply: Reply | None = None
        self.error: EscaladeError | None = None
        self.started = time.monotonic()
        self.ended: float | None = None
        # These `root` and `child` fill in: as arguments they would make each span a fifth dearer.
        self.budget: Budget
        self.ledger: Ledger
        self.seed: int
        self.tags: Tags

    @classmethod
    def root(
        cls,
        name: str,
        *,
        budget: Budget | None = None,
        seed: int = 0,
        ledger: Ledger | None = None,
        tags: Tags = _NO_TAGS,
    ) -> "Span":
        """The span of a whole question. `tags` are stored with every Call below it."""
        if not isinstance(tags, Tags):
            raise TypeError(f"the tags of a span are Tags, not a {type(tags).__name__}")
        span = cls("", "system", name, None, None)
        span.budget = budget or Budget()
        span.ledger = ledger or Ledger()
        span.seed = seed
        span.tags = tags
        span.ledger.spans.append(span)
        return span

    def child(self, role: str, name: str, place: str | int | None = None, level: int | None = None) -> "Span":
        """A span below this one. Siblings that run at once need a `place`, so that their paths tell them apart.

        Inside a rung, everything belongs to that rung of the outermost cascade: a deeper `level` does not count.
        Raises TypeError or ConfigError for what no Call could be booked under.
        """
        step = text(role if place is None else role + f".{place}", "the role and place of a span")
        level = None if level is None else whole(level, "the level of a span")
        if step in self._places:
            if place is not None:
                raise ValueError(f"two children of span {self.path or '/'} have the place {step}")
            step = next(s for n in count(2) if (s := f"{role}.{n}") not in self._places)
        self._places.add(step)
        span = Span(f"{self.path}/{step}", role, name, self, level if self.level is None else self.level)
        if self.paid_as in _WHOLE:
            span.paid_as = self.paid_as
        span.budget, span.ledger, span.seed, span.tags = self.budget, self.ledger, self.seed, self.tags
        self.ledger.spans.append(span)
        return span

    def write(self, call: Call) -> None:
        self.ledger.write(call)

    def note(self, kind: str, **facts: Any) -> None:
        """Remember a decision made here; the facts must be JSON values."""
        self.notes.append({"kind": kind, **facts})

    def random(self, item: str) -> Random:
        """Draws that depend on the run's seed, the item and this place alone."""
        return seeded(self.seed, item, self.path)

    def finish(self, reply: Reply | None = None) -> None:
        self.reply = reply
        self.ended = time.monotonic()

    def fail(self, error: EscaladeError) -> None:
        self.error = error
        self.ended = time.monotonic()
        self.ledger.errors.append(error)

    def fact(self) -> SpanFact:
        reply, error = self.reply, self.error
        return SpanFact(
            path=self.path,
            role=self.role,
            name=self.name,
            level=self.level,
            start_s=to_microseconds(self.started - self.ledger.opened),
            seconds=to_microseconds((self.ended or time.monotonic()) - self.started),
            call=reply.call if reply else "",
            text=reply.text if reply and not reply.call else None,
            error=error.code if error else "",
            message=mended(str(error)) if error else "",
            notes=self.notes,
        )
