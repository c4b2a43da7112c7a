"""Whether a gate can be believed: its scores beside the shares that were right, and its decisions beside the grades.

Only answers that were graded right or not count: where a task has no gold there is nothing to be calibrated against,
and nothing is said. An answer that two systems share is judged, and counted, in each.
"""

from collections import Counter
from collections.abc import Sequence
from math import fsum

from msgspec import Struct

from escalade.analysis.statistics.interval import mean, wilson
from escalade.analysis.trial import is_right
from escalade.store.record import Record

BINS = 10


class Bin(Struct, frozen=True, kw_only=True):
    """The answers whose score lies in one part of the range."""

    low: float
    high: float
    """Excluded, but for the last bin."""
    n: int
    score: float
    """Their mean score, 0 to 1."""
    right: float
    """The share that was right, with its 95 % interval (Wilson's; None for a single answer)."""
    right_low: float | None
    right_high: float | None


class Calibration(Struct, frozen=True, kw_only=True):
    n: int
    brier: float
    """The mean squared distance of score and outcome (Brier 1950): 0 is perfect, 0.25 a constant one half."""
    error: float
    """The expected calibration error: the mean distance of score and share over the bins, weighed by their n."""
    bins: list[Bin]
    """Those with answers, ascending."""


class Decisions(Struct, frozen=True, kw_only=True):
    """What the gates of one level said of answers that were graded right or not."""

    level: int | None
    accepted_right: int
    accepted_wrong: int
    """False accepts."""
    rejected_right: int
    """False rejects."""
    rejected_wrong: int

    @property
    def accepted(self) -> int:
        return self.accepted_right + self.accepted_wrong


class Judgements:
    """The running figures of one system's gates."""

    def __init__(self) -> None:
        self._scored: list[tuple[float, bool]] = []
        self._decided: Counter[tuple[int | None, bool, bool]] = Counter()

    def add(self, record: Record) -> None:
        for step in record.steps:
            right = is_right(step.grade)
            if right is None:
                continue
            if step.score is not None:
                self._scored.append((step.score, right))
            if step.accepted is not None:
                self._decided[step.level, step.accepted, right] += 1

    def calibration(self) -> Calibration | None:
        """None where no scored answer was graded."""
        if not self._scored:
            return None
        filled: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
        for score, right in self._scored:
            filled[min(BINS - 1, int(score * BINS))].append((score, right))
        bins = [_bin(place, scored) for place, scored in enumerate(filled) if scored]
        n = len(self._scored)
        return Calibration(
            n=n,
            brier=fsum((score - right) ** 2 for score, right in self._scored) / n,
            error=fsum(b.n * abs(b.score - b.right) for b in bins) / n,
            bins=bins,
        )

    def decisions(self) -> list[Decisions]:
        """By level, answers that belong to no level last."""
        levels = {level for level, _, _ in self._decided}
        return [
            Decisions(
                level=level,
                accepted_right=self._decided[level, True, True],
                accepted_wrong=self._decided[level, True, False],
                rejected_right=self._decided[level, False, True],
                rejected_wrong=self._decided[level, False, False],
            )
            for level in sorted(levels, key=lambda level: (level is None, level or 0))
        ]


def _bin(place: int, scored: Sequence[tuple[float, bool]]) -> Bin:
    n, right = len(scored), sum(right for _, right in scored)
    around = wilson(right, n)
    return Bin(
        low=place / BINS,
        high=(place + 1) / BINS,
        n=n,
        score=mean([score for score, _ in scored]),
        right=right / n,
        right_low=around.low if around else None,
        right_high=around.high if around else None,
    )
