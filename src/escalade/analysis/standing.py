"""Standing: where a run is, from the Records that it has finished so far. Keeps counts and a few times, no Record.

Whether a rung accepts is read from what its gates noted, so that it is known for every task, graded on the way or not.
"""

from collections import Counter, deque

from msgspec import Struct

from escalade.store.record import Record

_WINDOW = 200
"""Trials over which the rate is measured: enough to be calm, few enough to follow a run that slows down."""


class Accepted(Struct, frozen=True, order=True):
    system: str
    level: int
    """The rung, counted from 1."""
    judged: int
    accepted: int


class Standing:
    """Told of trials as they end. `now` and all times are seconds on one clock of the caller's."""

    def __init__(self, total: int, done: int, now: float) -> None:
        """`done` of `total` trials were finished before anybody looked."""
        self.total = total
        self.done = done
        self.failed = 0
        self._judged: Counter[tuple[str, int]] = Counter()
        self._accepted: Counter[tuple[str, int]] = Counter()
        self._ends: deque[float] = deque([now], maxlen=_WINDOW + 1)

    def add(self, record: Record, now: float) -> None:
        """One more trial is finished."""
        self.done += 1
        self.count(record)
        self._ends.append(now)

    def count(self, record: Record) -> None:
        """A trial that is among `done` already: what became of it."""
        self.failed += record.status == "failed"
        for span in record.spans:
            for note in span.notes:
                if span.level is not None and note.get("kind") == "verdict" and note.get("accept") is not None:
                    self._judged[record.system, span.level] += 1
                    self._accepted[record.system, span.level] += bool(note["accept"])

    def accepted(self) -> list[Accepted]:
        """Of each system that has gates, its rungs in order."""
        return [Accepted(*rung, self._judged[rung], self._accepted[rung]) for rung in sorted(self._judged)]

    def per_second(self, now: float) -> float | None:
        """Trials a second of late; None before the first one."""
        ended, passed = len(self._ends) - 1, now - self._ends[0]
        return ended / passed if ended > 0 and passed > 0 else None

    def seconds_left(self, now: float) -> float | None:
        """At the rate of late; None where it is not known or nothing is left."""
        rate = self.per_second(now)
        return (self.total - self.done) / rate if rate and self.done < self.total else None
