"""What happened on each rung: how many questions stopped, how good their answers were, what the gate let through."""

from collections.abc import Sequence

from escalade.analysis.curves import Curves
from escalade.analysis.statistics.interval import wilson
from escalade.analysis.summary import Summary
from escalade.report.html.cells import Column, Estimate, Table
from escalade.report.html.charts.rows import Axis, Row, rows_chart
from escalade.report.html.figure import Figure


def funnel(summary: Summary) -> Figure | None:
    """None where no system climbs."""
    levels = [(s, level) for s in summary.systems for level in s.funnel if len(s.funnel) > 1]
    if not levels:
        return None
    rows = [
        Row(
            name=f"{s.name} · rung {level.level}",
            says=f"{level.reached:,} reached, {level.stopped:,} stopped",
            tone="team",
            pale=(0, level.reached / s.trials),
            bar=(0, level.stopped / s.trials),
        )
        for s, level in levels
    ]
    first = next(s for s, _ in levels)
    told = "; ".join(f"{lev.stopped / first.trials:.0%} at rung {lev.level}" for lev in first.funnel)
    columns = (
        Column("system"),
        Column("rung", "count"),
        Column("reached", "count"),
        Column("stopped", "count"),
        Column("stopped, of all", "share"),
    )
    numbers = Table(
        slug="funnel",
        title="Funnel: where questions stop",
        columns=columns,
        rows=[(s.name, x.level, x.reached, x.stopped, x.stopped / s.trials) for s, x in levels],
    )
    return Figure(
        says=f"The pale bar is who reached a rung, the strong one who stopped there. {first.name}: {told}.",
        numbers=numbers,
        draw=lambda width: rows_chart(rows, Axis("share of all questions", 0, 1, "%"), width),
    )


def rung_quality(summary: Summary, curves: Curves) -> Figure | None:
    """None where no system gives its answers on more than one rung."""
    rungs = [(name, rung) for name, system in curves.systems.items() for rung in system.rungs if len(system.rungs) > 1]
    if not rungs:
        return None
    rows = [
        Row(
            name=f"{name} · rung {rung.level}",
            says="" if rung.quality.mean is None else f"{100 * rung.quality.mean:.1f} % (n = {rung.quality.n:,})",
            tone="team",
            span=None
            if rung.quality.low is None or rung.quality.high is None
            else (rung.quality.low, rung.quality.high),
            dot=rung.quality.mean,
        )
        for name, rung in rungs
    ]
    metric = summary.task.metric
    columns = (
        Column("system"),
        Column("rung", "count"),
        Column("items", "count"),
        Column(metric, "share", interval=True),
    )
    return Figure(
        says="Easy questions stop early, so that rungs answer different ones: this compares no models. "
        f"{_extremes(rows)}",
        numbers=Table(
            slug="quality-by-rung",
            title=f"{metric[:1].upper()}{metric[1:]} by the rung that answered",
            columns=columns,
            rows=[
                (name, r.level, r.quality.n, Estimate(r.quality.mean, r.quality.low, r.quality.high))
                for name, r in rungs
            ],
        ),
        draw=lambda width: rows_chart(rows, Axis(f"{metric} of the final answers", 0, 1, "%"), width),
    )


def _extremes(rows: Sequence[Row]) -> str:
    known = [row for row in rows if row.dot is not None]
    if not known:
        return ""
    low, high = min(known, key=lambda r: r.dot or 0.0), max(known, key=lambda r: r.dot or 0.0)
    return f"Lowest: {low.name}, {low.says}; highest: {high.name}, {high.says}."


def false_accepts(curves: Curves) -> Figure | None:
    """None where no gate accepted an answer that was graded."""
    by_system = [(name, d) for name, system in curves.systems.items() for d in system.decisions]
    if not any(decisions.accepted for _, decisions in by_system):
        return None
    rows, table = [], []
    for name, decided in by_system:
        n, wrong = decided.accepted, decided.accepted_wrong
        around = wilson(wrong, n) if n else None
        share = Estimate(wrong / n, around.low if around else None, around.high if around else None) if n else None
        rung = "outside rungs" if decided.level is None else f"rung {decided.level}"
        table.append(
            (name, decided.level, share, decided.accepted_right, wrong, decided.rejected_right, decided.rejected_wrong)
        )
        if share is not None:
            rows.append(
                Row(
                    name=f"{name} · {rung}",
                    says=f"{wrong:,} of {n:,} accepted",
                    tone="wrong",
                    span=None if around is None else (around.low, around.high),
                    dot=share.value,
                )
            )
    wrong, n = sum(d.accepted_wrong for _, d in by_system), sum(d.accepted for _, d in by_system)
    columns = (
        Column("system"),
        Column("rung", "count"),
        Column("wrong, of the accepted", "share", interval=True),
        *(Column(head, "count") for head in ("right accepted", "wrong accepted", "right rejected", "wrong rejected")),
    )
    return Figure(
        says=f"Gates accepted {n:,} answers that were graded, and {wrong:,} of these were wrong ({wrong / n:.1%}).",
        numbers=Table(
            slug="false-accepts", title="False accepts: wrong answers that a gate let through", columns=columns,
            rows=table,
        ),
        draw=lambda width: rows_chart(rows, Axis("share of accepted answers that were wrong", 0, 1, "%"), width),
    )  # fmt: skip
