"""Comparing what two systems cost per item: difference and ratio with their intervals, and a verdict for a family.

An unknown cost is never guessed: with one among the pairs there is no comparison.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import Struct

from escalade.analysis.spending import twelve_digits
from escalade.analysis.statistics.interval import mean
from escalade.analysis.statistics.significance import LEVEL, holm
from escalade.analysis.statistics.studentised import paired_costs

CostVerdict = Literal["cheaper", "dearer", "not_distinguishable"]


class CostComparison(Struct, frozen=True, kw_only=True):
    """Mean costs per item, in USD, over the common trials, by the paired t test and its intervals."""

    first: Decimal
    second: Decimal
    difference: Decimal
    """First less second."""
    low: Decimal | None
    high: Decimal | None
    ratio: float | None
    """First over second; None where the second costs nothing."""
    ratio_low: float | None
    ratio_high: float | None
    p: float | None
    p_holm: float | None
    """`p` adjusted for all comparisons of costs beside this one; the verdict rests on it."""
    verdict: CostVerdict


def compare_costs(first: Sequence[float], second: Sequence[float]) -> CostComparison:
    """Two costs of at least one item each, item by item; without a verdict, which `settled` gives a whole family."""
    top, bottom = mean(first), mean(second)
    paired = paired_costs(first, second)
    gap, ratio = (paired.difference, paired.ratio) if paired else (None, None)
    return CostComparison(
        first=twelve_digits(top),
        second=twelve_digits(bottom),
        difference=twelve_digits(top - bottom),
        low=twelve_digits(gap.low) if gap else None,
        high=twelve_digits(gap.high) if gap else None,
        ratio=top / bottom if bottom > 0 else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        p=paired.p if paired else None,
        p_holm=None,
        verdict="not_distinguishable",
    )


def settled(family: Sequence[CostComparison | None]) -> list[CostComparison | None]:
    """The same comparisons with their verdicts, p-values adjusted for each other."""
    adjusted = iter(holm([found.p for found in family if found is not None and found.p is not None]))
    return [
        found if found is None or found.p is None else _with_verdict(found, p_holm=next(adjusted)) for found in family
    ]


def _with_verdict(comparison: CostComparison, *, p_holm: float) -> CostComparison:
    verdict: CostVerdict = "not_distinguishable"
    if p_holm < LEVEL and comparison.difference != 0:
        verdict = "dearer" if comparison.difference > 0 else "cheaper"
    return msgspec.structs.replace(comparison, p_holm=p_holm, verdict=verdict)
