"""`escalade compare A B --judge J`: a judge sets the stored answers of two systems against each other.

The systems are not asked again. The judge is, twice for each question, through the journal: asked again, it costs
nothing. Texts of questions come from the config's task, whose wording must be the run's.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.analysis.arena import Arena, Cast, Entry, boards
from escalade.cli.contestants import Named, named
from escalade.cli.interrupting import interruptible
from escalade.cli.output import say
from escalade.config.arena import games
from escalade.config.opening import Choices, Opened, open_experiment
from escalade.core.errors import ConfigError, DataError
from escalade.core.ids import fingerprint
from escalade.core.scheme import OFFICIAL
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.span import Ledger, Span
from escalade.ledger.tags import Tags
from escalade.models.journal import said
from escalade.report.money import money
from escalade.tasks.arena_hard.duel import Decided, decide, duels_of, worst_of_all

if TYPE_CHECKING:
    from escalade.store import Record, Store
    from escalade.tasks.protocol import Item


class Side(Struct, frozen=True):
    """One system's answers."""

    name: str
    answers: dict[str, str]
    """By item; "" where it gave none."""
    wordings: dict[str, str]
    stated_simulated: bool
    """As its run's config says; `Cast` knows what replies say."""


def duel(told: Sequence[str], judges: list[str], config: Path, experiment: str | None, choices: Choices) -> Arena:
    """The boards of the first system against the second. Raises ConfigError or DataError before anybody is asked."""
    return asyncio.run(_duel(told, judges, config, experiment, choices))


async def _duel(
    told: Sequence[str], judges: list[str], config: Path, experiment: str | None, choices: Choices
) -> Arena:
    async with open_experiment(config, experiment, choices) as opened:
        cast = Cast.empty()
        mine, theirs = _sides(opened.store, told, cast)
        cast.baselines[theirs.name] = cast.systems.pop(theirs.name)
        items = await opened.experiment.task.items()
        _check_wording(items, (mine, theirs))
        duels = duels_of(items, mine.answers, theirs.answers)
        if not duels:
            raise DataError(f"{mine.name} and {theirs.name} have no question in common")
        playing = games(opened.builder, judges, ("--judge",))
        spans = _Spans(opened, f"{mine.name} against {theirs.name}", Limits(usd=choices.budget_usd))
        worst = worst_of_all(duels, playing)
        say(
            f"{len(duels):,} questions, {2 * len(duels) * len(judges):,} games: at most {worst.calls:,} calls and "
            f"{money(worst.usd)}; those in the journal cost nothing"
        )
        async with interruptible(spans.budget):
            decided = await decide(duels, playing, spans.of, baseline=theirs.name, on_done=_progress(len(duels)))
        spans.add_judges_to(cast)
    stated = mine.stated_simulated or theirs.stated_simulated or playing.simulated
    return _arena(decided, mine, cast, simulated=stated or cast.simulated)


def _arena(decided: Sequence[Decided], mine: Side, cast: Cast, *, simulated: bool) -> Arena:
    found = [
        Entry(
            system=mine.name,
            item=one.item.id,
            category=one.item.labels.get("category", ""),
            battle=one.battle,
            forfeit=one.forfeit,
        )
        for one in decided
    ]
    return Arena(
        source="stored answers, judged now",
        task="all",
        simulated=simulated,
        boards=boards(found, OFFICIAL),
        kinships=cast.kinships(cast.judges),
    )


def _sides(store: "Store", told: Sequence[str], cast: Cast) -> tuple[Side, Side]:
    chosen = [(one, system) for text in told for one in [named(store, text)] for system in one.systems]
    if len(chosen) != 2:
        raise ConfigError(
            f"a judge compares two systems, and {' '.join(told)} names {len(chosen)}", hint="name two of RUN:SYSTEM"
        )
    names = [system for _, system in chosen]
    if names[0] == names[1]:
        names = [f"{one.seen.run.id}:{system}" for one, system in chosen]
    mine, theirs = (_side(store, one, system, name, cast) for (one, system), name in zip(chosen, names, strict=True))
    return mine, theirs


def _side(store: "Store", one: Named, system: str, name: str, cast: Cast) -> Side:
    if one.seen.run.redacted:
        raise DataError(f"the texts of {one.seen.run.task} are not shown to a judge", hint="it is graded by its gold")
    records = [r for r in one.seen.records() if r.system == system and not r.sample]
    rows = store.texts([record.answer for record in records if record.answer])
    texts = {key: said(row) or "" for key, row in rows.items()}
    models = {call.asked or call.model for record in records for call in record.calls if call.role != "gate"}
    cast.systems[name] = models
    cast.providers.update(call.provider for record in records for call in record.calls)
    return Side(
        name,
        {record.item: _text(record, texts) for record in records},
        {record.item: record.wording for record in records},
        one.seen.run.systems[system].simulated,
    )


def _text(record: "Record", texts: dict[str, str]) -> str:
    return record.text if record.text is not None else texts.get(record.answer, "")


def _check_wording(items: "Sequence[Item]", sides: Sequence[Side]) -> None:
    for side in sides:
        other = [item.id for item in items if side.wordings.get(item.id) not in (None, "", item.wording)]
        if other:
            raise DataError(
                f"the config's question {other[0]} is worded otherwise than the one that {side.name} answered",
                hint="name the config and the experiment that the run was made with",
            )


class _Spans:
    """The judges' account, one tree of spans for each question."""

    def __init__(self, opened: Opened, name: str, limits: Limits) -> None:
        self._run = f"duel-{fingerprint(name)[:8]}"
        self._name = name
        self._seed = opened.experiment.seed
        self._redacted = opened.experiment.task.redacted
        self.budget = Budget(limits, scope="run")
        self._ledgers: list[Ledger] = []

    def of(self, item: "Item") -> Span:
        tags = Tags(self._run, self._name, item.id, account="grading", redacted=self._redacted)
        self._ledgers.append(Ledger())
        budget = Budget(inside=self.budget)
        return Span.root(self._name, budget=budget, seed=self._seed, ledger=self._ledgers[-1], tags=tags)

    def add_judges_to(self, cast: Cast) -> None:
        for call in (call for ledger in self._ledgers for call in ledger.calls):
            cast.judges.setdefault(call.model, set()).add(call.asked or call.model)
            cast.providers.add(call.provider)


def _progress(total: int) -> "_Told | None":
    return _Told(total) if sys.stderr.isatty() else None


class _Told:
    """A line on the terminal that counts."""

    def __init__(self, total: int) -> None:
        self._total = total

    def __call__(self, done: int) -> None:
        sys.stderr.write(f"\r{done:,} of {self._total:,} questions judged" + ("\n" if done == self._total else ""))
        sys.stderr.flush()
