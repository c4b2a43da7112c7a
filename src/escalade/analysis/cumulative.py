"""Cost as it grew over a run: what the finished trials of a system were worth together, in the order they ended in.

That order is this run's: repeated from the journal, the same run ends its trials in another order, at the same sum. A
system with a call of unknown price has no such line, since a part of a sum is never shown as the sum.
"""

from decimal import Decimal

from msgspec import Struct

from escalade.core.money import add
from escalade.store.record import Record

_MOST = 120
"""Points of a line: more would not be seen."""


class Grown(Struct, frozen=True, kw_only=True):
    trials: int
    usd: Decimal


class CostTally:
    """The running figures of one system."""

    def __init__(self) -> None:
        self._ended: list[tuple[float, str, int, Decimal | None]] = []

    def add(self, record: Record, usd: Decimal | None) -> None:
        """`usd` is what the record's calls are worth, None where that is unknown."""
        self._ended.append((record.at, record.item, record.sample, usd))

    def line(self) -> list[Grown]:
        """From nothing to the sum, at most `_MOST` points after the first; empty where a price is unknown."""
        self._ended.sort(key=lambda end: end[:3])
        usd, every = Decimal(0), max(1, -(-len(self._ended) // _MOST))
        points = [Grown(trials=0, usd=usd)]
        for trials, (_, _, _, cost) in enumerate(self._ended, 1):
            if cost is None:
                return []
            usd = add(usd, cost)
            if trials % every == 0 or trials == len(self._ended):
                points.append(Grown(trials=trials, usd=usd))
        return points if self._ended else []
