"""What an experiment found, drawn for a terminal."""

from typing import TYPE_CHECKING

from escalade.report.progress import Progress
from escalade.report.table import render
from escalade.report.why import render_why

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Progress", "console", "render", "render_why"]


def console() -> "Console":
    """Standard output: colours on a terminal only, nothing read as markup."""
    from rich.console import Console  # noqa: PLC0415  (wanted only where something is drawn)

    return Console(markup=False, highlight=False, emoji=False)
