"""How long final answers are: by system, and right ones beside the rest."""

from escalade.analysis.curves import Curves
from escalade.analysis.lengths import Lengths
from escalade.analysis.summary import Summary
from escalade.report.html.cells import Cell, Column, Table
from escalade.report.html.charts.marks import Tone, tone_of
from escalade.report.html.charts.rows import Axis, Row, rows_chart
from escalade.report.html.figure import Figure


def answer_lengths(summary: Summary, curves: Curves) -> Figure | None:
    """None where no answer's tokens are known."""
    rows: list[Row] = []
    table: list[tuple[Cell, ...]] = []
    apart: list[str] = []
    for system in summary.systems:
        found = curves.systems[system.name].lengths
        apart += [f"{system.name}: {found.unmeasured:,}"] if found.unmeasured else []
        for group, lengths in (("all", found.every), ("right", found.right), ("not right", found.not_right)):
            if lengths is None:
                continue
            table.append((system.name, group, lengths.n, *_figures(lengths)))
            if group != "all" or found.right is None or found.not_right is None:
                tone: Tone = "wrong" if group == "not right" else tone_of(system.kind)
                rows.append(
                    Row(
                        name=f"{system.name} · {group}",
                        says=f"median {lengths.p50:,.0f} (n = {lengths.n:,})",
                        tone=tone,
                        span=(lengths.p5, lengths.p95),
                        pale=(lengths.p25, lengths.p75),
                        tick=lengths.p50,
                    )
                )
    if not rows:
        return None
    most = max(row.span[1] for row in rows if row.span) or 1.0
    heads = ("mean", "5 %", "25 %", "median", "75 %", "95 %")
    columns = (Column("system"), Column("answers"), Column("n", "count"), *(Column(h, "number") for h in heads))
    guessed = any(curves.systems[s.name].lengths.estimated for s in summary.systems)
    return Figure(
        says="Output tokens of the final answer, reasoning left out: the line holds nine in ten answers, the bar half "
        "of them, the mark is the median."
        + (" Some counts are estimates." if guessed else "")
        + (f" Without a length of their own, since they were composed: {'; '.join(apart)}." if apart else ""),
        numbers=Table(slug="answer-lengths", title="Length of the answers", columns=columns, rows=table),
        draw=lambda width: rows_chart(rows, Axis("tokens", 0, most), width),
    )


def _figures(lengths: Lengths) -> tuple[float, ...]:
    return lengths.mean, lengths.p5, lengths.p25, lengths.p50, lengths.p75, lengths.p95
