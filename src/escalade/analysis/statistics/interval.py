"""Intervals of means, paired differences and cost ratios, at 95 %, with the item as the independent unit.

Every value given here stands for one item: several samples of one question are averaged first, so that repeating
a question never narrows an interval. Fewer than two items give no interval, since nothing is known of their spread.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import exp, fsum, log, sqrt
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
    if len(set(values)) == 1:
        return _without_spread(values[0], 0.0, len(values))
    return _percentiles(resampled_means(values, seed))


class Resampled(Struct, frozen=True):
    """What resampling the items says of a mean difference."""

    interval: Interval
    p: float
    """Two-sided; below 0.05 where the interval leaves zero out, but for the granularity of the draws."""


def paired(differences: Sequence[float], seed: int) -> Resampled | None:
    """The paired bootstrap of one difference (-1 to 1) per item; None for fewer than two items."""
    if len(differences) < 2:
        return None
    if len(set(differences)) == 1 and abs(differences[0]) <= _ZERO:
        return Resampled(_without_spread(0.0, -1.0, len(differences)), 1.0)
    means = resampled_means(differences, seed)
    p = _two_sided(means)
    if len(set(differences)) == 1:
        return Resampled(_without_spread(differences[0], -1.0, len(differences)), p)
    return Resampled(_percentiles(means), p)


class ResampledCosts(Struct, frozen=True):
    """What resampling the items says of two mean costs."""

    difference: Interval
    """USD per item."""
    ratio: Interval | None
    """None where a resampled mean to divide by is nothing."""
    p: float
    """Two-sided, of the difference."""


def paired_costs(above: Sequence[float], below: Sequence[float], seed: int) -> ResampledCosts | None:
    """The paired bootstrap of the difference and the ratio of two mean costs, by the same draws of items.

    One cost, in USD, per item of each; None for fewer than two items.
    """
    import numpy as np  # noqa: PLC0415  (as above)

    n = len(above)
    if n < 2:
        return None
    random, block = np.random.default_rng(seed), max(1, _DRAWS_AT_ONCE // n)
    tops, bottoms = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    means = []
    for start in range(0, RESAMPLES, block):
        rows = random.integers(0, n, size=(min(block, RESAMPLES - start), n))
        means.append((tops.take(rows).mean(axis=1), bottoms.take(rows).mean(axis=1)))
    top, bottom = (np.concatenate(part) for part in zip(*means, strict=True))
    differences: list[float] = np.sort(top - bottom).tolist()
    ratio = _tails(np.sort(top / bottom).tolist()) if bottom.min() > 0 else None
    return ResampledCosts(_tails(differences), ratio, _two_sided(differences))


def _two_sided(ordered: Sequence[float]) -> float:
    """The p-value of a mean of zero, from ascending resampled means."""
    not_above, not_below = bisect_right(ordered, _ZERO), len(ordered) - bisect_left(ordered, -_ZERO)
    return min(1.0, 2 * (1 + min(not_above, not_below)) / (RESAMPLES + 1))


def _tails(ordered: Sequence[float]) -> Interval:
    """The central part of ascending values, to six significant digits: further ones are noise of the draws."""
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(f"{quantile(ordered, share):.6g}") for share in (tail, 1 - tail))
    return Interval(low, high)


def ratio_interval(above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """The interval of mean(above) / mean(below), paired by item, by the delta method on the logarithm.

    None for fewer than two items or where a mean is not positive.
    """
    n = len(above)
    if n < 2 or (top := mean(above)) <= 0 or (bottom := mean(below)) <= 0:
        return None
    influence = [a / top - b / bottom for a, b in zip(above, below, strict=True)]
    error = sqrt(fsum(x * x for x in influence) / (n - 1) / n)
    centre = log(top / bottom)
    return Interval(exp(centre - Z * error), exp(centre + Z * error))


def _percentiles(means: Sequence[float]) -> Interval:
    # six digits: further ones are noise of the draws, and may differ between machines
    tail = (1 - CONFIDENCE) / 2
    return Interval(round(quantile(means, tail), 6), round(quantile(means, 1 - tail), 6))


def _without_spread(value: float, least: float, n: int) -> Interval:
    """Where all items agree, resampling would claim certainty; a share of unseen items may still differ.

    That share is at most 1 - 0.025 ** (1 / n), and they differ at most by the range, which ends at 1.
    """
    share = 1 - ((1 - CONFIDENCE) / 2) ** (1 / n)
    return Interval(value - share * (value - least), value + share * (1 - value))
