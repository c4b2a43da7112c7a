"""Shared: this process's part in a run that other processes may work on too.

Alone, a process pays for this with a look at the store each second and writes nothing down. Whoever comes second waits
until the first has claimed what it has under way, and claims whatever it begins from then on; then it begins itself.
So no trial is done and no call is paid twice, and a process that stays alone loses no time.
"""

import asyncio
from collections.abc import Callable

from escalade.ledger.budget import Budget
from escalade.store import Run, Store
from escalade.store.leases import Lease

_LOOK_S = 1.0
"""Between two looks for others, well within a lease."""
_WAITING = "another process works on this run; waiting until it makes room"


class Membership:
    """Join with `join`, leave with `leave`; in between, `keep` must run."""

    def __init__(
        self, store: Store, run: Run, budget: Budget, stopping: asyncio.Event, *, after: tuple[str, ...] = ()
    ) -> None:
        """What was spent on the runs in `after` counts against the budget, too. `stopping` ends any waiting."""
        self._store = store
        self._budget = budget
        self._stopping = stopping
        self._after = after
        self._lease = Lease(store, run, budget.shared)

    async def join(self, tell: Callable[[str], None]) -> None:
        """Begin to work on the run; its budget then counts what was spent before, and what others have.

        `tell` is told why it takes time. Raises ConfigError where others work on it under other limits. Whoever ends
        before it is in leaves the run as it was.
        """
        joining = asyncio.get_running_loop().run_in_executor(None, self._lease.join)
        try:
            others = await asyncio.shield(joining)
            if self._lease.sharing:
                await self._store.claims.share()
            while not self._stopping.is_set() and not all(other.sharing for other in others):
                tell(_WAITING)
                await asyncio.sleep(_LOOK_S / 4)
                others = await asyncio.to_thread(self._lease.look)
            tell("")
            await self._count(keep=self._lease.sharing)
        except BaseException:
            await asyncio.wait([joining])  # a thread cannot be cut, and what it may still write must not stay
            if joining.exception() is None:
                await self.leave(self._lease.ended_before)
            raise

    async def keep(self) -> None:
        """Renew the lease and look out for others, until cancelled. Raises StoreError."""
        while True:
            await asyncio.sleep(_LOOK_S)
            others = await asyncio.to_thread(self._lease.look)
            if others and not self._lease.sharing:
                await self._store.claims.share()
                await self._count(keep=True)
                await asyncio.to_thread(self._lease.share)

    async def _count(self, *, keep: bool) -> None:
        if self._budget.shared is not None:
            self._budget.learn(await asyncio.to_thread(self._lease.count, self._after, keep=keep))

    async def leave(self, how: str) -> None:
        """Work on it no more; it ended as in `how`, unless others go on with it."""
        await asyncio.to_thread(self._lease.leave, how)
