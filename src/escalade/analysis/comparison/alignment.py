"""Alignment: the trials that two systems have in common, item by item and sample by sample.

A failure is a loss and stays. What only one of them did is left out and counted, and so is a pair in which either
grade is missing because the grader failed: that says nothing of an answer. Where it failed on every answer of a system,
the system's failures say nothing either, and no pair is left.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.trial import PerItem, TrialFigures, measured, per_item


class Alignment(Struct, frozen=True, kw_only=True):
    first: PerItem
    """Over the common trials alone."""
    second: PerItem
    trials: int
    """Pairs of trials that are compared."""
    only_first: int
    """Trials that the second has not done."""
    only_second: int
    ungraded: int
    """Pairs left out because a grader failed."""
    unpriced: int
    """Compared pairs with a cost that is unknown."""
    failed_first: int
    """Trials among those compared that gave no answer."""
    failed_second: int

    @property
    def right_or_wrong(self) -> bool:
        """Whether each item was answered once by both, right or wrong."""
        return self.first.right_or_wrong and self.second.right_or_wrong


def align(first: Sequence[TrialFigures], second: Sequence[TrialFigures]) -> Alignment:
    """Pair the trials of two systems. Each list is ascending by item and sample."""
    others = {(trial.item, trial.sample): trial for trial in second}
    met = [(trial, others[trial.item, trial.sample]) for trial in first if (trial.item, trial.sample) in others]
    known = measured(first) and measured(second)
    pairs = [(a, b) for a, b in met if known and a.score is not None and b.score is not None]
    return Alignment(
        first=per_item([a for a, _ in pairs]),
        second=per_item([b for _, b in pairs]),
        trials=len(pairs),
        only_first=len(first) - len(met),
        only_second=len(second) - len(met),
        ungraded=len(met) - len(pairs),
        unpriced=sum(a.cost is None or b.cost is None for a, b in pairs),
        failed_first=sum(not a.answered for a, _ in pairs),
        failed_second=sum(not b.answered for _, b in pairs),
    )
