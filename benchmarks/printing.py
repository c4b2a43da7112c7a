"""A plain table of figures, in Markdown, so that what is printed can stand in a page."""

from collections.abc import Sequence


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(heads)} |\n|{'---|' + '--:|' * (len(heads) - 1)}")
    for row in rows:
        print(f"| {' | '.join(_shown(cell) for cell in row)} |")


def _shown(cell: object) -> str:
    """Three significant digits, and no more said than was measured."""
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else str(cell)
    digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
    return f"{cell:,.{digits}f}"
