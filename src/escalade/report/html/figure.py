"""Figure: one drawing with the words that say what it shows and the table of its numbers."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from escalade.report.html.cells import Table

Spec = dict[str, Any]
"""A drawing in the terms of Vega-Lite."""
NARROW, WIDE = 330, 900
"""Pixels: what a phone has room for, and what a page has."""


class Figure(Struct, frozen=True, kw_only=True):
    says: str
    """What is to be seen, in words: the text for those who do not see it, and for those who doubt it."""
    numbers: Table
    """Whose title and slug are the figure's."""
    draw: Callable[[int], Spec]
    """The chart at a width in pixels, everything included."""
    wide: bool = False
    """Whether it is worth a page's width; on a phone it is drawn again for its own."""

    @property
    def slug(self) -> str:
        return self.numbers.slug

    @property
    def widths(self) -> tuple[int, ...]:
        return (WIDE, NARROW) if self.wide else (NARROW,)
