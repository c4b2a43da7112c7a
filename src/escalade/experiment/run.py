"""Running an experiment: trials at most so many at once, finished ones skipped, failures as outcomes.

Killed at any point and started again, it does what is left; every answered call is in the journal. Several processes
may run it at once: they share the work and the budget, and end together. It stops of itself where going on would help
nobody: a wrong key, an unknown model, no network, a provider that is down, a store that fails, a budget that is spent.
Trials that such a thing ended are left for the next time.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

from escalade.core.errors import BudgetExceeded, EscaladeError, StoreError
from escalade.experiment.beginning import check_prices, described, trials_of
from escalade.experiment.collector import rare_collections
from escalade.experiment.outage import Row
from escalade.experiment.outcome import Ended, Outcome
from escalade.experiment.plan import Experiment
from escalade.experiment.queue import Queue, key_of
from escalade.experiment.recordable import Unrecorded, recorded
from escalade.experiment.shared import Part
from escalade.experiment.trial import Setting, Trial, run_trial
from escalade.experiment.watcher import Watcher
from escalade.ledger.budget import Budget, Limits
from escalade.store import Record, Run, Store
from escalade.tasks.protocol import Item

_GRACE_S = 10.0
"""How long calls in flight may take to finish after an interruption."""


class Runner:
    """One run of an experiment. `stop()` ends it gracefully from outside, a second time at once."""

    def __init__(self, experiment: Experiment, store: Store, watcher: Watcher | None = None) -> None:
        self._experiment = experiment
        self._store = store
        self._watcher = watcher
        self.budget = Budget(experiment.budget, scope="run", shared=True)
        """What counts against the experiment's limits, from `run` on with what earlier attempts spent."""
        self._grading = Budget(scope="run")
        """Limits nothing: it knows which calls of graders are under way, and closes."""
        self._stopping = asyncio.Event()
        self._error: EscaladeError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._total = self._done = 0
        self._why = ""
        self._interrupted = False

    def stop(self) -> None:
        """Start no further call; let those in flight finish for a short while. Again: cut them."""
        if self._interrupted:
            for task in self._tasks:
                task.cancel()
        self._interrupted = True
        self.budget.close()
        self._grading.close()
        self._stopping.set()

    async def run(self) -> Outcome:
        """Raises ConfigError where it cannot be begun as it is asked for, or is under way with this Store already."""
        experiment, store = self._experiment, self._store
        items = await experiment.items()
        run = described(experiment, items)
        async with AsyncExitStack() as stack:
            stack.enter_context(store.claims.working_on(run.id))
            stack.push_async_callback(experiment.task.close)
            check_prices(experiment, items)
            part = Part(store, run, self.budget, self._stopping, after=experiment.after)
            await part.join(self._waiting)
            try:
                if experiment.retry_failed:
                    store.forget_failed(run.id)
                with rare_collections:
                    await self._shared(part, run, items)
            except BaseException:
                with suppress(StoreError):  # what ended it is the news
                    await part.leave("")
                raise
            ended = self._ended()
            await part.leave(ended)
        return Outcome(run, ended, self._total, self._done, self._error, self.budget.overrun)

    async def _shared(self, part: Part, run: Run, items: Sequence[Item]) -> None:
        """Do this process's part of the work."""
        if self.budget.shared is None:
            for spender in (run.id, *self._experiment.after):
                self.budget.already_spent(*self._store.owed(spender))
        finished = self._store.finished(run.id)
        self._total = len(items) * run.samples * len(self._experiment.systems)
        self._done = len(finished)
        if self._done == self._total:
            self._store.end_run(run.id, "finished")  # whatever becomes of this process
        if self._watcher:
            self._watcher.begin(self._total, self._done)
        trials = (trial for trial in trials_of(self._experiment, run, items) if key_of(trial) not in finished)
        await self._work(run.id, trials, part)
        await self._store.flush()
        if self._store.claims.shared:
            self._done = len(self._store.finished(run.id))

    async def _work(self, run_id: str, trials: Iterator[Trial], part: Part) -> None:
        task, at_once = self._experiment.task, max(1, self._experiment.concurrency)
        queue = Queue(self._store, trials, self._stopping, at_once=at_once, told=self._told)
        self._row = Row(self._keep, queue.left)
        if self._experiment.question != Limits():
            queue.spent = self._store.spent_unfinished(run_id)
        setting = Setting(
            task=task,
            seed=self._experiment.seed,
            question=self._experiment.question,
            budget=self.budget,
            redacted=task.redacted,
            grading=self._grading,
            spent=queue.spent or {},
            on_call=self._watcher.call if self._watcher else None,
        )
        self._tasks = [asyncio.create_task(self._take(queue, setting)) for _ in range(at_once)]
        stopping: asyncio.Future[Any] = asyncio.ensure_future(self._stopping.wait())
        keeping = asyncio.ensure_future(part.keep())
        everything: asyncio.Future[Any] = asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await asyncio.wait([everything, stopping, keeping], return_when=asyncio.FIRST_COMPLETED)
            to_the_end = not self._stopping.is_set() and everything.done()
            self._stopping.set()
            if self._interrupted:
                await self._let_finish()
            outcomes = await everything
            if to_the_end:
                self._row.settle()
        finally:  # also where `run` is cancelled: nothing goes on without it
            for work in (*self._tasks, stopping, keeping):
                work.cancel()
            queue.give_back()
            self._row.give_up()
        for outcome in [*outcomes, *await asyncio.gather(keeping, return_exceptions=True)]:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome

    async def _let_finish(self) -> None:
        """Wait for the calls in flight, for a while; then cancel the rest, which books them as unknown."""
        until, paying = time.monotonic() + _GRACE_S, (self.budget, self._grading)
        while any(b.under_way for b in paying) and time.monotonic() < until and not all(t.done() for t in self._tasks):
            await asyncio.wait(self._tasks, timeout=0.05)
        for task in self._tasks:
            task.cancel()

    async def _take(self, queue: Queue, setting: Setting) -> None:
        while (trial := await queue.next()) is not None:
            try:
                await self._do(trial, setting)
            except BaseException:
                self._stopping.set()
                raise

    async def _do(self, trial: Trial, setting: Setting) -> None:
        number = self._row.begin()
        ended: Record | EscaladeError | None = None
        try:
            ended = await run_trial(trial, self._experiment.systems[trial.system], setting)
        except Unrecorded as end:
            ended = end.reason
            self._error = self._error or end.reason
        finally:
            hopeless = self._row.end(number, trial, ended)
        if hopeless is not None:
            self._error = hopeless
            self._stopping.set()

    def _keep(self, record: Record) -> None:
        record = recorded(record, self._store)
        self._done += 1
        if self._watcher:
            self._watcher.trial(record)

    def _told(self, done: int, waiting: int | None) -> None:
        """What the queue says of other processes: trials that they finished, and trials that are waited for."""
        self._done += done
        if waiting:
            self._row.settle()  # they may be waiting for what is held back here
        if self._watcher and done:
            self._watcher.elsewhere(done)
        if waiting is not None:
            trials = "1 trial" if waiting == 1 else f"{waiting:,} trials"
            self._waiting(f"waiting for {trials} of other processes" if waiting else "")

    def _waiting(self, why: str) -> None:
        if self._watcher and why != self._why:
            self._watcher.waiting(why)
        self._why = why

    def _ended(self) -> Ended:
        if self._interrupted and self._done < self._total:
            return "interrupted"
        if isinstance(self._error, BudgetExceeded):
            return "budget"
        return "finished" if self._done == self._total else "stopped"
