"""Intervals of means and paired differences, at 95 %, with the item as the independent unit.

Every value given here stands for one item: several samples of one question are averaged first, so that repeating
a question never narrows an interval. Fewer than two items give no interval, since nothing is known of their spread.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import fsum, sqrt
from statistics import NormalDist

from msgspec import Struct

CONFIDENCE = 0.95
RESAMPLES = 10_000
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_DRAWS_AT_ONCE = 1_000_000
_FEW = 64
_ZERO = 1e-12


class Interval(Struct, frozen=True):
    low: float
    high: float


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value, correctly rounded and so the same in any order."""
    return fsum(values) / len(values)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the ascending `ordered` lies, interpolated linearly."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def wilson(right: int, n: int) -> Interval | None:
    """The score interval of a share of right answers (Wilson 1927); None for fewer than two."""
    if n < 2:
        return None
    share, z2 = right / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # the bound at a certain share is exact in theory, and rounding must not put it on the wrong side
    return Interval(0.0 if right == 0 else centre - half, 1.0 if right == n else centre + half)


def newcombe(both: int, first_only: int, second_only: int, neither: int) -> Interval | None:
    """The interval of the difference of two paired shares, from how many items which of the two got right.

    Method 10 of Newcombe (1998, Statistics in Medicine 17, 2635): the score intervals of either share, joined by
    their correlation phi, which is corrected for continuity. None for fewer than two items.
    """
    n, first, second = both + first_only + second_only + neither, both + first_only, both + second_only
    one, other = wilson(first, n), wilson(second, n)
    if one is None or other is None:
        return None
    together = n * both - first * second
    corrected = max(together - n / 2, 0.0) if together > 0 else together
    product = first * (n - first) * second * (n - second)
    phi = corrected / sqrt(product) if product else 0.0
    below, above = first / n - one.low, one.high - first / n
    under, over = second / n - other.low, other.high - second / n
    difference = (first_only - second_only) / n
    return Interval(
        difference - sqrt(below * below - 2 * phi * below * over + over * over),
        difference + sqrt(above * above - 2 * phi * above * under + under * under),
    )


def resampled_means(values: Sequence[float], seed: int) -> list[float]:
    """Ascending means of `RESAMPLES` draws of all items with replacement.

    Items with equal values are interchangeable, so where there are few distinct ones (right and wrong), how many of
    each are drawn is drawn at once. Otherwise items are drawn in blocks, so that memory does not grow with `values`.
    """
    import numpy as np  # noqa: PLC0415  (loading it takes longer than most commands that never draw)

    random, n = np.random.default_rng(seed), len(values)
    column = np.asarray(values, dtype=np.float64)
    distinct, counts = np.unique(column, return_counts=True)
    if len(distinct) <= _FEW:
        drawn = random.multinomial(n, counts / n, size=RESAMPLES)
        means = (drawn * distinct).sum(axis=1) / n
    else:
        block = max(1, _DRAWS_AT_ONCE // n)
        sizes = [min(block, RESAMPLES - start) for start in range(0, RESAMPLES, block)]
        rows = (random.integers(0, n, size=(size, n)) for size in sizes)
        means = np.concatenate([column.take(row, mode="clip").mean(axis=1) for row in rows])
    ordered: list[float] = np.sort(means).tolist()
    return ordered


def mean_interval(values: Sequence[float], seed: int) -> Interval | None:
    """The percentile bootstrap of the mean of one score (0 to 1) per item; None for fewer than two items."""
    if len(values) < 2:
        return None
    if max(values) - min(values) <= _ZERO:
        return _without_spread(values[0], len(values))
    return _percentiles(resampled_means(values, seed))


class Resampled(Struct, frozen=True):
    """What resampling the items says of a mean difference."""

    interval: Interval | None
    """None where all items differ alike: resampling would claim certainty, and how far others may differ is unknown."""
    p: float
    """Two-sided; below 0.05 where the interval leaves zero out, but for the granularity of the draws."""


def paired(differences: Sequence[float], seed: int) -> Resampled | None:
    """The paired bootstrap of one difference per item, on any scale; None for fewer than two items."""
    if len(differences) < 2:
        return None
    if max(differences) - min(differences) <= _ZERO:
        return Resampled(None, 1.0 if abs(differences[0]) <= _ZERO else 2 / (RESAMPLES + 1))
    means = resampled_means(differences, seed)
    return Resampled(_percentiles(means), _two_sided(means))


def _two_sided(ordered: Sequence[float]) -> float:
    """The p-value of a mean of zero, from ascending resampled means."""
    not_above, not_below = bisect_right(ordered, _ZERO), len(ordered) - bisect_left(ordered, -_ZERO)
    return min(1.0, 2 * (1 + min(not_above, not_below)) / (RESAMPLES + 1))


def _percentiles(means: Sequence[float]) -> Interval:
    # six digits: further ones are noise of the draws, and may differ between machines
    tail = (1 - CONFIDENCE) / 2
    return Interval(round(quantile(means, tail), 6), round(quantile(means, 1 - tail), 6))


def _without_spread(score: float, n: int) -> Interval:
    """Where all scores agree, resampling would claim certainty; a share of unseen items may still differ.

    That share is at most 1 - 0.025 ** (1 / n), and they differ at most by the range from 0 to 1.
    """
    share = 1 - ((1 - CONFIDENCE) / 2) ** (1 / n)
    return Interval(score - share * score, score + share * (1 - score))
