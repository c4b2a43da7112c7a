"""Running an experiment: trials at most so many at once, finished ones skipped, failures as outcomes.

Killed at any point and started again, it does what is left; every answered call is in the journal. Several processes
may run it at once: they share the work and the budget, and end together. It stops of itself where going on would help
nobody: a wrong key, an unknown model, no network, a provider that is down, a store that fails, a budget that is spent.
Trials that such a thing ended are left for the next time.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

from escalade.core.errors import BudgetExceeded, EscaladeError, StoreError
from escalade.experiment.beginning import check_prices, described, trials_of
from escalade.experiment.collector import rare_collections
from escalade.experiment.finishing import finish_within
from escalade.experiment.headway import Headway
from escalade.experiment.outage import Streak
from escalade.experiment.outcome import Ended, RunOutcome
from escalade.experiment.plan import Experiment
from escalade.experiment.queue import Queue
from escalade.experiment.recordable import Unrecorded, recorded
from escalade.experiment.shared import Membership
from escalade.experiment.trial import Setting, Trial, run_trial
from escalade.experiment.watcher import Watcher
from escalade.ledger.budget import Budget, Limits
from escalade.store import Record, Run, Store
from escalade.tasks.protocol import Item


class Runner:
    """One run of an experiment. `stop()` ends it gracefully from outside, a second time at once."""

    def __init__(self, experiment: Experiment, store: Store, watcher: Watcher | None = None) -> None:
        self._experiment = experiment
        self._store = store
        self.budget = Budget(experiment.budget, scope="run", shared=True)
        """What counts against the experiment's limits, if it has any, from `run` on with what was spent before."""
        self._grading = Budget(scope="run")
        """Limits nothing: it knows which calls of graders are under way, and closes."""
        self._stopping = asyncio.Event()
        self._error: EscaladeError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._headway = Headway(watcher)
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

    async def run(self) -> RunOutcome:
        """Raises ConfigError where it cannot be begun as it is asked for, or is under way with this Store already."""
        experiment, store = self._experiment, self._store
        items = await experiment.items()
        run = described(experiment, items)
        async with AsyncExitStack() as stack:
            stack.enter_context(store.claims.working_on(run.id))
            stack.push_async_callback(experiment.task.close)
            check_prices(experiment, items)
            membership = Membership(store, run, self.budget, self._stopping, after=experiment.after)
            await membership.join(self._headway.waiting)
            try:
                if experiment.retry_failed:
                    store.forget_failed(run.id)
                with rare_collections:
                    await self._shared(membership, run, items)
            except BaseException:
                with suppress(StoreError):  # what ended it is the news
                    await membership.leave("")
                raise
            ended = self._ended()
            await membership.leave(ended)
        return RunOutcome(run, ended, self._headway.total, self._headway.done, self._error, self.budget.overrun)

    async def _shared(self, membership: Membership, run: Run, items: Sequence[Item]) -> None:
        """Do this process's part of the work."""
        finished = self._store.finished(run.id)
        total = len(items) * run.samples * len(self._experiment.systems)
        if len(finished) == total:
            self._store.end_run(run.id, "finished")  # whatever becomes of this process
        self._headway.begin(total, len(finished))
        trials = (trial for trial in trials_of(self._experiment, run, items) if trial.key not in finished)
        await self._work(run.id, trials, membership)
        await self._store.flush()
        if self._store.claims.shared:
            self._headway.done = len(self._store.finished(run.id))

    async def _work(self, run_id: str, trials: Iterator[Trial], membership: Membership) -> None:
        task, at_once = self._experiment.task, max(1, self._experiment.concurrency)

        def elsewhere(done: int, waiting: int | None) -> None:
            if waiting:
                streak.settle()  # others may be waiting for what is held back here
            self._headway.elsewhere(done, waiting)

        queue = Queue(self._store, trials, self._stopping, at_once=at_once, told=elsewhere)
        streak = Streak(self._keep, queue.left)
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
            on_call=self._headway.on_call,
        )
        self._tasks = [asyncio.create_task(self._take(queue, streak, setting)) for _ in range(at_once)]
        stopping: asyncio.Future[Any] = asyncio.ensure_future(self._stopping.wait())
        keeping = asyncio.ensure_future(membership.keep())
        everything: asyncio.Future[Any] = asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            await asyncio.wait([everything, stopping, keeping], return_when=asyncio.FIRST_COMPLETED)
            to_the_end = not self._stopping.is_set() and everything.done()
            self._stopping.set()
            if self._interrupted:
                await finish_within((self.budget, self._grading), self._tasks)
            outcomes = await everything
            if to_the_end:
                streak.settle()
        finally:  # also where `run` is cancelled: nothing goes on without it
            for work in (*self._tasks, stopping, keeping):
                work.cancel()
            queue.give_back()
            streak.give_up()
        for outcome in [*outcomes, *await asyncio.gather(keeping, return_exceptions=True)]:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome

    async def _take(self, queue: Queue, streak: Streak, setting: Setting) -> None:
        while (trial := await queue.next()) is not None:
            try:
                await self._do(trial, streak, setting)
            except BaseException:
                self._stopping.set()
                raise

    async def _do(self, trial: Trial, streak: Streak, setting: Setting) -> None:
        number = streak.begin()
        ended: Record | EscaladeError | None = None
        try:
            ended = await run_trial(trial, self._experiment.systems[trial.system], setting)
        except Unrecorded as end:
            ended = end.reason
            self._error = self._error or end.reason
        finally:
            hopeless = streak.end(number, trial, ended)
        if hopeless is not None:
            self._error = hopeless
            self._stopping.set()

    def _keep(self, record: Record) -> None:
        self._headway.trial(recorded(record, self._store))

    def _ended(self) -> Ended:
        if self._interrupted and not self._headway.is_complete:
            return "interrupted"
        if isinstance(self._error, BudgetExceeded):
            return "budget"
        return "finished" if self._headway.is_complete else "stopped"
