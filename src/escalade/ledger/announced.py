"""Announced: a reservation that is written down before its call is sent, so that it is known even if we are killed.

Where several processes work on a run, whoever they announce to gives out the run's room: what a budget knows is then at
most what counts there. Who finds no room asks again, less and less often, while others have calls under way; what is
gone for good is learnt, and the budget itself refuses.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from escalade.ledger.budget import Budget, Reservation
from escalade.ledger.limits import Counted, Spending

_ASK_AGAIN_S = (0.05, 1.0)
"""How long room that others hold is waited for, at first and at most."""

Announce = Callable[[], Coroutine[Any, Any, Counted | None]]
"""Writes a worst case down. Where there is no room for it nothing is written, and what is gone for good comes back."""


async def announced(budget: Budget, worst: Spending, announce: Announce) -> Reservation:
    """Room for `worst` here and there. Raises BudgetExceeded if it can never be had."""
    pause, longest = _ASK_AGAIN_S
    while True:
        reservation = await budget.reserve(worst)
        try:
            gone = await budget.in_time(announce())
        except BaseException:
            reservation.cancel()
            raise
        if gone is None:
            return reservation
        reservation.cancel()
        budget.learn(gone)
        await budget.in_time(asyncio.sleep(pause))
        pause = min(2 * pause, longest)
