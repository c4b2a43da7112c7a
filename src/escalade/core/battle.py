"""Battle: two answers to one question, set against each other by judges. Facts only; scores are derived from them.

A judge is shown both answers twice, once in either order, and says each time how the first compares with the second.
A game whose label could not be read has none: it is no tie. Which way round a label counts is decided here and
nowhere else, so that a sign can be wrong in one place only.
"""

from typing import Literal

from msgspec import Struct

Label = Literal["A>>B", "A>B", "A=B", "B>A", "B>>A"]
"""What a judge says of the answer shown first (A) and the one shown second (B); doubled: much better."""
Side = Literal["contestant", "baseline"]

STRENGTHS: dict[Label, int] = {"A>>B": 2, "A>B": 1, "A=B": 0, "B>A": -1, "B>>A": -2}
"""How much better the first is: 2 much, 1 better, 0 as good, negative: worse."""


class Style(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outward form of an answer: its length, and its marks of emphasis outside fenced code."""

    tokens: int
    headers: int = 0
    lists: int = 0
    bold: int = 0
    estimated: bool = False
    """True where `tokens` was guessed from the number of characters."""


class Game(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One showing of two answers to one judge."""

    first: Side
    """Whose answer was shown as A."""
    label: Label | None = None
    """None where the judge gave none that can be read: the game is unjudged."""
    call: str = ""
    """The Call that holds the judge's words."""
    trouble: str = ""
    """Why there is no label."""

    @property
    def advantage(self) -> int | None:
        """How much better the contestant is, -2 to 2; None where unjudged."""
        if self.label is None:
            return None
        strength = STRENGTHS[self.label]
        return strength if self.first == "contestant" else -strength


class Ruling(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one judge said of a pair of answers."""

    judge: str
    """Its name."""
    conditions: str = ""
    """Names what it is made of and the prompts that it was given; "" where nobody knows, as for imported rulings."""
    games: tuple[Game, ...] = ()

    @property
    def advantages(self) -> tuple[int, ...] | None:
        """The contestant's advantage in each game; None where any game is unjudged, as the half that was judged would
        carry the judge's preference for a place.
        """
        known = tuple(a for game in self.games if (a := game.advantage) is not None)
        return known if known and len(known) == len(self.games) else None


class Battle(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contestant's answer against the baseline's."""

    baseline: str
    """Who gave the other answer."""
    rulings: tuple[Ruling, ...] = ()
    style: Style | None = None
    baseline_style: Style | None = None
    """Both styles are counted by one ruler, or there are none."""
