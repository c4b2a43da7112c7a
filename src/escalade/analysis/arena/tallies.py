"""What judges did, game by game: their verdicts, whether they stand by them in the other order, which place they like.

Position bias is not random noise: it decides close games. Both figures here are over judged games alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from escalade.analysis.arena.entry import Entry
from escalade.analysis.statistics.interval import mean
from escalade.core.battle import STRENGTHS, Game, Ruling, Side, Style

_NAMES = {2: "much_better", 1: "better", 0: "tie", -1: "worse", -2: "much_worse"}


class Verdicts(Struct, frozen=True, kw_only=True):
    """How often the contestant was called what, in games in which it was shown in one place."""

    much_better: int = 0
    better: int = 0
    tie: int = 0
    worse: int = 0
    much_worse: int = 0
    unjudged: int = 0


class Places(Struct, frozen=True, kw_only=True):
    games: int
    """Judged ones."""
    consistent: float | None
    """The share of rulings whose two games agree on who is better, or that nobody is; None without any."""
    first_slot: float | None
    """The share of games that the answer shown first wins, a tie being half; 0.5 is no preference for a place."""


class Look(Struct, frozen=True, kw_only=True):
    """Means over answers."""

    tokens: float
    headers: float
    lists: float
    bold: float
    estimated: bool
    """True where any length is a guess."""
    answers: int


def verdicts(entries: Iterable[Entry], shown: Side) -> Verdicts:
    """Of the games in which `shown` was first."""
    counts: Counter[str] = Counter()
    for game in _games(entries):
        if game.first == shown:
            counts["unjudged" if game.advantage is None else _NAMES[game.advantage]] += 1
    return Verdicts(**counts)


def places(entries: Iterable[Entry]) -> Places:
    known = list(entries)
    firsts = [_first_wins(STRENGTHS[game.label]) for game in _games(known) if game.label is not None]
    agree = [_agree(won) for ruling in _rulings(known) if (won := ruling.advantages)]
    return Places(
        games=len(firsts),
        consistent=mean(agree) if agree else None,
        first_slot=mean(firsts) if firsts else None,
    )


def look(styles: Iterable[Style | None]) -> Look | None:
    """None where no style is known."""
    known = [style for style in styles if style is not None]
    if not known:
        return None
    return Look(
        tokens=mean([style.tokens for style in known]),
        headers=mean([style.headers for style in known]),
        lists=mean([style.lists for style in known]),
        bold=mean([style.bold for style in known]),
        estimated=any(style.estimated for style in known),
        answers=len(known),
    )


def _rulings(entries: Iterable[Entry]) -> list[Ruling]:
    return [ruling for entry in entries if entry.battle for ruling in entry.battle.rulings]


def _games(entries: Iterable[Entry]) -> list[Game]:
    return [game for ruling in _rulings(entries) for game in ruling.games]


def _first_wins(strength: int) -> float:
    return 0.5 if strength == 0 else float(strength > 0)


def _agree(advantages: Sequence[int]) -> float:
    return float(len({(advantage > 0) - (advantage < 0) for advantage in advantages}) == 1)
