"""Duel: two systems on the trials that both have done, by score and by cost, over all items and by label.

Duels are computed by the family, since each further one is a further chance of a false alarm: p-values are Holm's over
all duels at once, by score and by cost apart, and by label over that label's groups.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from escalade.analysis.comparison.alignment import Alignment, align
from escalade.analysis.comparison.contestant import Contestant
from escalade.analysis.comparison.costs import CostComparison, compare_costs, settled
from escalade.analysis.comparison.paired import Pair, judged, pair
from escalade.analysis.figures import quality
from escalade.analysis.statistics.significance import Needed, needed_for
from escalade.analysis.summary import Comparison, Quality
from escalade.core.ids import seed_of


class Wins(Struct, frozen=True, kw_only=True):
    """How often which of the two was right, where each item was answered once, right or wrong."""

    both: int
    only_first: int
    only_second: int
    neither: int


class Group(Struct, frozen=True, kw_only=True):
    """The items with one value of a label."""

    value: str
    first: Quality
    second: Quality
    score: Comparison
    """Adjusted over the groups of this label."""


class Duel(Struct, frozen=True, kw_only=True):
    first: str
    second: str
    trials: int
    """Pairs of trials that are compared."""
    only_first: int
    """Trials left out since the second has not done them."""
    only_second: int
    ungraded: int
    """Pairs left out since a grader failed."""
    failed_first: int
    """Trials without an answer among those compared: each is a loss."""
    failed_second: int
    quality_first: Quality
    """Over the common items."""
    quality_second: Quality
    wins: Wins | None
    score: Comparison | None
    """First less second; None where they have nothing in common."""
    cost: CostComparison | None
    """None where a cost is unknown, or nothing is in common."""
    unpriced: int
    """Pairs of trials with a cost that is unknown."""
    needed: Needed | None
    """How many items would show the gap that was asked about."""
    by_label: dict[str, list[Group]]


class Entrant(Struct, frozen=True):
    name: str
    """As it is shown."""
    contestant: Contestant


def duels(pairs: Sequence[tuple[Entrant, Entrant]], *, gap: float | None = None) -> list[Duel]:
    """One family of duels, in the given order. `gap`: also say how many items would show this difference (0 to 1)."""
    meetings = [_Meeting(first, second) for first, second in pairs]
    scores = judged([meeting.pair for meeting in meetings])
    costs = settled([meeting.costs() for meeting in meetings])
    return [meeting.duel(score, cost, gap) for meeting, score, cost in zip(meetings, scores, costs, strict=True)]


class _Meeting:
    """Two entrants on what they have in common."""

    def __init__(self, first: Entrant, second: Entrant) -> None:
        self._names = first.name, second.name
        self._contestants = first.contestant, second.contestant
        self._aligned = align(first.contestant.trials(), second.contestant.trials())

    @cached_property
    def pair(self) -> Pair | None:
        return pair(self._aligned.first, self._aligned.second, self._seed("score"))

    def costs(self) -> CostComparison | None:
        aligned = self._aligned
        if aligned.unpriced or not aligned.trials:
            return None
        items = sorted(aligned.first.costs)
        first, second = ([figures.costs[i] for i in items] for figures in (aligned.first, aligned.second))
        return compare_costs(first, second)

    def duel(self, score: Comparison | None, cost: CostComparison | None, gap: float | None) -> Duel:
        aligned = self._aligned
        needed = None
        if gap is not None and self.pair is not None:
            needed = needed_for(gap, self.pair.differences, right_or_wrong=aligned.right_or_wrong)
        return Duel(
            first=self._names[0],
            second=self._names[1],
            trials=aligned.trials,
            only_first=aligned.only_first,
            only_second=aligned.only_second,
            ungraded=aligned.ungraded,
            failed_first=aligned.failed_first,
            failed_second=aligned.failed_second,
            quality_first=quality(aligned.first, self._seed("first")),
            quality_second=quality(aligned.second, self._seed("second")),
            wins=_wins(aligned),
            score=score,
            cost=cost,
            unpriced=aligned.unpriced,
            needed=needed,
            by_label={label: list(self._groups(label, groups)) for label, groups in self._labels().items()},
        )

    def _labels(self) -> dict[str, dict[str, Sequence[str]]]:
        return self._contestants[0].labels.groups()

    def _groups(self, label: str, groups: dict[str, Sequence[str]]) -> Iterator[Group]:
        """By score alone: costs are compared over all items."""
        first, second = (replace(each, costs={}) for each in (self._aligned.first, self._aligned.second))
        parts = {value: (first.on(items), second.on(items)) for value, items in groups.items()}
        pairs = [pair(*both, self._seed("label", label, value)) for value, both in parts.items()]
        for (value, both), score in zip(parts.items(), judged(pairs), strict=True):
            if score is not None:
                yield Group(
                    value=value,
                    first=quality(both[0], self._seed("first", label, value)),
                    second=quality(both[1], self._seed("second", label, value)),
                    score=score,
                )

    def _seed(self, *place: str) -> int:
        """Draws that depend on who meets whom and for what, so that the same comparison gives the same figures."""
        both = [part for c in self._contestants for part in (c.run.id, c.system)]
        return seed_of("duel", *both, *place)


def _wins(aligned: Alignment) -> Wins | None:
    if not aligned.right_or_wrong:
        return None
    scores = [(aligned.first.scores[item], aligned.second.scores[item]) for item in aligned.first.scores]
    return Wins(
        both=scores.count((1.0, 1.0)),
        only_first=scores.count((1.0, 0.0)),
        only_second=scores.count((0.0, 1.0)),
        neither=scores.count((0.0, 0.0)),
    )
