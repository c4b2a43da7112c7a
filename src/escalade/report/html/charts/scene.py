"""The chart of quality against cost: its axes, what stands in it, and where its names fall."""

from collections.abc import Sequence
from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING, Any

from escalade.analysis.cost_quality import Plane, Spot
from escalade.analysis.rivals.mixing import Point
from escalade.report.html.charts.marks import coloured, data, layered, shaped
from escalade.report.html.charts.placing import Box, Label, placed
from escalade.report.html.figure import NARROW, Spec
from escalade.report.html.palette import light

if TYPE_CHECKING:
    import altair as alt

_HEIGHT = 400
_AXES = (52, 50)
"""Pixels that the axes take of width and height, roughly."""
_LOG_FROM = 15
"""Costs that differ by such a factor do not fit on a linear axis."""
_ORACLE = "oracle of single models"
_STEPS = 24
"""Points between two corners of the hull: a straight line is a curve on a logarithmic axis."""


class Scene:
    """The chart, and where in it things fall."""

    def __init__(self, plane: Plane, rivals: Sequence[Point], oracle: float | None, metric: str) -> None:
        self._plane, self._rivals, self._oracle, self._metric = plane, rivals, oracle, metric
        costs = [c for s in plane.spots for c in (s.cost, s.cost_low, s.cost_high) if c is not None]
        self._log = min(costs) > 0 and max(costs) > _LOG_FROM * min(costs)
        margin = 10 ** (0.12 * log10(max(costs) / min(costs))) if self._log else 1.08
        self._costs = (min(costs) / margin, max(costs) * margin) if self._log else (0.0, max(costs) * margin or 1.0)
        seen = [q for s in plane.spots for q in (s.quality.mean, s.quality.low, s.quality.high) if q is not None]
        seen += [] if oracle is None else [oracle]
        room = max(0.02, 0.06 * (max(seen) - min(seen)))
        self._qualities = (max(0.0, min(seen) - room), min(1.0, max(seen) + room))

    def draw(self, width: int) -> Spec:
        import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

        costs = alt.Scale(domain=list(self._costs), type="log" if self._log else "linear", nice=False)
        x = alt.X(
            "cost:Q",
            scale=costs,
            axis=alt.Axis(title="USD per question", format="$~g", tickCount=4 if width == NARROW else 6, grid=False),
        )
        qualities = alt.Scale(domain=[100 * q for q in self._qualities], nice=False, zero=False)
        y = alt.Y("quality:Q", scale=qualities, axis=alt.Axis(title=f"{self._metric} %", tickCount=6))
        spots = alt.Chart(data([_spot(s) for s in self._plane.spots]))
        upright = spots.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5, opacity=0.75)
        lying = spots.transform_filter("isValid(datum.left)").mark_rule(strokeWidth=1.5, opacity=0.75)
        layers = [
            *self._references(x, y),
            upright.encode(x=x, y=alt.Y("low:Q", scale=qualities), y2=alt.Y2("high:Q"), color=coloured()),
            lying.encode(x=alt.X("left:Q", scale=costs), x2=alt.X2("right:Q"), y=y, color=coloured()),
            spots.mark_point(filled=True, size=110, opacity=1).encode(x=x, y=y, color=coloured(), shape=shaped()),
            *self._labels(x, y, width),
        ]
        return layered(layers, width, _HEIGHT)

    def _references(self, x: "alt.X", y: "alt.Y") -> "list[alt.Chart]":
        """The hull, the mixture that each orchestration has to beat, and the oracle."""
        import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

        grey = light("single")
        hull = [{"cost": p.cost, "quality": 100 * p.quality, "place": n} for n, p in enumerate(_line(self._plane.hull))]
        mixtures = [{"cost": p.cost, "quality": 100 * p.quality} for p in self._rivals]
        layers = [
            alt.Chart(data(hull)).mark_line(color=grey, strokeWidth=1.5, strokeDash=[5, 4]).encode(
                x=x, y=y, order=alt.Order("place:Q")
            ),
            alt.Chart(data(mixtures)).mark_point(shape="circle", size=40, color=grey, filled=False).encode(x=x, y=y),
        ]  # fmt: skip
        if self._oracle is not None:
            oracle = alt.Chart(data([{"quality": 100 * self._oracle, "says": _ORACLE}]))
            layers.append(oracle.mark_rule(color=grey, strokeDash=[1, 3]).encode(y=y))
            layers.append(
                oracle.mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=light("soft")).encode(
                    x=alt.value(0), y=y, text=alt.Text("says:N")
                )
            )
        return layers

    def _labels(self, x: "alt.X", y: "alt.Y", width: int) -> "list[alt.Chart]":
        """Names beside their points, moved apart where they would cover one another."""
        import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

        inner, outer = width - _AXES[0], _HEIGHT - _AXES[1]
        spots = self._plane.spots
        labels, bars = [], []
        for spot in spots:
            quality = spot.quality
            at = self._across(spot.cost) * inner, self._up(quality.mean or 0.0) * outer
            labels.append(Label(spot.name, *at))
            if quality.low is not None and quality.high is not None:
                bars.append(Box(at[0] - 1, self._up(quality.high) * outer, at[0] + 1, self._up(quality.low) * outer))
            if spot.cost_low is not None and spot.cost_high is not None:
                left, right = self._across(spot.cost_low) * inner, self._across(spot.cost_high) * inner
                bars.append(Box(left, at[1] - 1, right, at[1] + 1))
        for point in _line(self._plane.hull):
            left, top = self._across(point.cost) * inner, self._up(point.quality) * outer
            bars.append(Box(left - 3, top - 1, left + 3, top + 1))
        if self._oracle is not None:
            top = self._up(self._oracle) * outer
            bars.append(Box(0, top - 16, 7.0 * len(_ORACLE), top))
        places = placed(labels, bars, inner, outer)
        charts = []
        for spot, label in zip(spots, places, strict=True):
            chart = alt.Chart(data([_spot(spot)])).mark_text(
                align="left" if label.dx > 0 else "right",
                baseline="middle",
                dx=label.dx,
                dy=label.dy,
                color=light("ink"),
                fontWeight="normal" if spot.single else "bold",
            )
            charts.append(chart.encode(x=x, y=y, text=alt.Text("name:N")))
        return charts

    def _across(self, cost: float) -> float:
        low, high = self._costs
        if self._log:
            return log10(cost / low) / log10(high / low)
        return (cost - low) / (high - low)

    def _up(self, quality: float) -> float:
        """From the top."""
        low, high = self._qualities
        return (high - quality) / (high - low)


def _spot(spot: Spot) -> dict[str, Any]:
    def hundreds(share: float | None) -> float | None:
        return None if share is None else 100 * share

    return {
        "name": spot.name,
        "tone": "single" if spot.single else "team",
        "cost": spot.cost,
        "left": spot.cost_low,
        "right": spot.cost_high,
        "quality": hundreds(spot.quality.mean),
        "low": hundreds(spot.quality.low),
        "high": hundreds(spot.quality.high),
    }


def _line(corners: Sequence[Point]) -> list[Point]:
    points = list(corners[:1])
    for start, end in pairwise(corners):
        for step in range(1, _STEPS + 1):
            share = step / _STEPS
            cost = start.cost + share * (end.cost - start.cost)
            points.append(Point(cost, start.quality + share * (end.quality - start.quality), ""))
    return points
