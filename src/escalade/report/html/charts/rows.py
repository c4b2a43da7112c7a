"""A chart of rows, which most figures are: a name and its figure in words, and below them bars, spans and dots.

The words stand above the marks and not beside them, so that a phone has its whole width for both.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from escalade.report.html.charts.marks import Tone, coloured, data, layered, shaped
from escalade.report.html.figure import Spec
from escalade.report.html.palette import light

if TYPE_CHECKING:
    import altair as alt

_ROW, _WORDS, _MARKS, _FOOT = 36, 12, 23, 46
"""Pixels: a row's height, where in it words and marks stand, and what the axis below needs."""
_LETTER = 6.2
"""The width of a letter, roughly, in pixels."""

Span = tuple[float, float]


class Row(Struct, frozen=True, kw_only=True):
    name: str
    says: str
    """Its figures in words, at the right."""
    tone: Tone
    pale: Span | None = None
    """A broad faint bar."""
    bar: Span | None = None
    """A bar on top of it."""
    span: Span | None = None
    """A thin line, such as an interval."""
    dot: float | None = None
    tick: float | None = None


class Axis(Struct, frozen=True):
    title: str
    low: float
    high: float
    format: str = "~s"
    """As in d3-format."""


def rows_chart(rows: Sequence[Row], axis: Axis, width: int) -> Spec:
    """Needs at least one row."""
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    height = _ROW * len(rows)
    x = alt.X(
        "from:Q",
        scale=alt.Scale(domain=[axis.low, axis.high], nice=False),
        axis=alt.Axis(title=axis.title, format=axis.format, tickCount=5),
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    pale = alt.Chart(data(_spans(rows, "pale"))).mark_rule(strokeWidth=10)
    bars = alt.Chart(data(_spans(rows, "bar"))).mark_rule(strokeWidth=10)
    lines = alt.Chart(data(_spans(rows, "span"))).mark_rule(strokeWidth=1.5)
    ticks = alt.Chart(data(_spans(rows, "tick"))).mark_tick(orient="vertical", size=15, thickness=2, color=light("ink"))
    dots = alt.Chart(data(_spans(rows, "dot"))).mark_point(filled=True, size=70, opacity=1)
    layers: list[alt.Chart] = [
        pale.encode(x=x, x2=alt.X2("to:Q"), y=y, color=coloured(pale=True)),
        bars.encode(x=x, x2=alt.X2("to:Q"), y=y, color=coloured()),
        lines.encode(x=x, x2=alt.X2("to:Q"), y=y, color=coloured()),
        ticks.encode(x=x, y=y),
        dots.encode(x=x, y=y, color=coloured(), shape=shaped()),
        *_words(rows, y, width),
    ]
    return layered(layers, width, height + _FOOT, own_colours=True)


def _spans(rows: Sequence[Row], part: str) -> list[dict[str, Any]]:
    """Where that part of each row begins and ends; a dot does both in one place."""
    spans = []
    for place, row in enumerate(rows):
        at = getattr(row, part)
        if at is not None:
            start, end = at if isinstance(at, tuple) else (at, at)
            spans.append({"y": _ROW * place + _MARKS, "tone": row.tone, "from": start, "to": end})
    return spans


def _words(rows: Sequence[Row], y: "alt.Y", width: int) -> "list[alt.Chart]":
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    room = int((width - 24) / _LETTER)
    words = [
        {"y": _ROW * place + _WORDS, "name": _cut(row.name, room - len(row.says) - 2), "says": row.says}
        for place, row in enumerate(rows)
    ]
    chart = alt.Chart(data(words))
    return [
        chart.mark_text(align="left", baseline="bottom", color=light("ink")).encode(
            x=alt.value(0), y=y, text=alt.Text("name:N")
        ),
        chart.mark_text(align="right", baseline="bottom", color=light("soft")).encode(
            x=alt.value("width"), y=y, text=alt.Text("says:N")
        ),
    ]


def _cut(name: str, room: int) -> str:
    """The table beside the chart has the whole name."""
    return name if len(name) <= max(room, 8) else name[: max(room, 8) - 1] + "…"
