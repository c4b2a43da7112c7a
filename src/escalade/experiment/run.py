"""Running an experiment: trials at most so many at once, finished ones skipped, failures as outcomes.

Killed at any point and started again, it does what is left; every answered call is in the journal. It stops of itself
where going on would help nobody: a wrong key, an unknown model, no network, a store that fails, a budget that is
spent. Trials that such a thing ended are left for the next time.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from escalade import __version__
from escalade.core.errors import BudgetExceeded, ConfigError, ConnectionFailed, EscaladeError, NotInJournal
from escalade.experiment.plan import Experiment
from escalade.experiment.recordable import Unrecorded
from escalade.experiment.trial import Setting, Trial, run_trial
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.store import Record, Run, Store
from escalade.tasks.protocol import Item

Ended = Literal["finished", "budget", "interrupted", "stopped"]
_GRACE_S = 10.0
"""How long calls in flight may take to finish after an interruption."""
_UNREACHED_AT_MOST = 8
"""Trials in a row that end for want of a connection before the run does."""


class Watcher(Protocol):
    """Is told what happens, as it happens; decides nothing."""

    def begin(self, total: int, done: int) -> None: ...

    def call(self, call: Call) -> None: ...

    def trial(self, record: Record) -> None: ...


class Outcome(Struct, frozen=True):
    run: Run
    ended: Ended
    trials: int
    """All there are."""
    done: int
    error: EscaladeError | None = None
    """Why it was stopped."""


class Runner:
    """One run of an experiment. `stop()` ends it gracefully from outside, a second time at once."""

    def __init__(self, experiment: Experiment, store: Store, watcher: Watcher | None = None) -> None:
        self._experiment = experiment
        self._store = store
        self._watcher = watcher
        self._budget = Budget(experiment.budget, scope="run")
        self._stopping = asyncio.Event()
        self._error: EscaladeError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._done = 0
        self._unreached = 0
        self._interrupted = False

    def stop(self) -> None:
        """Start no further call; let those in flight finish for a short while. Again: cut them."""
        if self._interrupted:
            for task in self._tasks:
                task.cancel()
        self._interrupted = True
        self._budget.close()
        self._stopping.set()

    async def run(self) -> Outcome:
        items = await self._experiment.items()
        run = self._describe(items)
        self._check_prices(items)
        self._store.begin_run(run)
        self._budget.already_spent(*self._store.owed(run.id))
        finished = self._store.finished(run.id)
        trials = (trial for trial in self._trials(run, items) if _key(trial) not in finished)
        total = len(items) * run.samples * len(self._experiment.systems)
        self._done = len(finished)
        if self._watcher:
            self._watcher.begin(total, self._done)
        try:
            await self._work(run.id, trials)
            await self._store.flush()
        finally:
            await self._experiment.task.close()
        ended = self._ended(total)
        self._store.end_run(run.id, ended)
        return Outcome(run, ended, total, self._done, self._error)

    def _describe(self, items: Sequence[Item]) -> Run:
        experiment = self._experiment
        return Run(
            id=experiment.run_id(items),
            experiment=experiment.name,
            task=experiment.task.name,
            task_fingerprint=experiment.task.fingerprint,
            metric=experiment.task.metric,
            items=len(items),
            samples=experiment.samples,
            seed=experiment.seed,
            reference=experiment.reference or next(iter(experiment.systems)),
            systems=experiment.described(),
            redacted=experiment.task.redacted,
            notes=list(experiment.notes),
            at=round(time.time(), 3),
            version=__version__,
        )

    def _check_prices(self, items: Sequence[Item]) -> None:
        if self._experiment.budget.usd is None and self._experiment.question.usd is None:
            return
        unpriced = [name for name, worst in self._experiment.worst(items[:1]).items() if worst.usd is None]
        if unpriced:
            raise ConfigError(
                f"a budget in USD needs a price for every model; {', '.join(unpriced)} has one without",
                hint="give the model a `price`, or limit `calls` or `tokens` instead; `escalade models` shows prices",
            )

    def _trials(self, run: Run, items: Sequence[Item]) -> Iterator[Trial]:
        """Item by item, so that systems that share calls meet in the journal."""
        for item in items:
            for sample in range(run.samples):
                for system in self._experiment.systems:
                    yield Trial(run.id, system, item, sample)

    async def _work(self, run_id: str, trials: Iterator[Trial]) -> None:
        task = self._experiment.task
        limited = self._experiment.question != Limits()
        setting = Setting(
            task=task,
            seed=self._experiment.seed,
            question=self._experiment.question,
            budget=self._budget,
            redacted=task.redacted,
            spent=self._store.spent_unfinished(run_id) if limited else {},
            on_call=self._watcher.call if self._watcher else None,
        )
        self._tasks = [
            asyncio.create_task(self._take(trials, setting)) for _ in range(max(1, self._experiment.concurrency))
        ]
        stopping: asyncio.Future[Any] = asyncio.ensure_future(self._stopping.wait())
        everything: asyncio.Future[Any] = asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.wait([everything, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._interrupted:
            await self._let_finish()
        for outcome in await everything:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome

    async def _let_finish(self) -> None:
        """Wait for the calls in flight, for a while; then cancel the rest, which books them as unknown."""
        until = time.monotonic() + _GRACE_S
        while self._budget.under_way and time.monotonic() < until and not all(t.done() for t in self._tasks):
            await asyncio.wait(self._tasks, timeout=0.05)
        for task in self._tasks:
            task.cancel()

    async def _take(self, trials: Iterator[Trial], setting: Setting) -> None:
        for trial in trials:
            if self._stopping.is_set():
                return
            try:
                record = await run_trial(trial, self._experiment.systems[trial.system], setting)
            except Unrecorded as end:
                if self._is_hopeless(end.reason):
                    self._error = end.reason
                    self._stopping.set()
                    return
                self._error = self._error or end.reason
                continue
            except BaseException:
                self._stopping.set()
                raise
            self._store.add_record(record)
            self._done += 1
            self._unreached = 0
            if self._watcher:
                self._watcher.trial(record)

    def _is_hopeless(self, reason: EscaladeError) -> bool:
        """Whether the trials to come would end likewise."""
        if isinstance(reason, ConnectionFailed):
            self._unreached += 1
            return self._unreached >= _UNREACHED_AT_MOST
        return not isinstance(reason, NotInJournal)

    def _ended(self, total: int) -> Ended:
        if self._interrupted and self._done < total:
            return "interrupted"
        if isinstance(self._error, BudgetExceeded):
            return "budget"
        return "finished" if self._done == total else "stopped"


def _key(trial: Trial) -> tuple[str, str, int]:
    return trial.system, trial.item.id, trial.sample
