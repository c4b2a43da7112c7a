"""Quality by category, subject, level, domain: a group of dots for each value, a dot for each system."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from escalade.analysis.summary import Quality, Summary
from escalade.report.html.cells import Column, Estimate, Table
from escalade.report.html.charts.marks import coloured, data, layered, tone_of
from escalade.report.html.figure import Figure, Spec
from escalade.report.html.palette import light

if TYPE_CHECKING:
    import altair as alt

_MOST_VALUES, _MOST_SYSTEMS = 14, 6
"""More would be a wall of dots: the table alone tells it."""
_SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross")
_VALUE, _SYSTEM, _FOOT = 30, 13, 76


def label_tables(summary: Summary) -> list[Table]:
    """For each label, a row for each value with its number of items and a column for each system."""
    return [_table(summary, label) for label in dict.fromkeys(name for s in summary.systems for name in s.by_label)]


def by_label(summary: Summary) -> list[Figure]:
    """Figures of the labels that have few enough values to be seen."""
    figures = []
    for table in label_tables(summary):
        label = table.columns[0].head
        if len(table.rows) > _MOST_VALUES or len(summary.systems) > _MOST_SYSTEMS:
            continue
        figures.append(
            Figure(
                says=f"Each value of {label} with its number of questions; groups are small, intervals wide, and "
                "nothing is compared within them.",
                numbers=table,
                draw=lambda width, label=label: _draw(summary, label, width),  # type: ignore[misc]  # mypy guesses no type for a default
            )
        )
    return figures


def _values(summary: Summary, label: str) -> list[str]:
    return list(dict.fromkeys(value for s in summary.systems for value in s.by_label.get(label, {})))


def _table(summary: Summary, label: str) -> Table:
    metric, rows = summary.task.metric, []
    for value in _values(summary, label):
        qualities = [s.by_label.get(label, {}).get(value) for s in summary.systems]
        counts = [0 if each is None else each.n for each in qualities]
        rows.append((value or "(none)", max(counts), *(_estimate(each) for each in qualities)))
    return Table(
        slug=f"by-{label}",
        title=f"{metric[:1].upper()}{metric[1:]} by {label}",
        columns=(
            Column(label),
            Column("items", "count"),
            *(Column(s.name, "share", interval=True) for s in summary.systems),
        ),
        rows=rows,
    )


def _estimate(quality: Quality | None) -> Estimate | None:
    return None if quality is None else Estimate(quality.mean, quality.low, quality.high)


def _draw(summary: Summary, label: str, width: int) -> Spec:
    values, systems = _values(summary, label), summary.systems
    step = _VALUE + _SYSTEM * len(systems)
    dots = [
        {
            "y": step * row + _VALUE + _SYSTEM * (place + 0.5),
            "mean": quality.mean,
            "low": quality.low,
            "high": quality.high,
            "tone": tone_of(system.kind),
            "name": system.name,
        }
        for row, value in enumerate(values)
        for place, system in enumerate(systems)
        if (quality := system.by_label.get(label, {}).get(value)) is not None and quality.mean is not None
    ]
    words = [
        {"y": step * row + 20, "name": value or "(none)", "n": f"{_most(summary, label, value):,} items"}
        for row, value in enumerate(values)
    ]
    height = step * len(values)
    names = [system.name for system in systems]
    return layered([*_dots(dots, names, summary.task.metric, height), *_words(words, height)], width, height + _FOOT)


def _dots(dots: Sequence[Mapping[str, Any]], names: Sequence[str], metric: str, height: int) -> "list[alt.Chart]":
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("mean:Q", scale=scale, axis=alt.Axis(title=metric, format="%", tickCount=5))
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    shape = alt.Shape(
        "name:N",
        scale=alt.Scale(domain=list(names), range=list(_SHAPES[: len(names)])),
        legend=alt.Legend(title=None, orient="top", columns=3, symbolFillColor=light("soft"), symbolStrokeWidth=0),
    )
    points = alt.Chart(data(dots))
    lines = points.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5)
    return [
        lines.encode(x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=y, color=coloured()),
        points.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=coloured(), shape=shape),
    ]


def _words(words: Sequence[Mapping[str, Any]], height: int) -> "list[alt.Chart]":
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    chart = alt.Chart(data(words))
    names = chart.mark_text(align="left", baseline="bottom", color=light("ink"))
    counts = chart.mark_text(align="right", baseline="bottom", color=light("soft"))
    return [
        names.encode(x=alt.value(0), y=y, text=alt.Text("name:N")),
        counts.encode(x=alt.value("width"), y=y, text=alt.Text("n:N")),
    ]


def _most(summary: Summary, label: str, value: str) -> int:
    return max(quality.n for s in summary.systems if (quality := s.by_label.get(label, {}).get(value)) is not None)
