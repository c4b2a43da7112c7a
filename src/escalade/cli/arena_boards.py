"""Gathering what boards are made of, from a run or from official files, and printing them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from escalade.analysis.arena import Arena, Cast, Entry, boards, entries, feature_sets
from escalade.cli.output import print_json
from escalade.core.errors import ConfigError, DataError
from escalade.core.scheme import OFFICIAL, Scheme
from escalade.experiment.revised import revised
from escalade.store import Store
from escalade.tasks.arena_hard.answers import Answers, read_answers
from escalade.tasks.arena_hard.importing import read_folder
from escalade.tasks.arena_hard.judgments import Imported, read_judgments


class Asked(Struct, frozen=True, kw_only=True):
    """How to score."""

    scheme: Scheme
    features: str = ""
    """As `--features` has it."""
    judges: tuple[str, ...] = ()
    """These only."""
    seed: int = 0

    def sets(self) -> list[tuple[str, ...]]:
        """Raises ConfigError for a feature that there is none of."""
        if self.features == "none":
            return []
        try:
            return feature_sets(self.features)
        except ValueError as error:
            raise ConfigError(
                f"there is no feature of style {error.args[0]!r}",
                hint="there are: length, headers, lists, bold, in any combination; or all, or none",
            ) from error


def of_run(store: Store, run_id: str, asked: Asked, *, revision: int | None = None) -> Arena:
    """The boards of a stored run."""
    seen = revised(store, run_id, revision)
    cast = Cast.empty()
    found: list[Entry] = []
    for record in seen.records():
        cast.add(record)
        found += entries([record])
    if not any(entry.battle for entry in found):
        raise DataError(
            f"run {seen.run.id} has no answer that was judged against a baseline's",
            hint="`escalade arena score` reads runs of the task arena_hard, and official judgment files",
        )
    simulated = cast.simulated or any(system.simulated for system in seen.run.systems.values())
    return _scored(found, cast, asked, source=f"run {seen.run.id}", task=seen.run.task, simulated=simulated)


def of_files(imported: Sequence[Imported], asked: Asked) -> Arena:
    """The boards of official judgments."""
    found = [Entry(system=o.model, item=o.item, category=o.category, battle=o.battle) for o in imported]
    cast = Cast.empty()
    for one in imported:
        cast.systems.setdefault(one.model, set()).add(one.model)
        cast.baselines[one.battle.baseline] = {one.battle.baseline}
        for ruling in one.battle.rulings:
            cast.judges.setdefault(ruling.judge, set()).add(ruling.judge)
    return _scored(found, cast, asked, source="official files", task="", simulated=any(o.simulated for o in imported))


def read_official(places: Iterable[Path], answers: Path | None) -> list[Imported]:
    """The judgments in these files, or in all files of a folder, with the answers that are in the folder `answers`."""
    files = [file for place in places for file in _jsonl_in(place)]
    return read_judgments(files, answers_in(answers) if answers else None)


def answers_in(folder: Path) -> dict[str, Answers]:
    """By model."""
    return dict(read_folder([read_answers(file) for file in _jsonl_in(folder)]))


def print_arena(arena: Arena, *, json: bool) -> None:
    if json:
        print_json(arena)
        return
    from escalade.report import console  # noqa: PLC0415  (heavy: not for JSON)
    from escalade.report.arena import render_arena  # noqa: PLC0415

    render_arena(arena, console())


def print_boards_of(store: Store, run_id: str, revision: int | None) -> None:
    """The boards that belong under a run's report; nothing where no answer was judged yet."""
    try:
        print_arena(of_run(store, run_id, Asked(scheme=OFFICIAL), revision=revision), json=False)
    except DataError:
        return


def _scored(found: list[Entry], cast: Cast, asked: Asked, *, source: str, task: str, simulated: bool) -> Arena:
    chosen = _judged_by(found, asked.judges)
    others = _judges_of(found) - set(asked.judges) if asked.judges else set()
    judges = [name for name in cast.judges if name not in others]
    return Arena(
        source=source,
        task=task,
        simulated=simulated,
        boards=boards(chosen, asked.scheme, asked.sets(), asked.seed),
        kinships=cast.kinships(judges),
    )


def _judged_by(found: list[Entry], judges: tuple[str, ...]) -> list[Entry]:
    """With the rulings of these judges only. Raises ConfigError for one who ruled nowhere."""
    there = _judges_of(found)
    if unknown := [name for name in judges if name not in there]:
        raise ConfigError(f"there is no judge {unknown[0]!r} here", hint=f"there are: {', '.join(sorted(there))}")
    return [_only(entry, judges) for entry in found] if judges else found


def _judges_of(found: Iterable[Entry]) -> set[str]:
    """Whoever ruled; a judge that is made of several models has a name of its own, which is none of theirs."""
    return {ruling.judge for entry in found if entry.battle for ruling in entry.battle.rulings}


def _only(entry: Entry, judges: tuple[str, ...]) -> Entry:
    if entry.battle is None:
        return entry
    rulings = tuple(ruling for ruling in entry.battle.rulings if ruling.judge in judges)
    return msgspec.structs.replace(entry, battle=msgspec.structs.replace(entry.battle, rulings=rulings))


def _jsonl_in(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    files = sorted(file for pattern in ("**/*.jsonl", "**/*.jsonl.gz") for file in place.glob(pattern))
    if not files:
        raise DataError(f"there is no .jsonl file in {place}")
    return files
