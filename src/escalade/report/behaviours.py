"""What agents made of their tools' answers, as a terminal table: one row a system that is an agent."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from escalade.analysis.behaviour import Behaviours
from escalade.report import draw

if TYPE_CHECKING:
    from rich.console import Console

_HEADS = ("agent", "trials", "correct", "modify", "judge (right)", "reserve (right)")


def behaviours(agents: Iterable[tuple[str, Behaviours | None]], console: "Console") -> None:
    """Draw the counts of those of which any trial was counted; nothing without any."""
    rows = [
        (
            name,
            f"{counts.counted:,}",
            f"{counts.correct:,}",
            f"{counts.modify:,}",
            f"{counts.judge:,} ({counts.judge_right:,})",
            f"{counts.reserve:,} ({counts.reserve_right:,})",
        )
        for name, counts in agents
        if counts and counts.counted
    ]
    draw.table("What agents made of their tools' answers, all trials", _HEADS, rows, console)
