"""Fitting: what is measured on some items is used on others. Members are measured alone on one half, by seed.

A figure that was fitted to the items it is reported on flatters: it is refused here. The halves share no item, and
neither is chosen by what anybody answered.
"""

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from escalade.analysis.trial import score_of
from escalade.core.errors import ConfigError
from escalade.core.ids import seeded
from escalade.store import Record
from escalade.tasks.protocol import Item


class Halves(Struct, frozen=True):
    """Items that were drawn apart, each part in the publisher's order."""

    fit: tuple[Item, ...]
    """What may be looked at."""
    held_out: tuple[Item, ...]
    """What is reported on."""

    def __post_init__(self) -> None:
        if not self.fit or not self.held_out:
            some, none = ("held out", "fitted on") if self.held_out else ("fitted on", "held out")
            raise ConfigError(f"no item is left to be {none}: all are {some}", hint="ask more items or another share")
        if shared := {item.id for item in self.fit} & {item.id for item in self.held_out}:
            raise ConfigError(f"{len(shared)} items are both fitted on and held out, {min(shared)} among them")


class Alone(Struct, frozen=True):
    """How one model did by itself."""

    accuracy: float
    """Mean score, 0 to 1; an answer that failed or could not be read counts as wrong."""
    n: int
    """Items; those that the grader failed on are left out."""


def halves(items: Sequence[Item], share: float = 0.5, seed: int = 0) -> Halves:
    """Draw a `share` of the items, 0 to 1, to fit on. Raises ConfigError where that leaves either part empty."""
    count = min(len(items), max(0, round(share * len(items))))
    drawn = set(seeded(seed, "fit").sample(range(len(items)), count))
    return Halves(
        tuple(item for place, item in enumerate(items) if place in drawn),
        tuple(item for place, item in enumerate(items) if place not in drawn),
    )


def alone(records: Iterable[Record]) -> dict[str, Alone]:
    """Each system of a run by itself, from the run's Records. Systems of which nothing was graded are missing."""
    scores: dict[str, list[float]] = {}
    for record in records:
        if (score := score_of(record.grade)) is not None:
            scores.setdefault(record.system, []).append(score)
    return {system: Alone(math.fsum(found) / len(found), len(found)) for system, found in scores.items()}
