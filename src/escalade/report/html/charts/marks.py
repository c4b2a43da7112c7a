"""Layers that several charts are made of. Names come from configs and data files, and are shown as text only."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from escalade.report.html.figure import Spec
from escalade.report.html.palette import light

if TYPE_CHECKING:
    import altair as alt

Tone = Literal["team", "single", "wrong"]
SHAPES: dict[Tone, str] = {"team": "diamond", "single": "circle", "wrong": "cross"}
"""What tells tones apart without colour."""
_TONES = tuple(SHAPES)


def layered(layers: "Sequence[alt.Chart]", width: int, height: int, *, own_colours: bool = False) -> Spec:
    """Charts on top of one another, the last one uppermost. `own_colours`: each layer's are of a scale of its own."""
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    chart = alt.layer(*layers).properties(width=width, height=height)
    if own_colours:
        chart = chart.resolve_scale(color="independent")
    spec: Spec = chart.to_dict(validate=False)  # its parts were checked when they were made
    return spec


def data(rows: Sequence[Mapping[str, Any]]) -> "alt.InlineData":
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    return alt.InlineData(values=[dict(row) for row in rows])


def coloured(*, pale: bool = False) -> "alt.Color":
    """The colour of a row's `tone`."""
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    inks = [light(f"{tone}-pale" if pale else tone) for tone in _TONES]
    return alt.Color("tone:N", scale=alt.Scale(domain=list(_TONES), range=inks), legend=None)


def shaped() -> "alt.Shape":
    """The shape of a row's `tone`."""
    import altair as alt  # noqa: PLC0415  (heavy: wanted only for a report)

    return alt.Shape("tone:N", scale=alt.Scale(domain=list(_TONES), range=list(SHAPES.values())), legend=None)


def tone_of(kind: str | None) -> Tone:
    """The tone of a system by what it is at the top."""
    return "single" if kind == "model" else "team"
