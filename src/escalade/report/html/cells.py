"""Tables of figures as values: read by people in the page, and exactly by programs in a CSV file."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from escalade.analysis.sentence import points
from escalade.report.money import money

Form = Literal["text", "count", "share", "points", "usd", "number", "p"]
"""`share` is 0 to 1 and shown in hundreds; `usd` is money; `number` has three significant digits."""


class Estimate(Struct, frozen=True):
    """A figure with its 95 % interval, where it has one."""

    value: float | None
    low: float | None = None
    high: float | None = None


Cell = str | int | float | Decimal | Estimate | None


class Column(Struct, frozen=True):
    head: str
    form: Form = "text"
    interval: bool = False
    """Whether its cells are Estimates."""


class Table(Struct, frozen=True, kw_only=True):
    slug: str
    """Names its file."""
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each with whether it is over figures."""
        return [(column.head, column.form != "text") for column in self.columns]

    def shown(self) -> Iterator[list[str]]:
        for row in self.rows:
            yield [_shown(cell, column.form) for cell, column in zip(row, self.columns, strict=True)]

    def as_csv(self) -> str:
        """Figures in full; shares 0 to 1; an interval as two further columns; what is not known as nothing."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        heads: list[str] = []
        for column in self.columns:
            heads += [column.head, *((f"{column.head} low", f"{column.head} high") if column.interval else ())]
        writer.writerow(heads)
        for row in self.rows:
            cells: list[str] = []
            for cell, column in zip(row, self.columns, strict=True):
                cells += _exact(cell, interval=column.interval)
            writer.writerow(cells)
        return file.getvalue()


def _exact(cell: Cell, *, interval: bool) -> list[str]:
    if isinstance(cell, Estimate):
        return [_plain(part) for part in (cell.value, cell.low, cell.high)]
    return [_plain(cell), "", ""] if interval else [_plain(cell)]


def _plain(cell: str | float | Decimal | None) -> str:
    match cell:
        case None:
            return ""
        case str():
            # a spreadsheet would take such a text for a formula
            return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
        case Decimal():
            return f"{cell:f}"
        case _:
            return repr(cell)


def _shown(cell: Cell, form: Form) -> str:
    if isinstance(cell, Estimate):
        whole = _one(cell.value, form)
        if cell.value is None or cell.low is None or cell.high is None:
            return whole
        low, high = (_one(bound, form).removesuffix(" %") for bound in (cell.low, cell.high))
        return f"{whole} [{low}, {high}]"
    return _one(cell, form)


def _one(cell: str | float | Decimal | None, form: Form) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    match form:
        case "count":
            return f"{cell:,.0f}"
        case "share":
            return f"{100 * cell:.1f} %"
        case "points":
            return points(float(cell))
        case "usd":
            return money(cell if isinstance(cell, Decimal) else Decimal(repr(float(cell))))
        case "p":
            return "< 0.0001" if cell < 1e-4 else f"{cell:.2g}"
        case _:
            return f"{cell:.3g}" if abs(float(cell)) < 1000 else f"{cell:,.0f}"
