"""Quality by label as tables: a row for each value, with its number of items, and a column for each system.

Intervals stand beside every mean, since groups are small. Nothing is compared or marked as better.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from escalade.analysis.summary import Quality, SystemSummary
from escalade.report import cells, draw

if TYPE_CHECKING:
    from rich.console import Console

_SYSTEMS_ABREAST = 3
"""More than that do not fit into a hundred columns with their intervals."""


def by_label(systems: Sequence[SystemSummary], metric: str, console: "Console") -> None:
    """One table for each label, or several where there are many systems; nothing for a run without such labels."""
    for label in dict.fromkeys(label for s in systems for label in s.by_label):
        for abreast in _in_threes(systems):
            heads = (label, "items", *(s.name for s in abreast))
            rows = [_row(value, abreast, label) for value in _values(systems, label)]
            draw.table(f"{metric} % by {label} [95 % interval]", heads, rows, console)


def _in_threes(systems: Sequence[SystemSummary]) -> Iterator[Sequence[SystemSummary]]:
    for start in range(0, len(systems), _SYSTEMS_ABREAST):
        yield systems[start : start + _SYSTEMS_ABREAST]


def _values(systems: Sequence[SystemSummary], label: str) -> Iterator[str]:
    yield from dict.fromkeys(value for s in systems for value in s.by_label.get(label, {}))


def _row(value: str, systems: Sequence[SystemSummary], label: str) -> Sequence[str]:
    qualities = [s.by_label.get(label, {}).get(value) for s in systems]
    return (value or "(none)", _items(qualities), *("-" if each is None else cells.quality(each) for each in qualities))


def _items(qualities: Sequence[Quality | None]) -> str:
    """How many items the means are over; where systems have not finished the same number, from fewest to most."""
    counts = [0 if each is None else each.n for each in qualities]
    least, most = min(counts), max(counts)
    return f"{most:,}" if least == most else f"{least:,} to {most:,}"
