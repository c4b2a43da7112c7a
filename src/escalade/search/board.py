"""The board: every candidate that was evaluated, with its figures on each part, why it went and who is best.

Pure: what it says depends on what was added and on the plan alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from escalade.analysis.summary import Comparison
from escalade.analysis.trial import PerItem
from escalade.search.candidate import Candidate
from escalade.search.division import PartName
from escalade.search.merit import joined, merits
from escalade.search.race import Racer, against, order, significant

NOTHING = PerItem({}, {}, right_or_wrong=True)


class Plan(Struct, frozen=True, kw_only=True):
    """How to search."""

    tools: tuple[str, ...]
    """The base models."""
    head: str = ""
    """Who leads all agents; the best base model of the warm-up if not said."""
    top_n: int = 5
    tool_number: int = 2
    max_layers: int = 3
    """Layers of agents at most, in self-stacks as in combinations."""
    heat_items: int = 25
    """Train items of a race's first heat."""
    finalists: int = 4
    """How many of the best go to the selection items, beside the rivals."""
    alpha: float = 0.05
    """The level at which races drop and layers gain. Verdicts on the held-out items are at 5 % always."""
    worth_usd: float | None = None
    """What a right answer is worth; None: cost only breaks ties."""
    self_consistency: int = 5
    """Samples of the best base model that vote as a rival; below 2: none."""
    seed: int = 0


class BoardEntry(Struct, kw_only=True):
    """One candidate's place on the board."""

    candidate: Candidate
    stage: str
    figures: dict[PartName, PerItem] = {}
    """Scores and costs by item."""
    dropped: str = ""
    """Why a race ended for it before all train items were asked."""


class Board:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.entries: dict[str, BoardEntry] = {}

    def enter(self, candidates: Iterable[Candidate], stage: str) -> None:
        for candidate in candidates:
            self.entries.setdefault(candidate.name, BoardEntry(candidate=candidate, stage=stage))

    def add(self, part: PartName, results: Mapping[str, PerItem]) -> None:
        """Take in what a round found on items of a part."""
        for name, figures in results.items():
            known = self.entries[name].figures
            known[part] = joined(known.get(part, NOTHING), figures)

    def racer(self, name: str, part: PartName = "train", items: Collection[str] | None = None) -> Racer:
        """A candidate with its merits on a part, or on some items of it."""
        entry = self.entries[name]
        figures = merits(entry.figures.get(part, NOTHING), self.plan.worth_usd)
        return Racer(name, figures if items is None else figures.on(items), entry.candidate.layers)

    def ranked(self, part: PartName = "train", names: Iterable[str] | None = None) -> list[str]:
        """The candidates from the best on, of those that all items of the part were asked of."""
        field = self.entries if names is None else names
        complete = [n for n in field if not self.entries[n].dropped and part in self.entries[n].figures]
        return [racer.name for racer in sorted((self.racer(n, part) for n in complete), key=order)]

    def stackable(self) -> list[str]:
        """Models and stacks from the best on."""
        return [name for name in self.ranked() if self.entries[name].candidate.tree is not None]

    def is_above(self, name: str, other: str) -> bool:
        """Whether a candidate that was asked all train items did better on them than another."""
        if self.entries[name].dropped:
            return False
        mine, others = self.racer(name), self.racer(other)
        return order(mine)[:2] < order(others)[:2]

    def gain(self, new: Sequence[str], before: str) -> Comparison | None:
        """The best of the `new` candidates that finished, against the best before them; None if none finished.

        Holm's correction is over all that entered: those that a race dropped were chances of a false alarm, too.
        """
        finished = self.ranked(names=new)
        versus = against([self.racer(n) for n in new], self.racer(before), self.plan.seed)
        better = [n for n in finished if n in versus and versus[n].difference > 0]
        proven = [n for n in better if significant(versus[n], self.plan.alpha)]
        return next((versus[n] for n in (*proven, *finished) if n in versus), None)
