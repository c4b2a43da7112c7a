"""Where the names of points go, so that none covers another: the first free place of a few, else the least bad."""

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

from msgspec import Struct

_LETTER, _LINE = 6.6, 13.0
"""Pixels of a letter and a line, roughly, on the generous side."""
_AWAY = 10
_OFFSETS = (-11, 11, 0, -24, 24, -36, 36, -48, 48)


class Label(Struct, frozen=True):
    text: str
    x: float
    y: float
    """The point in pixels from the left and the top."""


class Placed(Struct, frozen=True):
    """Where the text begins (`dx` above 0) or ends (below 0), from its point, in pixels."""

    dx: int
    dy: int
    covers: bool = False
    """Whether it covers another name, for want of room."""


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def placed(labels: Sequence[Label], obstacles: Sequence[Box], width: float, height: float) -> list[Placed]:
    """In the order given, in a drawing of that many pixels, whose `obstacles` are better not covered."""
    taken = [*obstacles, *(Box(each.x - 6, each.y - 6, each.x + 6, each.y + 6) for each in labels)]
    chosen: list[Placed] = []
    names: list[Box] = []
    for label in labels:
        places = [Placed(dx, dy) for dy in _OFFSETS for dx in (_AWAY, -_AWAY)]
        others = [other for other in labels if other is not label]
        best = min(places, key=lambda at: _badness(_box(label, at), taken, width, height) + _misread(label, at, others))
        box = _box(label, best)
        chosen.append(Placed(best.dx, best.dy, any(_covered(box, name) for name in names)))
        names.append(box)
        taken.append(box)
    return chosen


def _box(label: Label, place: Placed) -> Box:
    long = _LETTER * len(label.text)
    left = label.x + place.dx - (0 if place.dx > 0 else long)
    middle = label.y + place.dy
    return Box(left, middle - _LINE / 2, left + long, middle + _LINE / 2)


def _badness(box: Box, taken: Sequence[Box], width: float, height: float) -> float:
    """Pixels covered and pixels beyond the edges; equal ones are taken in the order of the places."""
    outside = max(0.0, -box.left) + max(0.0, box.right - width) + max(0.0, box.bottom - height)
    return 50 * outside + sum(_covered(box, other) for other in taken)


def _misread(label: Label, place: Placed, others: Sequence[Label]) -> float:
    """Pixels that a name is worse for each other's point that it stands nearer to than to its own."""
    box = _box(label, place)
    return 200.0 * sum(_distance(box, other) < _distance(box, label) for other in others)


def _distance(box: Box, point: Label) -> float:
    return hypot(max(box.left - point.x, 0.0, point.x - box.right), max(box.top - point.y, 0.0, point.y - box.bottom))


def _covered(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across * down if across > 0 and down > 0 else 0.0
