"""Tables and lines on a terminal or in a pipe, at most 100 columns wide.

Everything is printed as text, never as markup, and what does not fit is folded, never cut: no figure is hidden for
want of room.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from escalade.report.untrusted import safe

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 100


@contextmanager
def full_width(console: "Console") -> Iterator[None]:
    """Within it, a pipe takes 100 columns, though it says 80 because it cannot know. A terminal knows its width."""
    width = console.width
    if not console.is_terminal:
        console.width = WIDTH
    try:
        yield
    finally:
        if not console.is_terminal:
            console.width = width


def table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], console: "Console", *, words: int = 1
) -> None:
    """Nothing without rows. The first `words` columns hold words and stand left, the others figures."""
    from rich import box  # noqa: PLC0415  (wanted only where something is drawn)
    from rich.table import Table  # noqa: PLC0415  (as above)
    from rich.text import Text  # noqa: PLC0415  (as above)

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, head in enumerate(heads):
        drawn.add_column(Text(safe(head)), overflow="fold", justify="left" if index < words else "right")
    for row in rows:
        drawn.add_row(*(Text(safe(cell)) for cell in row))
    if drawn.row_count:
        console.print()
        line(title, console, "bold")
        console.print(drawn, width=WIDTH)


def lines(title: str, sentences: Sequence[str], console: "Console") -> None:
    """A title with its sentences; nothing without any."""
    from rich.padding import Padding  # noqa: PLC0415  (wanted only where something is drawn)
    from rich.text import Text  # noqa: PLC0415  (as above)

    if sentences:
        console.print()
        line(title, console, "bold")
    for sentence in sentences:
        console.print(Padding(Text(safe(sentence)), (0, 0, 0, 2)), width=WIDTH)


def line(text: str, console: "Console", style: str = "") -> None:
    from rich.text import Text  # noqa: PLC0415  (wanted only where something is drawn)

    console.print(Text(safe(text), style), width=WIDTH)


def with_command(text: str, console: "Console", *, indent: int = 0) -> None:
    """A sentence with a command to copy: never folded by us, since a terminal joins again only what it folds itself."""
    from rich.text import Text  # noqa: PLC0415  (wanted only where something is drawn)

    console.print(Text(" " * indent + safe(text)), soft_wrap=True)
