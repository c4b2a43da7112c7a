"""Rows: judged games as columns of numbers, one row a game, for whatever is computed from them.

Only rulings with both games judged are here. Questions are numbered across all contestants, so that resampling draws
the same questions for each of them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.analysis.arena.entry import Entry
from escalade.core.battle import Style
from escalade.core.scheme import Scheme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

FEATURES = ("length", "headers", "lists", "bold")


class Rows(Struct, frozen=True, kw_only=True):
    """Of n games: `system` and `question` number names in `systems` and `items`, `entry` the entries."""

    systems: tuple[str, ...]
    items: tuple[str, ...]
    system: "Ints"
    question: "Ints"
    entry: "Ints"
    advantage: "Ints"
    """The contestant's, -2 to 2."""
    forfeit: "Ints"
    """-1 where the contestant lost for want of an answer, 1 where it was given the game so; 0 for judged games."""
    style: "Floats"
    """n x 4, in the order of `FEATURES`; zeros where `styled` is False."""
    styled: "NDArray[np.bool_]"
    """Whether the styles of both answers are known."""

    def values(self, scheme: Scheme) -> "Floats":
        """The share of each game that the contestant won."""
        return self._by_advantage([scheme.value(a) for a in range(-2, 3)])

    def weights(self, scheme: Scheme) -> "Floats":
        return self._by_advantage([scheme.weigh(a) for a in range(-2, 3)])

    def by_system(self, column: "Floats") -> "Floats":
        """Sums of `column`, which has a number a game, over each system's games."""
        return self._sums(self.system, column, len(self.systems))

    def by_question(self, column: "Floats") -> "Floats":
        """The same, questions x systems."""
        shape = (len(self.items), len(self.systems))
        return self._sums(self.question * shape[1] + self.system, column, shape[0] * shape[1]).reshape(shape)

    def _sums(self, cell: "Ints", column: "Floats", size: int) -> "Floats":
        import numpy as np  # noqa: PLC0415  (as above)

        summed: Floats = np.bincount(cell, weights=column, minlength=size).astype(np.float64)
        return summed

    def _by_advantage(self, table: Sequence[float]) -> "Floats":
        import numpy as np  # noqa: PLC0415  (loading it takes longer than most commands that never compute)

        worth: Floats = np.asarray(table)[self.advantage + 2]
        return worth


def rows_of(entries: Sequence[Entry], judge: str = "", *, forfeits: bool = True) -> Rows:
    """The games of `judge`, or of all judges pooled. With `forfeits`, a side without an answer lost both games, by
    much, before each judge who ruled in these entries.
    """
    import numpy as np  # noqa: PLC0415  (as above)

    systems = tuple(dict.fromkeys(entry.system for entry in entries))
    items = tuple(sorted({entry.item for entry in entries}))
    numbers, places = {name: n for n, name in enumerate(systems)}, {item: n for n, item in enumerate(items)}
    judges = len({r.judge for e in entries if e.battle for r in e.battle.rulings if judge in ("", r.judge)})
    table: list[tuple[int, int, int, int, int]] = []
    styles: list[tuple[float, ...] | None] = []
    for number, entry in enumerate(entries):
        given = 2 * judges if forfeits and entry.forfeit else 0
        won = _advantages(entry, judge) or [2 * entry.forfeit] * given
        where = (numbers[entry.system], places[entry.item], number)
        table += [(*where, advantage, entry.forfeit) for advantage in won]
        styles += [_features(entry)] * len(won)
    columns = np.asarray(table, dtype=np.int64).reshape(-1, 5)
    return Rows(
        systems=systems,
        items=items,
        system=columns[:, 0],
        question=columns[:, 1],
        entry=columns[:, 2],
        advantage=columns[:, 3],
        forfeit=columns[:, 4],
        style=np.asarray([style or (0.0,) * len(FEATURES) for style in styles]).reshape(-1, len(FEATURES)),
        styled=np.asarray([style is not None for style in styles], dtype=bool),
    )


def _advantages(entry: Entry, judge: str) -> list[int]:
    rulings = entry.battle.rulings if entry.battle else ()
    return [a for ruling in rulings if judge in ("", ruling.judge) for a in ruling.advantages or ()]


def _features(entry: Entry) -> tuple[float, ...] | None:
    battle = entry.battle
    if battle is None or battle.style is None or battle.baseline_style is None:
        return None
    return style_difference(battle.style, battle.baseline_style)


def style_difference(mine: Style, theirs: Style) -> tuple[float, float, float, float]:
    """By Arena-Hard-Auto's formulas, each -1 to 1: relative length, and relative density of headings, list items, bold.

    Density is the count over the tokens and one; two answers without a token are equally long.
    """
    both = mine.tokens + theirs.tokens
    length = (mine.tokens - theirs.tokens) / both if both else 0.0
    counts = ((mine.headers, theirs.headers), (mine.lists, theirs.lists), (mine.bold, theirs.bold))
    densities = [(m / (mine.tokens + 1), t / (theirs.tokens + 1)) for m, t in counts]
    headers, lists, bold = ((m - t) / (m + t + 1) for m, t in densities)
    return length, headers, lists, bold
