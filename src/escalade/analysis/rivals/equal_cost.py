"""Honest rivals: what else the money that an orchestration took could have bought, from the run's own records.

No call is made for them. A rival that the run holds no records of is named with the reason, never guessed at. The
best single model is chosen on the very items it is compared on, which favours it and not the orchestration.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from escalade.analysis.comparison.paired import Pair, judged, pair
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


class _Found(Struct, frozen=True):
    kind: RivalKind
    figures: PerItem | None = None
    system: str | None = None
    mixture: dict[str, float] = {}
    reason: str = ""

    @property
    def opponent(self) -> str:
        """What draws are seeded by: a pair of systems has the same figures wherever it is compared."""
        return self.system or (next(iter(self.mixture)) if len(self.mixture) == 1 else self.kind)


class _Market(Struct, frozen=True):
    """The single models beside one orchestration, on the items that all of them finished."""

    cost: float | None
    """USD per item of the orchestration."""
    singles: dict[str, PerItem]
    points: list[Point]
    """Single models whose cost is known."""


def rivals(contestants: Sequence[Contestant], seed: Callable[..., int]) -> dict[str, list[Rival]]:
    """The rivals of every orchestration, by its name. `seed` makes a seed of names."""
    teams = [c for c in contestants if c.kind != "model" and not c.rival and c.figures.scores]
    found = {team.name: _candidates(team, contestants) for team in teams}
    results: dict[str, list[Rival]] = {team.name: [] for team in teams}
    for place in range(len(_FINDERS)):
        candidates = [found[team.name][place] for team in teams]
        pairs: list[Pair | None] = [
            None if c.figures is None else pair(team.figures, c.figures, seed("pair", team.name, c.opponent))
            for team, c in zip(teams, candidates, strict=True)
        ]
        for team, candidate, comparison in zip(teams, candidates, judged(pairs), strict=True):
            results[team.name].append(_rival(candidate, comparison))
    return results


def _rival(found: _Found, versus: Comparison | None) -> Rival:
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


def _candidates(team: Contestant, contestants: Sequence[Contestant]) -> list[_Found]:
    market = _market(team, contestants)
    return [find(team, contestants, market) for find in _FINDERS]


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


def _best_single(team: Contestant, _: Sequence[Contestant], market: _Market) -> _Found:
    if (reason := _unpriced(team, market)) or market.cost is None:
        return _Found("best_single", reason=reason)
    within = [point for point in market.points if point.cost <= market.cost * AS_MUCH]
    best = min(within, key=lambda point: (-point.quality, point.cost, point.name))
    return _Found("best_single", market.singles[best.name], best.name)


def _random_mixing(team: Contestant, _: Sequence[Contestant], market: _Market) -> _Found:
    if (reason := _unpriced(team, market)) or market.cost is None:
        return _Found("random_mixing", reason=reason)
    odds = best_mixture(market.points, market.cost) or {}
    return _Found("random_mixing", mixed(market.singles, odds), mixture=odds)


def _majority_vote(team: Contestant, contestants: Sequence[Contestant], _: _Market) -> _Found:
    if len(team.members) < 2:
        return _Found("majority_vote", reason="it has fewer than two models to vote")
    votes = [
        (figures, c.name)
        for c in contestants
        if c.kind == "vote" and c.name != team.name and c.members.keys() == team.members.keys()
        if (figures := _shared(c, team)).scores
    ]
    if not votes:
        reason = "it is one itself" if team.kind == "vote" else "not in this run: no vote of the same models"
        return _Found("majority_vote", reason=reason)
    figures, name = min(votes, key=lambda vote: (-mean(list(vote[0].scores.values())), vote[1]))
    return _Found("majority_vote", figures, name)


def _self_consistency(team: Contestant, contestants: Sequence[Contestant], _: _Market) -> _Found:
    votes = [
        (c, _shared(c, team))
        for c in contestants
        if c.kind == "vote" and c.name != team.name and len(c.members) == 1 and c.members.keys() <= team.members.keys()
    ]
    if not votes:
        return _Found("self_consistency", reason="not in this run: no vote over samples of one of its models")
    within = [(c, figures) for c, figures in votes if figures.scores and _within(figures, team)]
    if not within:
        return _Found("self_consistency", reason="those in this run cost more, or their cost is unknown")
    best, figures = min(within, key=_most_samples)
    return _Found("self_consistency", figures, best.name)


def _most_samples(vote: tuple[Contestant, PerItem]) -> tuple[int, float, str]:
    contestant, figures = vote
    return -sum(contestant.members.values()), -mean(list(figures.scores.values())), contestant.name


def _within(figures: PerItem, team: Contestant) -> bool:
    cost, limit = _cost(figures), _cost(_on(team.figures, set(figures.scores)))
    return cost is not None and limit is not None and cost <= limit * AS_MUCH


def _shared(contestant: Contestant, team: Contestant) -> PerItem:
    return _on(contestant.figures, contestant.figures.scores.keys() & team.figures.scores.keys())


def _oracle(_: Contestant, __: Sequence[Contestant], market: _Market) -> _Found:
    if not market.singles:
        return _Found("oracle", reason="not in this run: no single model finished the same items")
    columns = list(market.singles.values())
    scores = {item: max(column.scores[item] for column in columns) for item in columns[0].scores}
    return _Found("oracle", PerItem(scores, {}, all(column.right_or_wrong for column in columns)))


_FINDERS = (_best_single, _random_mixing, _majority_vote, _self_consistency, _oracle)
