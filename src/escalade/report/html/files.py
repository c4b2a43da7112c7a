"""Every figure as SVG and PNG, and every table as CSV, in a folder, for papers and for programs."""

from collections.abc import Iterable
from pathlib import Path

from escalade.report.html.cells import Table
from escalade.report.html.drawing import Paper, png, svg
from escalade.report.html.figure import Figure

_LONGEST = 120
"""Letters of a file's name."""


class Folder:
    """A folder to write into; made when the first file is."""

    def __init__(self, path: Path) -> None:
        self.written: list[str] = []
        self._path = path
        self._taken: set[str] = set()

    def draw(self, run: str, figures: Iterable[Figure], caution: str) -> None:
        """Each at its greatest width, on paper of its own, with the `caution` that its readers need."""
        for figure in figures:
            drawing = svg(figure, max(figure.widths), "figure", Paper(caution))
            name = self._name(f"{run}-{figure.slug}")
            self._put(f"{name}.svg", drawing.encode())
            self._put(f"{name}.png", png(drawing))

    def tabulate(self, run: str, tables: Iterable[Table]) -> None:
        """`run` is "" for tables of several runs."""
        for table in tables:
            name = self._name(f"{run}-{table.slug}" if run else table.slug)
            self._put(f"{name}.csv", table.as_csv().encode())

    def _name(self, wanted: str) -> str:
        """One that every file system takes and that is not taken, whatever systems and labels are called."""
        kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in wanted)[:_LONGEST]
        names = (kept, *(f"{kept}-{n}" for n in range(2, len(self._taken) + 3)))
        name = next(each for each in names if each.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name

    def _put(self, name: str, content: bytes) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        file = self._path / name
        file.write_bytes(content)
        self.written.append(str(file))
