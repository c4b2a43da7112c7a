"""The page: templates, style and script, put together with what they show.

Everything that a model, a provider, a config or a data file wrote is text: escaped by the template, or carried in
blocks and set as text by the script. A Content-Security-Policy names the one style sheet and the one script by their
hashes and allows nothing else, no request and no attribute that runs.
"""

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.analysis.summary import Summary
from escalade.report import cells
from escalade.report.html.cells import Table
from escalade.report.html.drawing import svg
from escalade.report.html.figure import Figure
from escalade.report.html.palette import style_sheet
from escalade.report.html.section import Section

if TYPE_CHECKING:
    from markupsafe import Markup

_SCRIPTS = ("reading.js", "tree.js", "listing.js", "explorer.js")


class Drawing(Struct, frozen=True):
    wide: bool | None
    """For wide screens, for narrow ones, or for both (None)."""
    svg: "Markup"


class ShownFigure(Struct, frozen=True):
    figure: Figure
    drawings: list[Drawing]


class ShownSection(Struct, frozen=True):
    anchor: str
    title: str
    figures: list[ShownFigure]
    tables: list[Table]


class ShownRun(Struct, frozen=True):
    anchor: str
    summary: Summary
    sections: list[ShownSection]
    redacted: bool

    @property
    def simulated(self) -> str:
        return caution(self.summary)

    @property
    def sentences(self) -> list[str]:
        return [system.sentence for system in self.summary.systems if system.sentence]


def caution(summary: Summary) -> str:
    """What was simulated, in a sentence; "" where every model is real."""
    which = cells.simulated(summary.systems)
    return which and f"Simulated: {which}."


def shown_run(place: int, summary: Summary, sections: Sequence[Section], *, redacted: bool) -> ShownRun:
    """Draws every figure, for the widths that it is for."""
    anchor = f"run-{place}"
    return ShownRun(
        anchor,
        summary,
        [
            ShownSection(
                f"{anchor}-{number}",
                section.title,
                [_shown(f"{anchor}-{number}-{n}", figure) for n, figure in enumerate(section.figures)],
                section.tables,
            )
            for number, section in enumerate(sections)
        ],
        redacted,
    )


def _shown(name: str, figure: Figure) -> ShownFigure:
    from markupsafe import Markup  # noqa: PLC0415  (comes with the extra)

    drawings = []
    for width in figure.widths:
        wide = width == max(figure.widths) if figure.wide else None
        # the drawing library escapes every name; a test puts hostile ones through
        drawings.append(Drawing(wide, Markup(svg(figure, width, f"{name}-{width}"))))  # noqa: S704
    return ShownFigure(figure, drawings)


class Page(Struct, frozen=True, kw_only=True):
    title: str
    made_by: str
    runs: Sequence[ShownRun]
    overview: Sequence[Table]
    explorers: Sequence[str]
    """The names of the blocks that list questions."""
    said: Sequence[str]
    """What the reader of the explorer must know, such as the length at which texts are cut."""


def frame(page: Page) -> tuple[str, str]:
    """The page before its blocks and after them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  (comes with the extra)
    from markupsafe import Markup  # noqa: PLC0415  (as above)

    style, script = style_sheet() + _file("style.css"), "\n".join(_file(name) for name in _SCRIPTS)
    environment = Environment(
        loader=PackageLoader("escalade.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    whole = environment.get_template("page.html").render(
        page=page,
        style=Markup(style),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own files)
        style_hash=_hash(style),
        script_hash=_hash(script),
        blocks=Markup(_BLOCKS),  # noqa: S704  (a constant)
    )
    before, _, after = whole.partition(_BLOCKS)
    return before, after


_BLOCKS = "<!-- blocks -->"


def _file(name: str) -> str:
    return (resources.files("escalade.report.html") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
