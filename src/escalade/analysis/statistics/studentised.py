"""Paired means of amounts without an upper bound, such as costs, by Student's t law; the item is the independent unit.

One statistic gives the p-value, the interval of the difference and that of the ratio, so that they never contradict
each other. Where all items agree, or they are fewer than any test takes, there is no interval: nothing is known of
the items that were not seen.
"""

from collections.abc import Sequence
from functools import cache
from math import atan, fsum, pi, sqrt

from msgspec import Struct

from escalade.analysis.statistics.interval import CONFIDENCE, Interval, Z, mean
from escalade.analysis.statistics.significance import fewest_items, mcnemar

_ZERO = 1e-12
"""What is smaller than this share of a mean is rounding."""
_LEAST = 1e-12
"""The least p-value that the series is good for."""
_WIDEST = 13.0
"""Above the quantile for one degree of freedom."""


class PairedCosts(Struct, frozen=True):
    """What the items say of two mean costs."""

    difference: Interval | None
    """USD per item."""
    ratio: Interval | None
    """None too where a mean may be nothing as far as the items show."""
    p: float
    """Two-sided, of a mean difference of zero, which is a ratio of one."""


def paired_costs(above: Sequence[float], below: Sequence[float]) -> PairedCosts | None:
    """The difference and the ratio of two mean costs, one cost of each per item; None for fewer than two items.

    The test is the paired t test, its p never below 2 / 2**n, the least that the signs of n differences can show. The
    ratio's interval is Fieller's (1954): all ratios r that the same test of `above` less r times `below` allows.
    """
    n = len(above)
    if n < 2:
        return None
    differences = [a - b for a, b in zip(above, below, strict=True)]
    rounding = _ZERO * max(mean(above), mean(below))
    gap, error = mean(differences), standard_error(differences)
    if abs(gap) <= rounding:
        p = 1.0
    elif error <= rounding:
        p = mcnemar(n, 0)
    else:
        p = max(mcnemar(n, 0), t_tails(gap / error, n - 1))
    if n < fewest_items():
        return PairedCosts(None, None, p)
    reach = t_quantile(n - 1) * error
    around = Interval(gap - reach, gap + reach) if error > rounding else None
    return PairedCosts(around, _fieller(above, below), p)


def _fieller(above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """The interval of mean(above) / mean(below), cut at zero, since no cost is negative."""
    n, top, bottom = len(above), mean(above), mean(below)
    if top <= 0 or bottom <= 0:
        return None
    shares = [b / bottom - 1 for b in below]
    apart = [a / top - 1 - share for a, share in zip(above, shares, strict=True)]
    weight = t_quantile(n - 1) ** 2 / (n - 1) / n
    own, both, other = (
        weight * fsum(x * y for x, y in zip(one, two, strict=True))
        for one, two in ((apart, apart), (apart, shares), (shares, shares))
    )
    if own <= _ZERO**2 or other >= 1:
        return None
    root = sqrt(both * both + (1 - other) * own)
    low, high = (top / bottom * (1 + (side - both) / (1 - other)) for side in (-root, root))
    return Interval(max(0.0, low), high)


def standard_error(values: Sequence[float]) -> float:
    """Of the mean of at least two values."""
    n, centre = len(values), mean(values)
    return sqrt(fsum((value - centre) ** 2 for value in values) / (n - 1) / n)


def t_tails(t: float, df: int) -> float:
    """The probability of a value at least as far from zero as `t`, by Student's law with `df` degrees of freedom.

    By the finite series of Abramowitz and Stegun (1964, 26.7.3 and 26.7.4), whose terms are added up to 1e-12.
    """
    square = df / (df + t * t)
    odd, total = df % 2, 0.0
    term = sqrt(square) if odd else 1.0
    for k in range(2 + odd, df + 1, 2):
        total += term
        term *= square * (k - 1) / k
    within = sqrt(1 - square) * total
    if odd:
        within = 2 / pi * (atan(abs(t) / sqrt(df)) + within)
    return max(_LEAST, 1 - within)


@cache
def t_quantile(df: int) -> float:
    """How many standard errors to either side of a mean a 95 % interval reaches, with `df` degrees of freedom."""
    low, high = Z, _WIDEST
    while high - low > _ZERO:
        middle = (low + high) / 2
        low, high = (middle, high) if t_tails(middle, df) > 1 - CONFIDENCE else (low, middle)
    return high
