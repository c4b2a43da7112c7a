"""Merit: what a search maximises, item by item, from scores and costs.

Without a price for quality it is the score, and cost breaks ties. Where the user says what a right answer is worth, it
is the score less the cost in right answers: a question that costs a tenth of a right answer must be right a tenth more
often. An item whose cost is unknown, such as one that timed out, is charged like the structure's dearest: left out, it
would be a loss that does not count.
"""

from escalade.analysis.trial import PerItem


def merits(figures: PerItem, worth_usd: float | None) -> PerItem:
    """The figures with merits in place of scores; `worth_usd` is what one right answer is worth.

    Without any known cost there is no merit.
    """
    if worth_usd is None:
        return figures
    if not figures.costs:
        return PerItem({}, {}, right_or_wrong=False)
    dearest, costs = max(figures.costs.values()), figures.costs
    merits = {item: score - costs.get(item, dearest) / worth_usd for item, score in figures.scores.items()}
    return PerItem(merits, costs, right_or_wrong=False)


def unpriced(figures: PerItem) -> int:
    """How many of the items have a score and no known cost."""
    return len(figures.scores.keys() - figures.costs.keys())


def joined(one: PerItem, other: PerItem) -> PerItem:
    """The figures on the items of both; no item may be in two rounds."""
    assert not one.scores.keys() & other.scores.keys(), "an item was scored twice"
    return PerItem(one.scores | other.scores, one.costs | other.costs, one.right_or_wrong and other.right_or_wrong)
