"""Quality against cost: every system with its intervals, the hull of single models, and the rivals at equal cost."""

from collections.abc import Sequence
from decimal import Decimal

from escalade.analysis.cost_quality import Plane
from escalade.analysis.rivals.mixing import Point
from escalade.analysis.summary import Summary
from escalade.report.html.cells import Column, Estimate, Table
from escalade.report.html.charts.scene import Scene
from escalade.report.html.figure import Figure
from escalade.report.money import money


def quality_cost(summary: Summary, plane: Plane) -> Figure | None:
    """None where no system has both."""
    if not plane.spots:
        return None
    mixed = [
        (system.name, rival.cost_per_item, rival.quality)
        for system in summary.systems
        for rival in system.rivals
        if rival.kind == "random_mixing" and rival.cost_per_item is not None and rival.quality is not None
    ]
    oracles = [r.quality for s in summary.systems for r in s.rivals if r.kind == "oracle" and r.quality is not None]
    rivals = [Point(float(cost), quality, name) for name, cost, quality in mixed]
    scene = Scene(plane, rivals, max(oracles, default=None), summary.task.metric)
    return Figure(
        says=_says(plane, rivals),
        numbers=_numbers(summary, plane, rivals),
        draw=scene.draw,
        wide=True,
    )


def _says(plane: Plane, rivals: Sequence[Point]) -> str:
    best = max(plane.spots, key=lambda spot: (spot.quality.mean or 0.0, -spot.cost))
    cheapest = min(plane.spots, key=lambda spot: spot.cost)
    text = (
        f"Best is {best.name} with {100 * (best.quality.mean or 0.0):.1f} % at {_usd(best.cost)} a question; cheapest "
        f"is {cheapest.name} with {100 * (cheapest.quality.mean or 0.0):.1f} % at {_usd(cheapest.cost)}."
    )
    if len(plane.hull) > 1:
        text += " The dashed line is what random mixing of single models reaches, without looking at the question."
    above = [s for s in plane.spots for r in rivals if r.name == s.name and (s.quality.mean or 0.0) > r.quality]
    if rivals:
        names = ", ".join(spot.name for spot in above) or "no orchestration"
        text += f" Above what random mixing reaches at its cost: {names}. Whether by chance, the tables say."
    if plane.unpriced:
        text += f" Not drawn, for want of a price or a grade: {', '.join(plane.unpriced)}."
    return text


def _numbers(summary: Summary, plane: Plane, rivals: Sequence[Point]) -> Table:
    corners = {corner.name for corner in plane.hull}
    by_name = {rival.name: rival.quality for rival in rivals}
    columns = (
        Column("system"),
        Column("kind"),
        Column(summary.task.metric, "share", interval=True),
        Column("items", "count"),
        Column("USD per question", "usd", interval=True),
        Column("on the hull"),
        Column("random mixing at its cost", "share"),
    )
    rows = [
        (
            spot.name,
            "single model" if spot.single else "orchestration",
            Estimate(spot.quality.mean, spot.quality.low, spot.quality.high),
            spot.quality.n,
            Estimate(spot.cost, spot.cost_low, spot.cost_high),
            "yes" if spot.single and spot.name in corners else "no" if spot.single else None,
            by_name.get(spot.name),
        )
        for spot in plane.spots
    ]
    return Table(slug="quality-cost", title="Quality against cost", columns=columns, rows=rows)


def _usd(cost: float) -> str:
    return money(Decimal(repr(cost)))
