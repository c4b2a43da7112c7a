"""Ending work that pays for calls: those in flight may finish for a short while, and what is left then is cut."""

import asyncio
import time
from collections.abc import Collection
from typing import Any

from escalade.ledger.budget import Budget

_GRACE_S = 10.0
"""How long calls in flight may take to finish after an interruption."""
_LOOK_S = 0.05


async def finish_within(
    budgets: Collection[Budget], tasks: Collection[asyncio.Task[Any]], grace_s: float = _GRACE_S
) -> None:
    """Wait until no call is under way on these accounts, or until time is up; then cancel the tasks that are left.

    A call that is cut is booked as unknown.
    """
    until = time.monotonic() + grace_s
    while any(b.under_way for b in budgets) and time.monotonic() < until and not all(t.done() for t in tasks):
        await asyncio.wait(tasks, timeout=_LOOK_S)
    await asyncio.wait(tasks, timeout=_LOOK_S)  # the answer that came may be all that they waited for
    for task in tasks:
        task.cancel()
