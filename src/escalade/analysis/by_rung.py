"""Quality by the rung whose answer was final: whether the questions that stop early are answered as well as the rest.

The rungs answer different questions, the easier ones first, so that their figures are no comparison of their models.
"""

from collections.abc import Callable

from msgspec import Struct

from escalade.analysis.figures import quality
from escalade.analysis.statistics.interval import mean
from escalade.analysis.summary import Quality
from escalade.analysis.trial import PerItem, score_of
from escalade.store.record import Record


class RungQuality(Struct, frozen=True, kw_only=True):
    level: int
    """The rung, counted from 1, that gave the final answer."""
    quality: Quality


class RungTally:
    """The running figures of one system."""

    def __init__(self) -> None:
        self._scores: dict[int, dict[str, list[tuple[int, float]]]] = {}

    def add(self, record: Record) -> None:
        score = score_of(record.grade)
        if record.level is not None and score is not None:
            items = self._scores.setdefault(record.level, {})
            items.setdefault(record.item, []).append((record.sample, score))

    def rungs(self, seed: Callable[[int], int]) -> list[RungQuality]:
        return [
            RungQuality(level=level, quality=quality(_per_item(self._scores[level]), seed(level)))
            for level in sorted(self._scores)
        ]


def _per_item(items: dict[str, list[tuple[int, float]]]) -> PerItem:
    scores = {item: mean([score for _, score in sorted(items[item])]) for item in sorted(items)}
    once = all(len(samples) == 1 for samples in items.values())
    return PerItem(scores, {}, once and all(score in (0.0, 1.0) for score in scores.values()))
