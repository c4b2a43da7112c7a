"""Duels: the recorded answers of two systems to the same questions, set against each other by judges.

For any open-ended task. A side that gave no answer forfeits; where neither gave one there is nothing to decide.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from escalade.answers import without_reasoning
from escalade.core.battle import Battle
from escalade.core.errors import ConnectionFailed, EscaladeError, NotInJournal
from escalade.ledger.span import Span
from escalade.models.structure import Worst, worst_sum
from escalade.tasks.arena_hard.answers import Answer
from escalade.tasks.arena_hard.games import Games, Pair
from escalade.tasks.arena_hard.questions import category_of, kind_of
from escalade.tasks.protocol import Item


class Duel(Struct, frozen=True):
    """One item, with what the two sides said; "" where a side gave no answer."""

    item: Item
    contestant: str
    baseline: str


class Decided(Struct, frozen=True):
    item: Item
    battle: Battle | None
    """None where a side gave no answer."""
    forfeit: Literal[-1, 0, 1] = 0
    """-1 where the contestant gave no answer, 1 where the baseline gave none, 0 with no battle where neither did."""


async def decide(
    duels: Sequence[Duel],
    games: Games,
    span_of: Callable[[Item], Span],
    *,
    baseline: str,
    at_once: int = 32,
    on_done: Callable[[int], None] | None = None,
) -> list[Decided]:
    """Every duel decided, in order; `baseline` is what the other side is called. Each duel has a span of its own.

    At most `at_once` are under way; `on_done` is told how many are decided. A judge that fails leaves its game
    unjudged; where it would fail on every other as well (a wrong key, no network, a spent budget, a call that
    --offline refuses), nothing more is begun and that error is raised.
    """
    slots, done = asyncio.Semaphore(at_once), 0
    stopped: EscaladeError | None = None

    async def one(duel: Duel) -> Decided | None:
        nonlocal done, stopped
        async with slots:
            if stopped is not None:
                return None
            span = span_of(duel.item)
            decided = await _decided(duel, games, span, baseline)
        stopped = stopped or _hopeless(span)
        done += 1
        if on_done:
            on_done(done)
        return decided

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(duel)) for duel in duels]
    if stopped is not None:
        raise stopped
    return [decided for task in tasks if (decided := task.result()) is not None]


def _hopeless(span: Span) -> EscaladeError | None:
    """What went wrong below `span` and would go wrong with every other question, too."""
    errors = span.ledger.errors
    return next((e for e in errors if e.fatal or isinstance(e, NotInJournal | ConnectionFailed)), None)


def worst_of_all(duels: Sequence[Duel], games: Games) -> Worst:
    """The most that deciding them may take, before anything is found in the journal."""
    return worst_sum([_worst(duel, games) for duel in duels])


def _worst(duel: Duel, games: Games) -> Worst:
    shown = len(duel.contestant.encode()) + len(duel.baseline.encode())
    return games.worst(duel.item, shown, own_answer=kind_of(category_of(duel.item)).own_answer)


async def _decided(duel: Duel, games: Games, span: Span, baseline: str) -> Decided:
    mine, theirs = (without_reasoning(text).strip() for text in (duel.contestant, duel.baseline))
    if not mine or not theirs:
        return Decided(duel.item, None, 1 if mine else -1 if theirs else 0)
    pair = Pair(duel.item, mine, Answer(duel.item.id, baseline, theirs))
    own_answer = kind_of(category_of(duel.item)).own_answer
    return Decided(duel.item, await games.play(pair, span, own_answer=own_answer))


def duels_of(items: Sequence[Item], contestant: Mapping[str, str], baseline: Mapping[str, str]) -> list[Duel]:
    """The duels over the items that both sides were asked; answers by item, "" where one failed."""
    return [
        Duel(item, contestant[item.id], baseline[item.id])
        for item in items
        if item.id in contestant and item.id in baseline
    ]
