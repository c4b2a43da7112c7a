"""Honest rivals: what else could have been asked in an orchestration's place, from the run's own records.

The best single model, random mixing and self-consistency cost no more than the orchestration; the plain vote of its
models costs what it costs, and nobody can buy the oracle. No call is made for them. A rival that the run holds no
records of is named with the reason, never guessed at. The best single model is chosen on the very items it is compared
on, which favours it and not the orchestration.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.comparison.family import Place
from escalade.analysis.rivals.mixing import AS_MUCH, Point, best_mixture, mixed
from escalade.analysis.spending import twelve_digits
from escalade.analysis.statistics.interval import mean
from escalade.analysis.summary import Comparison, Rival, RivalKind
from escalade.analysis.trial import PerItem


class Contestant(Struct, frozen=True):
    name: str
    kind: str | None
    members: dict[str, int]
    """Its single models, with how often each is asked at worst."""
    figures: PerItem
    rival: bool = False
    """True for a system that is in the run for comparison only: it needs no rivals of its own."""


class Candidate(Struct, frozen=True):
    """A rival before it is compared."""

    kind: RivalKind
    figures: PerItem | None = None
    """None where there is no such rival."""
    system: str | None = None
    mixture: dict[str, float] = {}
    reason: str = ""

    def place(self, team: str) -> Place:
        """Its comparison with the orchestration `team`: a mixture of one model is that model."""
        model = next(iter(self.mixture)) if len(self.mixture) == 1 else None
        system = self.system or model
        return (team, system, "") if system else (team, "", self.kind)


class _Market(Struct, frozen=True):
    """The single models beside one orchestration, on the items that all of them finished."""

    cost: float | None
    """USD per item of the orchestration."""
    singles: dict[str, PerItem]
    points: list[Point]
    """Single models whose cost is known."""


def candidates(contestants: Sequence[Contestant]) -> dict[str, list[Candidate]]:
    """The rivals of every orchestration, by its name, the best single model first."""
    teams = [c for c in contestants if c.kind != "model" and not c.rival and c.figures.scores]
    markets = {team.name: _market(team, contestants) for team in teams}
    return {team.name: [find(team, contestants, markets[team.name]) for find in _FINDERS] for team in teams}


def rival(found: Candidate, versus: Comparison | None) -> Rival:
    """A candidate with the comparison that has its `place`."""
    figures = found.figures
    cost = _cost(figures) if figures else None
    return Rival(
        kind=found.kind,
        system=found.system,
        quality=mean(list(figures.scores.values())) if figures else None,
        cost_per_item=None if cost is None else twelve_digits(cost),
        mixture=found.mixture,
        versus=versus,
        reason=found.reason,
    )


def _market(team: Contestant, contestants: Sequence[Contestant]) -> _Market:
    models = {c.name: c.figures for c in contestants if c.kind == "model" and c.figures.scores}
    items = set(team.figures.scores).intersection(*(figures.scores for figures in models.values()))
    singles = {name: _on(figures, items) for name, figures in models.items()} if items else {}
    points = [
        Point(cost, mean(list(figures.scores.values())), name)
        for name, figures in singles.items()
        if (cost := _cost(figures)) is not None
    ]
    return _Market(_cost(_on(team.figures, items)) if items else None, singles, points)


def _on(figures: PerItem, items: set[str]) -> PerItem:
    """The figures on `items` alone, in their one order."""
    order = sorted(items)
    costs = {item: figures.costs[item] for item in order if item in figures.costs}
    return PerItem({item: figures.scores[item] for item in order}, costs, figures.right_or_wrong)


def _cost(figures: PerItem) -> float | None:
    """USD per item, None where that of any item is unknown."""
    if not figures.scores.keys() <= figures.costs.keys():
        return None
    return mean([figures.costs[item] for item in figures.scores])


def _unpriced(team: Contestant, market: _Market) -> str:
    """Why nothing can be bought for the same money, "" where something can."""
    if not market.singles:
        return "not in this run: no single model finished the same items"
    if market.cost is None:
        return f"the cost of {team.name} is unknown"
    if not market.points:
        return "the cost of every single model in this run is unknown"
    if min(market.points).cost > market.cost * AS_MUCH:
        return "every single model in this run costs more"
    return ""


def _best_single(team: Contestant, contestants: Sequence[Contestant], market: _Market) -> Candidate:
    if (reason := _unpriced(team, market)) or market.cost is None:
        return Candidate("best_single", reason=reason)
    within = [point for point in market.points if point.cost <= market.cost * AS_MUCH]
    best = min(within, key=lambda point: (-point.quality, point.cost, point.name))
    return Candidate("best_single", _alone(best.name, contestants, team), best.name)


def _random_mixing(team: Contestant, contestants: Sequence[Contestant], market: _Market) -> Candidate:
    if (reason := _unpriced(team, market)) or market.cost is None:
        return Candidate("random_mixing", reason=reason)
    odds = best_mixture(market.points, market.cost) or {}
    alone = _alone(next(iter(odds)), contestants, team) if len(odds) == 1 else None
    return Candidate("random_mixing", alone or mixed(market.singles, odds), mixture=odds)


def _majority_vote(team: Contestant, contestants: Sequence[Contestant], _: _Market) -> Candidate:
    if len(team.members) < 2:
        return Candidate("majority_vote", reason="it has fewer than two models to vote")
    votes = [
        (figures, c.name)
        for c in contestants
        if c.kind == "vote" and c.name != team.name and c.members.keys() == team.members.keys()
        if (figures := _shared(c, team)).scores
    ]
    if not votes:
        reason = "it is one itself" if team.kind == "vote" else "not in this run: no vote of the same models"
        return Candidate("majority_vote", reason=reason)
    figures, name = min(votes, key=lambda vote: (-mean(list(vote[0].scores.values())), vote[1]))
    return Candidate("majority_vote", figures, name)


def _self_consistency(team: Contestant, contestants: Sequence[Contestant], _: _Market) -> Candidate:
    votes = [
        (c, _shared(c, team))
        for c in contestants
        if c.kind == "vote" and c.name != team.name and len(c.members) == 1 and c.members.keys() <= team.members.keys()
    ]
    if not votes:
        return Candidate("self_consistency", reason="not in this run: no vote over samples of one of its models")
    within = [(c, figures) for c, figures in votes if figures.scores and _within(figures, team)]
    if not within:
        return Candidate("self_consistency", reason="those in this run cost more, or their cost is unknown")
    best, figures = min(within, key=_most_samples)
    return Candidate("self_consistency", figures, best.name)


def _most_samples(vote: tuple[Contestant, PerItem]) -> tuple[int, float, str]:
    contestant, figures = vote
    return -sum(contestant.members.values()), -mean(list(figures.scores.values())), contestant.name


def _within(figures: PerItem, team: Contestant) -> bool:
    cost, limit = _cost(figures), _cost(_on(team.figures, set(figures.scores)))
    return cost is not None and limit is not None and cost <= limit * AS_MUCH


def _alone(model: str, contestants: Sequence[Contestant], team: Contestant) -> PerItem:
    """A single model on all that it shares with the team, as wherever else the two are compared."""
    return _shared(next(c for c in contestants if c.name == model), team)


def _shared(contestant: Contestant, team: Contestant) -> PerItem:
    return _on(contestant.figures, contestant.figures.scores.keys() & team.figures.scores.keys())


def _oracle(_: Contestant, __: Sequence[Contestant], market: _Market) -> Candidate:
    """A router that knows which of the single models is right: no ceiling, since votes and ladders may do better."""
    if len(market.singles) < 2:
        return Candidate("oracle", reason="not in this run: fewer than two single models finished the same items")
    columns = list(market.singles.values())
    scores = {item: max(column.scores[item] for column in columns) for item in columns[0].scores}
    return Candidate("oracle", PerItem(scores, {}, all(column.right_or_wrong for column in columns)))


_FINDERS = (_best_single, _random_mixing, _majority_vote, _self_consistency, _oracle)
