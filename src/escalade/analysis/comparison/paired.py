"""Comparing two systems over the items that both finished: the difference, its interval, its p-value, the cost ratio.

A verdict is given only for a whole family of comparisons at once, since each further one is a further chance of a
false alarm.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.statistics.interval import Interval, mean, newcombe, paired
from escalade.analysis.statistics.significance import LEVEL, holm, items_needed, mcnemar
from escalade.analysis.statistics.studentised import paired_costs
from escalade.analysis.summary import Comparison, Verdict
from escalade.analysis.trial import PerItem


class Pair(Struct, frozen=True):
    """A comparison that has not yet been adjusted for the others of its family."""

    differences: list[float]
    interval: Interval | None
    p: float | None
    exact: bool
    """True where `p` is McNemar's."""
    cost_ratio: float | None
    cost_interval: Interval | None


def pair(system: PerItem, other: PerItem, seed: int) -> Pair | None:
    """`system` less `other`, item by item; None where they have no item in common.

    The test is McNemar's exact one where both are right or wrong once per item, with Newcombe's interval; the paired
    bootstrap elsewhere. The interval, which adjusts for no other comparison, holds zero wherever `p` is 0.05 or more.
    """
    common = sorted(system.scores.keys() & other.scores.keys())
    if not common:
        return None
    scores = [(system.scores[item], other.scores[item]) for item in common]
    differences = [mine - theirs for mine, theirs in scores]
    exact = system.right_or_wrong and other.right_or_wrong
    interval, p = _exactly(scores) if exact else _resampled(differences, seed)
    if interval is not None and p is not None and p >= LEVEL:
        interval = Interval(min(interval.low, 0.0), max(interval.high, 0.0))
    ratio, around = _costs(system, other, common)
    return Pair(differences, interval, p, exact, ratio, around)


def _exactly(scores: Sequence[tuple[float, float]]) -> tuple[Interval | None, float | None]:
    both, first, second, neither = (scores.count(each) for each in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)))
    interval = newcombe(both, first, second, neither)
    return interval, None if interval is None else mcnemar(first, second)


def _resampled(differences: list[float], seed: int) -> tuple[Interval | None, float | None]:
    resampled = paired(differences, seed)
    if resampled is None:
        return None, None
    # drawing from a few that are alike knows of no others
    return resampled.interval, max(resampled.p, mcnemar(len(differences), 0))


def _costs(system: PerItem, other: PerItem, common: Sequence[str]) -> tuple[float | None, Interval | None]:
    if any(item not in system.costs or item not in other.costs for item in common):
        return None, None
    above, below = [system.costs[item] for item in common], [other.costs[item] for item in common]
    costs, bottom = paired_costs(above, below), mean(below)
    return (mean(above) / bottom, costs.ratio if costs else None) if bottom > 0 else (None, None)


def judged(family: Sequence[Pair | None]) -> list[Comparison | None]:
    """The comparisons of one family with their verdicts, in the given order."""
    tested = [pair.p for pair in family if pair is not None and pair.p is not None]
    adjusted = iter(holm(tested))
    return [None if pair is None else _comparison(pair, None if pair.p is None else next(adjusted)) for pair in family]


def _comparison(pair: Pair, p_holm: float | None) -> Comparison:
    differences = pair.differences
    difference = mean(differences)
    verdict: Verdict = "not_distinguishable"
    if p_holm is not None and p_holm < LEVEL and difference != 0:
        verdict = "better" if difference > 0 else "worse"
    return Comparison(
        n=len(differences),
        difference=difference,
        low=pair.interval.low if pair.interval else None,
        high=pair.interval.high if pair.interval else None,
        p=pair.p,
        p_holm=p_holm,
        method="mcnemar" if pair.exact else "paired_bootstrap",
        cost_ratio=pair.cost_ratio,
        cost_ratio_low=pair.cost_interval.low if pair.cost_interval else None,
        cost_ratio_high=pair.cost_interval.high if pair.cost_interval else None,
        verdict=verdict,
        n_needed=items_needed(difference, mean([d * d for d in differences]), exact=pair.exact),
    )
