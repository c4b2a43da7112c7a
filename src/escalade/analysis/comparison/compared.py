"""The documented object of a comparison, as `escalade compare --json` prints it.

Scores are 0 to 1; money is USD per item as decimal text, or null where it is unknown.
"""

from collections.abc import Sequence

from msgspec import Struct

from escalade.analysis.comparison.comparable import Difference
from escalade.analysis.comparison.duel import Duel, Entrant, duels
from escalade.analysis.comparison.sentences import sentences
from escalade.analysis.figures import quality
from escalade.analysis.summary import Quality
from escalade.analysis.trial import per_item
from escalade.core.ids import seed_of


class ComparedSystem(Struct, frozen=True, kw_only=True):
    """One system as it was compared, over all its trials."""

    name: str
    run: str
    system: str
    task: str
    task_fingerprint: str
    metric: str
    simulated: bool
    graded_by_simulation: bool
    trials: int
    finished: bool
    quality: Quality
    failures: dict[str, int]
    unparsed: int


class Compared(Struct, frozen=True, kw_only=True):
    entries: list[ComparedSystem]
    differences: list[Difference]
    """What made the runs no equals, where they were compared all the same."""
    duels: list[Duel]
    sentences: list[list[str]]
    """Of each duel."""
    notes: list[str]


def compared(
    entrants: Sequence[Entrant],
    *,
    to_first: bool = False,
    gap: float | None = None,
    differences: Sequence[Difference] = (),
    notes: Sequence[str] = (),
) -> Compared:
    """Every entrant against every later one or, `to_first`, each of the others against the first."""
    pairs = (
        [(other, entrants[0]) for other in entrants[1:]]
        if to_first
        else [(first, second) for n, first in enumerate(entrants) for second in entrants[n + 1 :]]
    )
    met = duels(pairs, gap=gap)
    return Compared(
        entries=[_entry(entrant) for entrant in entrants],
        differences=list(differences),
        duels=met,
        sentences=[sentences(duel) for duel in met],
        notes=[*notes, *_notes(entrants)],
    )


def _entry(entrant: Entrant) -> ComparedSystem:
    contestant = entrant.contestant
    run, tally = contestant.run, contestant.tally
    seed = seed_of("entry", run.id, contestant.system)
    return ComparedSystem(
        name=entrant.name,
        run=run.id,
        system=contestant.system,
        task=run.task,
        task_fingerprint=run.task_fingerprint,
        metric=run.metric,
        simulated=contestant.simulated,
        graded_by_simulation=tally.graded_by_simulation,
        trials=len(tally.trials),
        finished=contestant.finished,
        quality=quality(per_item(contestant.trials()), seed),
        failures=dict(sorted(tally.failures.items())),
        unparsed=tally.unparsed,
    )


def _notes(entrants: Sequence[Entrant]) -> list[str]:
    notes = []
    if simulated := [e.name for e in entrants if e.contestant.simulated]:
        notes.append(f"Simulated, no evidence about real models: {', '.join(simulated)}.")
    for entrant in entrants:
        run, done = entrant.contestant.run, len(entrant.contestant.tally.trials)
        if done < (planned := run.items * run.samples):
            notes.append(f"{entrant.name}: {done:,} of {planned:,} trials finished; compared over those that both did.")
    if len(samples := {e.contestant.run.samples for e in entrants}) > 1:
        told = " and ".join(str(n) for n in sorted(samples))
        notes.append(f"The runs have {told} samples of each item; the samples that both have are compared.")
    return notes
