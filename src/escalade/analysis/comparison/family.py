"""Family: all comparisons by score that a report makes, each pair of systems once, judged together.

Each further comparison is a further chance of a false alarm. The same pair in another table, or the other way round, is
no further one: it has the same p wherever it stands. Costs are no part of it.
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from escalade.analysis.comparison.paired import Pair, judged, pair
from escalade.analysis.summary import Comparison, Verdict
from escalade.analysis.trial import PerItem

Place: TypeAlias = tuple[str, str, str]
"""A system, the one that it is set against and ""; or a system, "" and what it is set against that is none."""
_TURNED: dict[Verdict, Verdict] = {"better": "worse", "worse": "better", "not_distinguishable": "not_distinguishable"}


class Family:
    """Told of every comparison, then asked for all of them."""

    def __init__(self, seed: Callable[..., int]) -> None:
        """`seed` makes a seed of names."""
        self._seed = seed
        self._pairs: dict[Place, Pair | None] = {}

    def add(self, place: Place, system: PerItem, other: PerItem) -> None:
        """Set `system` against `other`, unless these two are here already."""
        if place not in self._pairs and _turned(place) not in self._pairs:
            self._pairs[place] = pair(system, other, self._seed("pair", *filter(None, place)))

    def comparisons(self) -> dict[Place, Comparison]:
        """By place, and by the same place turned; none where the two have no item in common."""
        by_place = zip(self._pairs, judged([*self._pairs.values()]), strict=True)
        straight = {place: comparison for place, comparison in by_place if comparison is not None}
        return {_turned(place): turned(comparison) for place, comparison in straight.items()} | straight


def _turned(place: Place) -> Place:
    system, other, what = place
    return other, system, what


def turned(comparison: Comparison) -> Comparison:
    """The same comparison from the other side."""
    return msgspec.structs.replace(
        comparison,
        difference=-comparison.difference,
        low=None if comparison.high is None else -comparison.high,
        high=None if comparison.low is None else -comparison.low,
        cost_ratio=_inverse(comparison.cost_ratio),
        cost_ratio_low=_inverse(comparison.cost_ratio_high),
        cost_ratio_high=_inverse(comparison.cost_ratio_low),
        verdict=_TURNED[comparison.verdict],
    )


def _inverse(ratio: float | None) -> float | None:
    return 1 / ratio if ratio else None
