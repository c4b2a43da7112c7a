"""The plane of cost and quality: where each system stands, with an interval on both axes, and what mixing would give.

A system with a call of unknown price has no place in it.
"""

from decimal import Decimal
from math import exp

from msgspec import Struct

from escalade.analysis.rivals.mixing import Point, hull
from escalade.analysis.statistics.interval import Interval, mean
from escalade.analysis.statistics.studentised import standard_error, t_quantile
from escalade.analysis.summary import Quality, Summary
from escalade.store.record import Record


class Spot(Struct, frozen=True, kw_only=True):
    name: str
    single: bool
    """Whether it is one model alone."""
    quality: Quality
    cost: float
    """USD per question."""
    cost_low: float | None
    cost_high: float | None


class Plane(Struct, frozen=True, kw_only=True):
    spots: list[Spot]
    """In the order of the run."""
    hull: list[Point]
    """The corners of what single models and random mixing among them reach, cheapest first."""
    unpriced: list[str]
    """Systems left out for want of a price, or of a grade."""


class CostPerItem:
    """The running costs of one system, item by item."""

    def __init__(self) -> None:
        self._costs: dict[str, list[float]] = {}
        self._unknown = False

    def add(self, record: Record, usd: Decimal | None) -> None:
        """`usd` is what the record's calls are worth, None where that is unknown."""
        if usd is None:
            self._unknown = True
        else:
            self._costs.setdefault(record.item, []).append(float(usd))

    def means(self) -> list[float] | None:
        """USD of each item, a mean over its samples; None where any price is unknown or there are no items."""
        if self._unknown or not self._costs:
            return None
        return [mean(sorted(self._costs[item])) for item in sorted(self._costs)]


def cost_interval(costs: list[float]) -> Interval | None:
    """The 95 % interval of a mean cost, by the delta method on its logarithm, so that it stays above nothing.

    None for fewer than two items or a mean of nothing.
    """
    if len(costs) < 2 or (centre := mean(costs)) <= 0:
        return None
    reach = t_quantile(len(costs) - 1) * standard_error(costs) / centre
    return Interval(centre * exp(-reach), centre * exp(reach))


def plane(summary: Summary, costs: dict[str, CostPerItem]) -> Plane:
    """`costs` are by the name of the system."""
    spots, unpriced = [], []
    for system in summary.systems:
        means = costs[system.name].means()
        if means is None or system.quality.mean is None:
            unpriced.append(system.name)
            continue
        around = cost_interval(means)
        spots.append(
            Spot(
                name=system.name,
                single=system.kind == "model",
                quality=system.quality,
                cost=mean(means),
                cost_low=around.low if around else None,
                cost_high=around.high if around else None,
            )
        )
    singles = [Point(s.cost, s.quality.mean or 0.0, s.name) for s in spots if s.single]
    return Plane(spots=spots, hull=hull(singles), unpriced=unpriced)
