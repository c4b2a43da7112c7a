"""Random mixing: asking one of several single models at random, with fixed odds, whatever the question.

The best of these mixtures form the upper concave hull of the models in the plane of cost and quality. It needs no
knowledge of the question, so an orchestration that is not above it has learnt nothing.
"""

from collections.abc import Iterable

from msgspec import Struct

from escalade.analysis.trial import PerItem

AS_MUCH = 1 + 1e-9
"""Costs that differ by a smaller factor are equal: averages in floating point are not exact."""


class Point(Struct, frozen=True, order=True):
    cost: float
    """USD per item."""
    quality: float
    name: str


def hull(points: Iterable[Point]) -> list[Point]:
    """The corners of the upper concave hull, dearer and better ones later; worse ones at more cost are left out."""
    corners: list[Point] = []
    for point in sorted(points, key=lambda p: (p.cost, -p.quality, p.name)):
        if corners and point.quality <= corners[-1].quality:
            continue
        while len(corners) > 1 and _gain(corners[-2], point) >= _gain(corners[-2], corners[-1]):
            corners.pop()
        corners.append(point)
    return corners


def _gain(start: Point, end: Point) -> float:
    """Quality per money on the way from `start` to a dearer `end`."""
    return (end.quality - start.quality) / (end.cost - start.cost)


def best_mixture(points: Iterable[Point], cost: float) -> dict[str, float] | None:
    """The odds of the best mixture that costs at most `cost` per item; None where every model costs more."""
    corners = hull(points)
    below = [corner for corner in corners if corner.cost <= cost * AS_MUCH]
    if not below:
        return None
    if len(below) == len(corners):
        return {below[-1].name: 1.0}
    start, end = below[-1], corners[len(below)]
    if cost <= start.cost * AS_MUCH:
        return {start.name: 1.0}
    share = (cost - start.cost) / (end.cost - start.cost)
    return {start.name: 1 - share, end.name: share}


def mixed(models: dict[str, PerItem], odds: dict[str, float]) -> PerItem:
    """What a mixture is worth item by item, in expectation. All `models` must know the same items."""
    if len(odds) == 1:
        return models[next(iter(odds))]
    items = models[next(iter(odds))].scores
    scores = {item: sum(share * models[name].scores[item] for name, share in odds.items()) for item in items}
    costs = {item: sum(share * models[name].costs[item] for name, share in odds.items()) for item in items}
    return PerItem(scores, costs, right_or_wrong=False)
