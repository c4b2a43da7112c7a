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
from escalade.analysis.summary import Comparison, Rival, RivalKind
from escalade.analysis.trial import PerItem


class Competitor(Struct, frozen=True):
    name: str
    kind: str
    members: dict[str, int]
    """Its single models, with how often each is asked at worst."""
    figures: PerItem
    rival: bool = False
    """True for a system that is in the run for comparison only: it needs no rivals of its own."""


class Alternative(Struct, frozen=True):
    """A rival before it is compared."""

    kind: RivalKind
    figures: PerItem | None = None
    """None where there is no such rival."""
    system: str | None = None
    mixture: dict[str, float] = {}
    trouble: str = ""

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


def alternatives(competitors: Sequence[Competitor]) -> dict[str, list[Alternative]]:
    """The rivals of every orchestration, by its name, the best single model first."""
    teams = [c for c in competitors if c.kind != "model" and not c.rival and c.figures.scores]
    markets = {team.name: _market(team, competitors) for team in teams}
    return {team.name: [find(team, competitors, markets[team.name]) for find in _FINDERS] for team in teams}


def rival(alternative: Alternative, versus: Comparison | None) -> Rival:
    """An alternative with the comparison that has its `place`."""
    figures = alternative.figures
    cost = figures.mean_cost if figures else None
    return Rival(
        kind=alternative.kind,
        system=alternative.system,
        quality=figures.mean_score if figures else None,
        cost_per_item=None if cost is None else twelve_digits(cost),
        mixture=alternative.mixture,
        versus=versus,
        reason=alternative.trouble,
    )


def _market(team: Competitor, competitors: Sequence[Competitor]) -> _Market:
    models = {c.name: c.figures for c in competitors if c.kind == "model" and c.figures.scores}
    items = sorted(set(team.figures.scores).intersection(*(figures.scores for figures in models.values())))
    singles = {name: figures.on(items) for name, figures in models.items()} if items else {}
    points = [
        Point(cost, figures.mean_score or 0.0, name)
        for name, figures in singles.items()
        if (cost := figures.mean_cost) is not None
    ]
    return _Market(team.figures.on(items).mean_cost, singles, points)


def _unpriced(team: Competitor, market: _Market) -> str:
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


def _best_single(team: Competitor, competitors: Sequence[Competitor], market: _Market) -> Alternative:
    if (trouble := _unpriced(team, market)) or market.cost is None:
        return Alternative("best_single", trouble=trouble)
    within = [point for point in market.points if point.cost <= market.cost * AS_MUCH]
    best = min(within, key=lambda point: (-point.quality, point.cost, point.name))
    return Alternative("best_single", _alone(best.name, competitors, team), best.name)


def _random_mixing(team: Competitor, competitors: Sequence[Competitor], market: _Market) -> Alternative:
    if (trouble := _unpriced(team, market)) or market.cost is None:
        return Alternative("random_mixing", trouble=trouble)
    odds = best_mixture(market.points, market.cost) or {}
    alone = _alone(next(iter(odds)), competitors, team) if len(odds) == 1 else None
    return Alternative("random_mixing", alone or mixed(market.singles, odds), mixture=odds)


def _majority_vote(team: Competitor, competitors: Sequence[Competitor], _: _Market) -> Alternative:
    if len(team.members) < 2:
        return Alternative("majority_vote", trouble="it has fewer than two models to vote")
    votes = [
        (figures, c.name)
        for c in competitors
        if c.kind == "vote" and c.name != team.name and c.members.keys() == team.members.keys()
        if (figures := _shared(c, team)).scores
    ]
    if not votes:
        trouble = "it is one itself" if team.kind == "vote" else "not in this run: no vote of the same models"
        return Alternative("majority_vote", trouble=trouble)
    figures, name = min(votes, key=lambda vote: (-(vote[0].mean_score or 0.0), vote[1]))
    return Alternative("majority_vote", figures, name)


def _self_consistency(team: Competitor, competitors: Sequence[Competitor], _: _Market) -> Alternative:
    votes = [
        (c, _shared(c, team))
        for c in competitors
        if c.kind == "vote" and c.name != team.name and len(c.members) == 1 and c.members.keys() <= team.members.keys()
    ]
    if not votes:
        return Alternative("self_consistency", trouble="not in this run: no vote over samples of one of its models")
    within = [(c, figures) for c, figures in votes if _within(figures, team)]
    if not within:
        return Alternative("self_consistency", trouble="those in this run cost more, or their cost is unknown")
    best, figures = min(within, key=_most_samples)
    return Alternative("self_consistency", figures, best.name)


def _most_samples(vote: tuple[Competitor, PerItem]) -> tuple[int, float, str]:
    competitor, figures = vote
    return -sum(competitor.members.values()), -(figures.mean_score or 0.0), competitor.name


def _within(figures: PerItem, team: Competitor) -> bool:
    cost, limit = figures.mean_cost, team.figures.on(figures.scores).mean_cost
    return cost is not None and limit is not None and cost <= limit * AS_MUCH


def _alone(model: str, competitors: Sequence[Competitor], team: Competitor) -> PerItem:
    """A single model on all that it shares with the team, as wherever else the two are compared."""
    return _shared(next(c for c in competitors if c.name == model), team)


def _shared(competitor: Competitor, team: Competitor) -> PerItem:
    return competitor.figures.on(sorted(competitor.figures.scores.keys() & team.figures.scores.keys()))


def _oracle(_: Competitor, __: Sequence[Competitor], market: _Market) -> Alternative:
    """A router that knows which of the single models is right: no ceiling, since votes and ladders may do better."""
    if len(market.singles) < 2:
        return Alternative("oracle", trouble="not in this run: fewer than two single models finished the same items")
    columns = list(market.singles.values())
    scores = {item: max(column.scores[item] for column in columns) for item in columns[0].scores}
    return Alternative("oracle", PerItem(scores, {}, all(column.right_or_wrong for column in columns)))


_FINDERS = (_best_single, _random_mixing, _majority_vote, _self_consistency, _oracle)
