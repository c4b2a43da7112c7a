"""Boards: contestants side by side, each board under one set of conditions that it names.

A board is of one category, one baseline, one set of judges with their prompts, one scheme. What was judged otherwise is
on another board: no figure here mixes the two.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct

from escalade.analysis.arena.agreement import judges_alpha
from escalade.analysis.arena.control import Controlled, controlled
from escalade.analysis.arena.entry import Entry
from escalade.analysis.arena.family import Kinship
from escalade.analysis.arena.rows import Rows, rows_of
from escalade.analysis.arena.share import Estimate, clustered, official
from escalade.analysis.arena.tallies import Look, Places, Verdicts, look, places, verdicts
from escalade.core.ids import seed_of
from escalade.core.scheme import Scheme


class Conditions(Struct, frozen=True, order=True):
    """What must be the same for two figures to stand side by side."""

    category: str
    baseline: str
    judges: tuple[tuple[str, str], ...]
    """Names, each with a fingerprint of the judge's settings and prompts; "" where nobody knows them."""


class ContestantScores(Struct, frozen=True, kw_only=True):
    """One contestant."""

    system: str
    questions: int
    """Those that it was judged on, by at least one judge in both orders, or failed to answer."""
    failures: int
    """Trials without an answer: lost in our figure; the official code does not know them."""
    baseline_failures: int
    """Questions that the baseline alone did not answer: won in our figure; unknown to the official code."""
    unanswered: int = 0
    """Questions that neither side answered: in no figure."""
    unjudged: int
    """Rulings without a label for both games: in neither figure."""
    official: Estimate
    """90 %, resampling games."""
    ours: Estimate
    """95 %, resampling questions."""
    by_judge: dict[str, Estimate]
    """Ours, where there are several judges."""
    shown_first: Verdicts
    shown_second: Verdicts
    places: Places
    look: Look | None


class Board(Struct, frozen=True, kw_only=True):
    conditions: Conditions
    scheme: Scheme
    questions: int
    standings: list[ContestantScores]
    """Best first by our figure."""
    baseline_look: Look | None
    places: Places
    alpha: float | None
    """Agreement of the judges, where there are several."""
    controlled: list[Controlled]
    """Style-controlled figures, of the whole pool of contestants on this board."""


class Arena(Struct, frozen=True, kw_only=True):
    """All boards of one source, which is a run or a set of files."""

    source: str
    task: str = ""
    simulated: bool = False
    boards: list[Board]
    kinships: list[Kinship]


def boards(
    entries: Iterable[Entry], scheme: Scheme, feature_sets: Sequence[Sequence[str]] = (), seed: int = 0
) -> list[Board]:
    """The boards of these entries, by category, baseline and judges. Forfeits go to each board of their category."""
    everything = sorted(entries, key=lambda entry: (entry.system, entry.item))
    judged = sorted((entry for entry in everything if entry.battle), key=conditions_of)
    made = []
    for conditions, group in groupby(judged, key=conditions_of):
        forfeits = [entry for entry in everything if entry.forfeit and entry.category == conditions.category]
        board = _board(conditions, [*group, *forfeits], scheme, feature_sets, seed)
        neither = Counter(e.system for e in everything if e.is_unanswered and e.category == conditions.category)
        standings = [msgspec.structs.replace(s, unanswered=neither[s.system]) for s in board.standings]
        made.append(msgspec.structs.replace(board, standings=standings))
    return made


def conditions_of(entry: Entry) -> Conditions:
    """Of an entry that has a battle."""
    assert entry.battle is not None
    judges = tuple((ruling.judge, ruling.conditions) for ruling in entry.battle.rulings)
    return Conditions(entry.category, entry.battle.baseline, judges)


def _board(
    conditions: Conditions, entries: Sequence[Entry], scheme: Scheme, sets: Sequence[Sequence[str]], seed: int
) -> Board:
    judges = [name for name, _ in conditions.judges]
    drawn = seed_of(seed, conditions.category, conditions.baseline, *judges)
    rows = rows_of(entries)
    by_judge = {judge: rows_of(entries, judge) for judge in judges} if len(judges) > 1 else {}
    standings = _standings(entries, rows, by_judge, scheme, drawn)
    return Board(
        conditions=conditions,
        scheme=scheme,
        questions=len(rows.items),
        standings=sorted(standings, key=lambda s: (-(s.ours.value or 0.0), s.system)),
        baseline_look=look({e.item: e.battle.baseline_style for e in entries if e.battle}.values()),
        places=places(entries),
        alpha=judges_alpha(entries) if by_judge else None,
        controlled=list(controlled(rows, scheme, sets, drawn)),
    )


def _standings(
    entries: Sequence[Entry], rows: Rows, by_judge: dict[str, Rows], scheme: Scheme, seed: int
) -> list[ContestantScores]:
    ours = dict(zip(rows.systems, clustered(rows, scheme, seed), strict=True))
    games = rows_of(entries, forfeits=False)
    theirs = dict(zip(games.systems, official(games, scheme, seed), strict=True))
    each = {judge: dict(zip(own.systems, clustered(own, scheme, seed), strict=True)) for judge, own in by_judge.items()}
    standings = []
    for system in rows.systems:
        own = [entry for entry in entries if entry.system == system]
        rulings = [ruling for entry in own if entry.battle for ruling in entry.battle.rulings]
        standings.append(
            ContestantScores(
                system=system,
                questions=len({entry.item for entry in own if entry.forfeit or _judged(entry)}),
                failures=sum(entry.forfeit < 0 for entry in own),
                baseline_failures=sum(entry.forfeit > 0 for entry in own),
                unjudged=sum(ruling.advantages is None for ruling in rulings),
                official=theirs[system],
                ours=ours[system],
                by_judge={judge: estimates[system] for judge, estimates in each.items()},
                shown_first=verdicts(own, "contestant"),
                shown_second=verdicts(own, "baseline"),
                places=places(own),
                look=look(entry.battle.style for entry in own if entry.battle),
            )
        )
    return standings


def _judged(entry: Entry) -> bool:
    return entry.battle is not None and any(ruling.advantages for ruling in entry.battle.rulings)
