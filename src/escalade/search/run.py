"""Running a search: each round is an ordinary experiment, so that it is resumed, budgeted, stored and shown as such.

The rounds share one journal and one budget. What an earlier round asked is not paid for again, be it a lower layer of
a structure or the same item in a later heat; killed and started again, a search takes the same path and finds the
Records and Calls of its rounds.
"""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from escalade.analysis.trial import PerItem
from escalade.core.errors import BudgetExceeded
from escalade.experiment import Experiment, Runner, RunOutcome, Watcher
from escalade.ledger.budget import Budget, Limits
from escalade.search.division import PARTS
from escalade.search.evidence import Evidence
from escalade.search.findings import findings
from escalade.search.machine import Rounds, Search
from escalade.search.path import Found, Round
from escalade.search.result import Searched
from escalade.search.setting import Setting
from escalade.store import Store
from escalade.tasks.protocol import Item

_STAGE = "held-out"
"""What the last round's run is named by."""


class Onlooker(Watcher, Protocol):
    """A watcher that is told of rounds, too."""

    def limited_by(self, budget: Budget) -> None:
        """The round that begins next draws on this budget."""

    def round(self, asked: Round, figures: Mapping[str, PerItem]) -> None: ...


class Ended(Struct, frozen=True):
    """How a search ended: with what it found, or with what it has so far and the round that did not finish."""

    searched: Searched
    outcome: RunOutcome
    """Of the last round that was run."""


class Searcher:
    """One search. `stop()` ends it gracefully, a second time at once, as it does a run."""

    def __init__(
        self,
        setting: Setting,
        store: Store,
        onlooker: Onlooker | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._setting = setting
        self._store = store
        self._onlooker = onlooker
        self._evidence = Evidence()
        self._beside: dict[str, PerItem] = {}
        self._items: dict[str, Item] = {}
        self._runner: Runner | None = None
        self._stopped = False
        self._clock = clock
        self._began = clock()

    def stop(self) -> None:
        self._stopped = True
        if self._runner is not None:
            self._runner.stop()

    async def run(self) -> Ended:
        """Run round after round. Raises ConfigError where a cost that decides is unknown, or a name stands twice."""
        setting = self._setting
        setting.check_prices()
        setting.check_names()
        parts = {part: await setting.division.items(part) for part in PARTS}
        self._items = {item.id: item for items in parts.values() for item in items}
        search = Search(setting.plan, {part: [item.id for item in items] for part, items in parts.items()})
        rounds = search.rounds() if setting.structure is None else search.given(setting.structure)
        try:
            outcome = await self._through(rounds, search.found)
        finally:
            await setting.division.close()
        unfinished = "" if outcome.ended == "finished" else outcome.run.id
        found = findings(setting, search.found, self._evidence, self._store, beside=self._beside, unfinished=unfinished)
        return Ended(found, outcome)

    async def _through(self, rounds: Rounds, found: Found) -> RunOutcome:
        """All rounds, or those up to one that does not finish."""
        asked = next(rounds)
        while True:
            self._runner = Runner(self._experiment(asked, found), self._store, self._onlooker)
            if self._stopped:  # between two rounds
                self._runner.stop()
            if self._onlooker:
                self._onlooker.limited_by(self._runner.budget)
            outcome = await self._runner.run()
            self._evidence.begun(outcome.run)
            if outcome.ended != "finished":
                return self._told_of_time(outcome)
            read = self._evidence.read(self._store, outcome.run, asked)
            figures = {candidate.name: read.pop(candidate.name) for candidate in asked.candidates}
            self._beside |= read
            if self._onlooker:
                self._onlooker.round(asked, figures)
            try:
                asked = rounds.send(figures)
            except StopIteration:
                return outcome

    def _experiment(self, asked: Round, found: Found) -> Experiment:
        setting, last = self._setting, asked.part == "test"
        systems = {candidate.name: setting.kit.build(candidate) for candidate in asked.candidates}
        rivals = frozenset(n for n in systems if found.board.entries[n].stage == "rivals" and n != found.winner)
        stage = _STAGE if last else asked.stage
        return Experiment(
            name=f"{setting.name}.{stage.replace(' ', '-')}",
            task=setting.division.part(asked.part, stays_open=True),
            systems=systems | dict(setting.compared) if last else systems,
            rivals=rivals if last else frozenset(),
            reference=found.best_model if found.best_model in systems else "",
            pool=[self._items[item] for item in asked.items],
            limit=setting.limit if last else 0,
            seed=setting.plan.seed,
            samples=setting.samples,
            concurrency=setting.concurrency,
            budget=self._left(),
            after=tuple(self._evidence.runs),
            question=setting.question,
            notes=(*setting.notes, setting.note(asked)),
        )

    def _left(self) -> Limits:
        """The limits of the next round: what earlier rounds spent is counted there, but for time."""
        limits = self._setting.budget
        if limits.seconds is None:
            return limits
        left = limits.seconds - (self._clock() - self._began)
        return msgspec.structs.replace(limits, seconds=max(0.0, left))

    def _told_of_time(self, outcome: RunOutcome) -> RunOutcome:
        """The outcome, where time ran out with the limit that was asked for in place of what the round had of it."""
        seconds, error = self._setting.budget.seconds, outcome.error
        if seconds is None or not isinstance(error, BudgetExceeded) or error.limit != "seconds":
            return outcome
        whole = BudgetExceeded(f"run budget reached: {seconds:g} seconds for all rounds", limit="seconds", scope="run")
        return msgspec.structs.replace(outcome, error=whole)
