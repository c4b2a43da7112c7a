"""How cost grew over the run, one line for each system."""

from collections.abc import Sequence
from typing import Any, Literal

from escalade.analysis.cumulative import Grown
from escalade.analysis.curves import Curves
from escalade.analysis.summary import Summary
from escalade.report.html.cells import Column, Table
from escalade.report.html.charts.marks import coloured, data, layered, tone_of
from escalade.report.html.charts.placing import Box, Label, placed
from escalade.report.html.figure import NARROW, Figure, Spec
from escalade.report.html.palette import light
from escalade.report.money import money

_HEIGHT = 320
_AXES = (56, 50)
"""Pixels that the axes take of width and height, roughly."""


def growth(summary: Summary, curves: Curves) -> Figure | None:
    """None where no system's prices are all known."""
    kinds = {system.name: system.kind for system in summary.systems}
    lines = {name: system.grown for name, system in curves.systems.items() if system.grown}
    if not lines:
        return None
    points = [
        {"name": name, "tone": tone_of(kinds[name]), "trials": point.trials, "usd": float(point.usd)}
        for name, line in lines.items()
        for point in line
    ]
    missing = [name for name in kinds if name not in lines]
    ends = sorted(((line[-1].usd, name) for name, line in lines.items()), reverse=True)
    listed = ", ".join(f"{name} {money(usd)}" for usd, name in ends)
    return Figure(
        says=f"What finished questions were worth together, in the order in which they ended: {listed}."
        + (f" Not drawn, since a price is unknown: {', '.join(missing)}." if missing else ""),
        numbers=Table(
            slug="cost-over-the-run",
            title="Cost over the run",
            columns=(Column("system"), Column("finished questions", "count"), Column("USD", "usd")),
            rows=[(name, point.trials, point.usd) for name, line in lines.items() for point in line],
        ),
        draw=lambda width: _growing(points, lines, width),
        wide=True,
    )


def _growing(points: Sequence[dict[str, Any]], lines: dict[str, list[Grown]], width: int) -> Spec:
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    most_trials = max(line[-1].trials for line in lines.values())
    most_usd = float(max(line[-1].usd for line in lines.values())) or 1.0
    x = alt.X(
        "trials:Q",
        scale=alt.Scale(domain=[0, most_trials], nice=False),
        axis=alt.Axis(title="finished questions", format="~s", tickCount=4 if width == NARROW else 7, grid=False),
    )
    dollars = alt.Scale(domain=[0, 1.05 * most_usd], nice=False)
    y = alt.Y("usd:Q", scale=dollars, axis=alt.Axis(title="USD", format="$~g"))
    inner, outer = width - _AXES[0], _HEIGHT - _AXES[1]
    ends = {name: line[-1] for name, line in lines.items()}

    def at(point: Grown) -> tuple[float, float]:
        return inner * point.trials / most_trials, outer * (1 - float(point.usd) / (1.05 * most_usd))

    drawn = [
        Box(across - 4, down - 2, across + 4, down + 2) for line in lines.values() for across, down in map(at, line)
    ]
    labels = placed([Label(name, *at(end)) for name, end in ends.items()], drawn, inner, outer)
    dashed = alt.StrokeDash("tone:N", scale=alt.Scale(domain=["team", "single"], range=[[1, 0], [5, 3]]), legend=None)
    layers = [
        alt.Chart(data(points)).mark_line(strokeWidth=2).encode(
            x=x, y=y, color=coloured(), detail=alt.Detail("name:N"), strokeDash=dashed
        )
    ]  # fmt: skip
    for (name, end), place in zip(ends.items(), labels, strict=True):
        if place.covers:  # many cheap systems lie on one another; the table tells them apart
            continue
        chart = alt.Chart(data([{"trials": end.trials, "usd": float(end.usd), "name": name}]))
        side: Literal["left", "right"] = "right" if place.dx < 0 else "left"
        text = chart.mark_text(align=side, dx=place.dx, dy=place.dy, color=light("ink"))
        layers.append(text.encode(x=x, y=y, text=alt.Text("name:N")))
    return layered(layers, width, _HEIGHT)
