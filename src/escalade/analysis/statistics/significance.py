"""Whether a difference may be chance: the exact McNemar test, Holm's adjustment, and how many items would settle it.

Nothing here approximates by the normal law but the number of items needed, which is a plan and no finding.
"""

from collections.abc import Sequence
from functools import cache
from itertools import count
from math import ceil, fsum, sqrt
from statistics import NormalDist

from msgspec import Struct

from escalade.analysis.statistics.interval import Z

LEVEL = 0.05
POWER = 0.8


def mcnemar(first_only: int, second_only: int) -> float:
    """The exact two-sided p-value of paired right-or-wrong outcomes (McNemar 1947).

    `first_only` and `second_only` count the items that only the one and only the other got right. Computed in whole
    numbers, so that thousands of them neither overflow nor lose digits; 1.0 where there are none.
    """
    n, fewer = first_only + second_only, min(first_only, second_only)
    ways = term = 1
    for k in range(fewer):
        term = term * (n - k) // (k + 1)
        ways += term
    return min(1.0, 2 * ways / (1 << n))


@cache
def fewest_items() -> int:
    """The fewest items on which `mcnemar` can show anything at the 5 % level: when one side alone is right on all."""
    return next(n for n in count(1) if mcnemar(n, 0) < LEVEL)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for being many (Holm 1979), in the given order: the chance of any false alarm is kept."""
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = highest
    return adjusted


def items_needed(difference: float, mean_square: float, *, exact: bool) -> int | None:
    """How many items show a true mean `difference` at the 5 % level in 4 of 5 experiments (Connor 1987).

    `mean_square` is the mean of the squared differences per item: for right or wrong, the share of items on which
    the two disagree. `exact` plans for `mcnemar`, with the correction for continuity that it amounts to: the lead in
    items is taken as smaller by one. Never fewer than any test takes; None for no difference.
    """
    if difference == 0:
        return None
    gap = abs(difference)
    spread = max(mean_square, gap * gap)
    reach = Z * sqrt(spread) + NormalDist().inv_cdf(POWER) * sqrt(spread - gap * gap)
    lost = 1 if exact else 0
    root = (reach + sqrt(reach * reach + 4 * gap * lost)) / (2 * gap)
    return max(fewest_items(), ceil(root * root))


class Needed(Struct, frozen=True, kw_only=True):
    """How many items would show a true gap of a given size."""

    gap: float
    """0 to 1."""
    discordance: float
    """The mean squared difference per item that it was planned with; at least what the gap itself makes."""
    items: int


def needed_for(gap: float, differences: Sequence[float], *, right_or_wrong: bool) -> Needed:
    """The items that show `gap` (above 0) at the 5 % level, two-sided, in 4 of 5 experiments: McNemar's power formula
    (Connor 1987), with the discordance that was observed.

    For right or wrong, two systems that differ by a share disagree on at least that share of the items.
    """
    observed = fsum(d * d for d in differences) / len(differences) if differences else 0.0
    discordance = max(observed, gap if right_or_wrong else gap * gap)
    items = items_needed(gap, discordance, exact=right_or_wrong)
    assert items is not None, "there is a gap"
    return Needed(gap=gap, discordance=discordance, items=items)
