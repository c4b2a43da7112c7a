"""From a chart to SVG and PNG. Nothing is fetched: data stands in the chart, and no address is allowed.

The SVG holds no script, no style and no reference; its colours are those of the palette, light.
"""

import re
from html import escape
from typing import Any

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.report.html.figure import Figure, Spec
from escalade.report.html.palette import light

_PNG_SCALE = 2.0
_CAUTION_HEIGHT = 24
"""Pixels below the drawing."""
_OPENING = re.compile(r"<svg [^>]*>")


def check_installed() -> None:
    """Raises ConfigError with what to install."""
    try:
        import altair as alt  # noqa: F401, PLC0415  (heavy: wanted only for a report)
        import jinja2  # noqa: F401, PLC0415  (as above)
        import vl_convert  # noqa: F401, PLC0415  (as above)
    except ImportError as error:
        raise ConfigError(
            f"the report needs a package that is not installed ({error.name})",
            hint="pip install 'escalade[report]'",
        ) from error


class Paper(Struct, frozen=True):
    """What a drawing stands on that leaves its page: a background of its own, and what must be read with it."""

    caution: str = ""


def svg(figure: Figure, width: int, name: str, paper: Paper | None = None) -> str:
    """The drawing with its title and description; `name`, of letters, digits and hyphens, makes their ids unique."""
    import vl_convert  # noqa: PLC0415  (heavy: wanted only for a report)

    drawn: str = vl_convert.vegalite_to_svg(_worn(figure.draw(width), paper), allowed_base_urls=[])
    opening = _OPENING.match(drawn)
    assert opening is not None, "a drawing begins with its svg element"
    size = re.search(r'viewBox="[^"]*"', opening[0])
    assert size is not None, "a drawing knows its size"
    label = f"{name}-title {name}-text"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size[0]} width="{width}" role="img" aria-labelledby="{label}">'
        f'<title id="{name}-title">{escape(figure.numbers.title)}</title>'
        f'<desc id="{name}-text">{escape(figure.says)}</desc>' + drawn[opening.end() :]
    )


def png(drawing: str) -> bytes:
    """A drawing of `svg` as pixels, two for each of its own."""
    import vl_convert  # noqa: PLC0415  (heavy: wanted only for a report)

    pixels: bytes = vl_convert.svg_to_png(drawing, scale=_PNG_SCALE)
    return pixels


def _worn(spec: Spec, paper: Paper | None) -> Spec:
    worn = spec | {
        "background": light("card") if paper else None,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": _config(),
    }
    if paper is None or not paper.caution:
        return worn
    return worn | {"title": _caution(paper.caution), "height": spec["height"] + _CAUTION_HEIGHT}


def _caution(text: str) -> dict[str, Any]:
    return {
        "text": text,
        "anchor": "start",
        "color": light("soft"),
        "fontSize": 11,
        "fontWeight": "normal",
        "limit": 0,
        "offset": 8,
        "orient": "bottom",
    }


def _config() -> dict[str, Any]:
    """A quiet look: no frame, faint lines, words in the colour of words."""
    words = {"labelColor": light("soft"), "titleColor": light("soft"), "labelFontSize": 11, "titleFontSize": 11}
    lines = {"gridColor": light("line"), "domainColor": light("line"), "tickColor": light("line")}
    return {
        "aria": False,
        "font": "sans-serif",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {**words, **lines, "titleFontWeight": "normal", "labelPadding": 6, "titlePadding": 8, "tickSize": 4},
        "axisY": {"domain": False, "ticks": False},
        "legend": {**words, "titleFontWeight": "normal", "symbolSize": 60},
        "text": {"color": light("ink"), "fontSize": 11},
    }
