"""Races: many candidates on few items, fewer on more, so that the budget goes where it matters. Pure.

Successive halving (Jamieson and Talwalkar, 2016) on the same items for all. After each heat those go that are
significantly worse than the leader by the paired test (Holm over the field), and then the lower half. Halving drops
without proof: that is its price, and the table says of each structure why it went.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.comparison.paired import judged, pair
from escalade.analysis.sentence import p_value, points
from escalade.analysis.summary import Comparison
from escalade.analysis.trial import PerItem
from escalade.core.ids import seed_of


class Racer(Struct, frozen=True):
    """One in a race."""

    name: str
    figures: PerItem
    """Its merits on the items so far."""
    layers: int = 0


def heats(first: int, total: int) -> list[int]:
    """How many items have been asked after each heat: `first`, then doubled, up to `total`."""
    sizes = [min(first, total)]
    while sizes[-1] < total:
        sizes.append(min(2 * sizes[-1], total))
    return sizes


def order(racer: Racer) -> tuple[bool, float, bool, float, int, str]:
    """Ascending from the best: by merit, then the cheaper, the shallower, and the name. What is unknown comes last."""
    merit, cost = racer.figures.mean_score, racer.figures.mean_cost
    return merit is None, -(merit or 0.0), cost is None, cost or 0.0, racer.layers, racer.name


def dropped(field: Sequence[Racer], incumbent: Racer | None, *, alpha: float, seed: int) -> dict[str, str]:
    """Who goes after a heat that is not the last, with the reason. `incumbent` is the best before this race."""
    ranked = sorted(field, key=order)
    leader = min([*ranked, *([incumbent] if incumbent else [])], key=order)
    others = [racer for racer in ranked if racer.name != leader.name]
    versus_leader = against(others, leader, seed)
    gone = {
        name: f"worse than {leader.name}: {said(versus)}"
        for name, versus in versus_leader.items()
        if versus.difference < 0 and significant(versus, alpha)
    }
    for place, racer in enumerate(ranked, 1):
        if 2 * (place - 1) >= len(ranked) and racer.name not in gone:
            gone[racer.name] = f"{place} of {len(ranked)}"
    return gone


def against(others: Sequence[Racer], leader: Racer, seed: int) -> dict[str, Comparison]:
    """Each less the leader, paired by item, with Holm's correction over all, by name; without a common item: none."""
    pairs = [pair(o.figures, leader.figures, seed_of(seed, "pair", o.name, leader.name)) for o in others]
    comparisons = judged(pairs)
    return {o.name: versus for o, versus in zip(others, comparisons, strict=True) if versus is not None}


def significant(versus: Comparison, alpha: float) -> bool:
    return versus.p_holm is not None and versus.p_holm <= alpha


def said(versus: Comparison) -> str:
    """The difference in words."""
    p = "" if versus.p_holm is None else f", p {p_value(versus.p_holm)}"
    return f"{points(versus.difference)} points on {versus.n:,} items{p}"
