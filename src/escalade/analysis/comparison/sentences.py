"""What a duel means, in plain sentences that say nothing that its figures do not."""

from collections.abc import Iterator

import msgspec

from escalade.analysis.comparison.costs import CostComparison
from escalade.analysis.comparison.duel import Duel
from escalade.analysis.sentence import against, p_value

_COST = {"cheaper": "cheaper", "dearer": "dearer", "not_distinguishable": "not distinguishable in cost"}


def sentences(duel: Duel) -> list[str]:
    """Better, worse or not distinguishable; dearer or cheaper; what it takes to show the gap asked about."""
    return list(_sentences(duel))


def _sentences(duel: Duel) -> Iterator[str]:
    if duel.score is None:
        yield f"{duel.first} and {duel.second} have no graded trial in common."
        return
    yield against(duel.first, duel.second, msgspec.structs.replace(duel.score, cost_ratio=None))
    yield _on_cost(duel, duel.cost)
    if duel.needed is not None:
        yield (
            f"A true gap of {100 * duel.needed.gap:.3g} points would take about {duel.needed.items:,} items to show "
            f"(5 % two-sided, power 80 %, McNemar's power formula with a discordance of "
            f"{100 * duel.needed.discordance:.3g} %); {duel.score.n:,} were compared."
        )


def _on_cost(duel: Duel, cost: CostComparison | None) -> str:
    if cost is None:
        return (
            f"Their costs cannot be compared: {duel.unpriced:,} of {duel.trials:,} pairs of trials have an unknown one."
        )
    sentence = f"{duel.first} is {_COST[cost.verdict]}"
    if cost.ratio is not None:
        sentence += f": {cost.ratio:.3g} times the cost of {duel.second}"
        if cost.ratio_low is not None:
            sentence += f", 95 % interval {cost.ratio_low:.3g} to {cost.ratio_high:.3g}"
    if cost.p_holm is not None:
        sentence += f", p {p_value(cost.p_holm)}"
    return f"{sentence}."
