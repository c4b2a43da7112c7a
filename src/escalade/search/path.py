"""The path of a search as values: what it asks for, what became of it, and where it came to."""

from msgspec import Struct

from escalade.analysis.summary import Comparison
from escalade.search.board import Board
from escalade.search.candidate import Candidate
from escalade.search.division import PartName


class Round(Struct, frozen=True, kw_only=True):
    """What is to be run next: these candidates on these items of a part."""

    stage: str
    heat: int = 1
    part: PartName
    candidates: tuple[Candidate, ...]
    items: tuple[str, ...]


class RoundRun(Struct, frozen=True, kw_only=True):
    """Which run in the store a finished round is."""

    run: str
    stage: str
    part: PartName
    heat: int | None
    """None for rounds on other than train items."""


class Heat(Struct, frozen=True, kw_only=True):
    """What became of a round on train items."""

    stage: str
    items: int
    """All that have been asked by its end."""
    entered: list[str]
    dropped: dict[str, str]
    """Who went after it, with the reason."""


class Gain(Struct, frozen=True, kw_only=True):
    """Whether a layer was worth it."""

    stage: str
    over: str
    """The best before it."""
    versus: Comparison | None
    """The layer's best less that one; None where none of the layer finished."""
    significant: bool


class Found(Struct, kw_only=True):
    """Where a search came to."""

    board: Board
    heats: list[Heat] = []
    gains: list[Gain] = []
    head: str = ""
    best_model: str = ""
    """The best base model, by the train items."""
    champion: str = ""
    """The best of all on the train items: what a search without selection items would report."""
    finalists: list[str] = []
    winner: str = ""
    ended: str = ""
    """Why no further layer was tried."""
