"""What a search found, as `--json` prints it: every structure with its figures, the path, the winner, the optimism.

Shares and scores are 0 to 1, money is USD; what was not measured is null. Intervals are at 95 %.
"""

from decimal import Decimal

from msgspec import Struct

from escalade.analysis.behaviour import Behaviours
from escalade.analysis.figures import quality
from escalade.analysis.spending import Spent, spent, twelve_digits
from escalade.analysis.summary import Comparison, Quality
from escalade.analysis.trial import PerItem
from escalade.core.ids import seed_of
from escalade.search.board import Board, BoardEntry, Plan
from escalade.search.candidate import Candidate, Kind
from escalade.search.division import PARTS, PartName
from escalade.search.evidence import Evidence
from escalade.search.merit import merits, unpriced
from escalade.search.optimism import Optimism, optimism
from escalade.search.path import Found, Gain, Heat, RoundRun


class PartScore(Struct, frozen=True, kw_only=True):
    """One structure on one part."""

    quality: Quality
    cost_per_item: Decimal | None
    """None where the price of any call is unknown."""
    unpriced: int
    """Items with such a call: their merit is charged like the structure's dearest item."""
    merit: float | None
    """What the search maximised."""


class Structured(Struct, frozen=True, kw_only=True):
    """One structure that was evaluated."""

    name: str
    """In the notation of stacks."""
    kind: Kind
    candidate: Candidate
    """What it is made of."""
    layers: int
    """How many agents stand in one another."""
    stage: str
    """When it was first evaluated."""
    parts: dict[PartName, PartScore]
    dropped: str
    """Why its race ended before all train items; "" if it did not."""
    behaviours: Behaviours
    """Over all its trials, whatever the part."""
    cost: Spent
    """What all its trials are worth, answers from the journal included."""


class Searched(Struct, frozen=True, kw_only=True):
    """The documented object of a search."""

    search: str
    task: str
    metric: str
    seed: int
    simulated: bool
    parts: dict[PartName, str]
    """By part: its name with its number of items and, where not all of them were asked, of those drawn."""
    left_out: int
    """Items in none of the parts, since their words are those of an item in another."""
    limit: int
    """How many held-out items were to be drawn; 0 is all."""
    plan: Plan
    head: str
    structures: list[Structured]
    heats: list[Heat]
    gains: list[Gain]
    ended: str
    """Why no further layer was tried."""
    best_model: str
    champion: str
    """The best on the train items, which a search without selection items would have reported."""
    finalists: list[str]
    winner: str
    """"" where the search is not finished."""
    held_out: dict[str, Comparison]
    """By structure or system: its scores on the held-out items less those of `best_model`."""
    held_out_merit: dict[str, Comparison]
    """The same by merit, where the plan says what a right answer is worth: the advice then rests on it."""
    compared: dict[str, PartScore]
    """Further systems on the held-out items, which were shown there and never chosen."""
    optimism: list[Optimism]
    advice: str
    paid: Spent
    """What all rounds of the search really spent, interrupted attempts included."""
    runs: list[str]
    """The finished rounds, which `escalade show` prints; the last is on the held-out items."""
    rounds: list[RoundRun]
    """What each of these runs asked."""
    unfinished: str
    """The run of the round that did not finish; "" where the search is finished.

    Figures are then over the rounds before it, and there is no winner yet.
    """


def structures(board: Board, evidence: Evidence) -> list[Structured]:
    """Every structure in the order in which it was first evaluated."""
    return [_structured(entry, board, evidence) for entry in board.entries.values() if entry.figures]


def _structured(entry: BoardEntry, board: Board, evidence: Evidence) -> Structured:
    candidate = entry.candidate
    return Structured(
        name=candidate.name,
        kind=candidate.kind,
        candidate=candidate,
        layers=candidate.layers,
        stage=entry.stage,
        parts={
            part: measured(entry.figures[part], board.plan, candidate.name, part)
            for part in PARTS
            if part in entry.figures
        },
        dropped=entry.dropped,
        behaviours=evidence.behaviours(candidate.name),
        cost=spent(evidence.cost(candidate.name)),
    )


def measured(figures: PerItem, plan: Plan, name: str, part: PartName) -> PartScore:
    """The figures of whatever is called `name` on one part."""
    cost = figures.mean_cost
    return PartScore(
        quality=quality(figures, seed_of(plan.seed, "pair", name, part)),
        cost_per_item=None if cost is None else twelve_digits(cost),
        unpriced=unpriced(figures),
        merit=merits(figures, plan.worth_usd).mean_score,
    )


def optimisms(found: Found, rows: list[Structured]) -> list[Optimism]:
    """Of the winner, and of the best on the train items where that is another structure."""
    qualities = {row.name: {part: scored.quality for part, scored in row.parts.items()} for row in rows}
    winner = optimism(found.winner, "winner", qualities[found.winner])
    if found.champion == found.winner:
        return winner
    # Its selection score chose nothing, so that only the train score can flatter.
    return [*winner, *optimism(found.champion, "best on train", qualities[found.champion])[:1]]
