"""Queue: the trials that are left for this process, of a run that others may work on too.

Alone, it gives one after the other. With others, it claims a few at a time, so that an item's systems mostly meet in
one process and nobody sits on work at the end. What others have under way is asked for again until it is done, given up
or free because its worker died; what this process gave up is left to them, and to the next time.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

from escalade.experiment.trial import Trial
from escalade.ledger.limits import Counted
from escalade.store import Store
from escalade.store.record import TrialKey

_ASK_AGAIN_S = (0.1, 2.0)
"""How long trials of others are waited for, at first and at most, between two looks."""

_FEW_ITEMS = 500
"""That a query may name."""


class Queue:
    """For the takers of one event loop. Each trial that `next` gave must be `left`, however it ended."""

    def __init__(
        self,
        store: Store,
        trials: Iterator[Trial],
        stopping: asyncio.Event,
        *,
        at_once: int,
        told: Callable[[int, int | None], None],
    ) -> None:
        """`at_once` trials are under way here at a time. `told` is told how many more trials others were seen to have
        finished, and for how many of theirs it is waited: None is as many as before.
        """
        self._store = store
        self._claims = store.claims
        self._trials = trials
        self._stopping = stopping
        self._few = max(1, at_once // 4)
        self._told = told
        self._ours: deque[Trial] = deque()
        self._others: deque[Trial] = deque()
        self._turn = asyncio.Lock()
        self.spent: dict[TrialKey, Counted] | None = None
        """What unfinished trials spent before. Where it is there, it is kept up for what others may have begun."""

    async def next(self) -> Trial | None:
        """A trial to do now; None when nothing is left, or the run is being stopped."""
        while not self._stopping.is_set():
            if self._ours:
                return self._ours.popleft()
            if self._claims.shared:
                async with self._turn:
                    if not self._ours and not await self._claim_some():
                        return None
                continue
            trial = next(self._trials, None)
            if trial is None or await self._claims.take(_name(trial)):
                return trial
        return None

    def left(self, trial: Trial) -> None:
        """It is done, and its Record handed over, or it is given up."""
        self._claims.drop(_name(trial))

    def give_back(self) -> None:
        """Nothing more is done here: what was claimed and not begun is left to others, and to the next time."""
        while self._ours:
            self.left(self._ours.popleft())

    async def _claim_some(self) -> bool:
        """Get some trials, when there are any; False when nothing is left."""
        pause, longest = _ASK_AGAIN_S
        in_vain = 0
        while not self._stopping.is_set():
            asked = list(islice(self._trials, self._few))
            if not asked:
                in_vain = 0 if await self._drop_finished() else in_vain
                asked = [self._others.popleft() for _ in range(min(self._few, len(self._others)))]
                in_vain += len(asked)
            if asked:
                await self._ask(asked)
            if self._ours or not (asked or self._others):
                self._told(0, 0)
                return bool(self._ours)
            if in_vain >= len(self._others) > 0:
                in_vain = 0
                self._told(0, len(self._others))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
                pause = min(2 * pause, longest)
        return False

    async def _ask(self, asked: Sequence[Trial]) -> None:
        """Claim them, and sort them into ours and others'."""
        run, items = asked[0].run, {trial.item.id for trial in asked}
        claimed = await self._claims.take_some([_name(trial) for trial in asked])
        try:
            # What was finished before it was claimed here is in the store by now, and nobody else can finish it.
            finished = await asyncio.to_thread(self._store.finished, run, items)
            if self.spent is not None:
                self.spent.update(await asyncio.to_thread(self._store.spent_unfinished, run, items))
        except BaseException:
            for trial in asked:
                self.left(trial)
            raise
        for trial in asked:
            if trial.key in finished:
                self.left(trial)
                self._told(1, None)
            elif _name(trial) in claimed:
                self._ours.append(trial)
            else:
                self._others.append(trial)

    async def _drop_finished(self) -> int:
        """Forget trials that others have finished meanwhile; how many."""
        if not self._others:
            return 0
        items = {trial.item.id for trial in self._others}
        few = items if len(items) <= _FEW_ITEMS else None
        finished = await asyncio.to_thread(self._store.finished, self._others[0].run, few)
        before = len(self._others)
        self._others = deque(trial for trial in self._others if trial.key not in finished)
        done = before - len(self._others)
        self._told(done, None)
        return done


def _name(trial: Trial) -> tuple[str, str, str, int]:
    """The name of its claim."""
    return (trial.run, *trial.key)
