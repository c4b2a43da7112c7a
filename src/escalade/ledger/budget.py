"""Budgets are walls: every call reserves its worst case before it is sent and settles on what it really cost.

A budget may stand inside another (a question's inside the run's); a call needs room in all of them. Where others'
reservations take the room, a call waits for them to settle, since they mostly settle for less; it is refused only
when nothing that could make room is under way. One event loop uses a budget; other threads must not.
"""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar

from escalade.core.errors import BudgetExceeded
from escalade.ledger.limits import Counted, Limits, Spending
from escalade.ledger.reservation import Reservation

__all__ = ["Budget", "Limits", "Reservation", "Spending"]

T = TypeVar("T")


class Budget:
    """Limits with what has been spent and reserved under them."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        inside: "Budget | None" = None,
        scope: str = "question",
        shared: bool = False,
    ) -> None:
        """With `shared`, the store gives out its room, to all processes of the run."""
        self.limits = limits or Limits()
        self.scope = scope
        self.usd = Decimal(0)
        self.calls = 0
        self.tokens = 0
        self._reserved_usd = Decimal(0)
        self._reserved_tokens = 0
        self._under_way = 0
        self._closed = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._deadline = time.monotonic() + self.limits.seconds if self.limits.seconds is not None else None
        self._around: tuple[Budget, ...] = inside._chain if inside else ()
        self._timed = any(budget._deadline is not None for budget in self._chain)
        self._limited = self.limits.countable() is not None
        around = [budget.shared for budget in self._around if budget.shared]
        self.shared: Limits | None = self.limits.countable() if shared else around[-1] if around else None
        """The limits that hold for all processes of the run together, this budget's or those of one around it."""
        self.announced = self.shared is not None or self.needs_prices()
        """Whether calls are written down before they are sent."""

    @property
    def _chain(self) -> "tuple[Budget, ...]":
        """This budget and those around it, innermost first."""
        return (self, *self._around)

    def needs_prices(self) -> bool:
        return any(budget.limits.usd is not None for budget in self._chain)

    def check_time(self) -> None:
        """Raises BudgetExceeded after a deadline."""
        if not self._timed:
            return
        for budget in self._chain:
            if budget._deadline is not None and time.monotonic() >= budget._deadline:
                raise budget._refusal("seconds")

    def in_time(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """`work`, cut at the nearest deadline. Raises BudgetExceeded then."""
        return self._until_the_nearest(work) if self._timed else work

    async def _until_the_nearest(self, work: Coroutine[Any, Any, T]) -> T:
        timed = [(b._deadline, b) for b in self._chain if b._deadline is not None]
        deadline, nearest = min(timed, key=lambda pair: pair[0])
        try:
            self.check_time()
            async with asyncio.timeout(deadline - time.monotonic()) as limit:
                return await work
        except TimeoutError:
            if not limit.expired():
                raise
            raise nearest._refusal("seconds") from None
        finally:
            work.close()  # where it was never begun

    async def reserve(self, worst: Spending) -> Reservation:
        """Room for `worst` in this budget and all around it.

        Raises BudgetExceeded if the room can never be had, also when a money limit meets an unknown price.
        """
        self.check_time()
        while (blocker := self._blocker(worst)) is not None:
            if blocker._closed:
                await asyncio.get_running_loop().create_future()
            if not blocker._under_way or not blocker._could_have_room(worst):
                raise blocker._refusal(blocker._lacking(worst), worst)
            await self.in_time(blocker._room_made())
        for budget in self._chain:
            budget._reserved_usd += worst.usd or 0
            budget._reserved_tokens += worst.tokens
            budget._under_way += 1
        return Reservation(self, worst)

    def close(self) -> None:
        """Let no further call through: whoever asks waits until cancelled. What is under way may finish."""
        self._closed = True

    @property
    def under_way(self) -> int:
        """Calls that hold a reservation now."""
        return self._under_way

    def already_spent(self, usd: Decimal, calls: int, tokens: int) -> None:
        """Book what an earlier attempt at the same run spent."""
        self.usd += usd
        self.calls += calls
        self.tokens += tokens

    def learn(self, gone: Counted) -> None:
        """What all processes of the run have spent for good, of which this one knew a part."""
        whole = self._chain[-1]
        whole.usd = max(whole.usd, gone.usd)
        whole.calls = max(whole.calls, gone.calls)
        whole.tokens = max(whole.tokens, gone.tokens)

    def _lacking(self, worst: Spending, *, reserved: bool = True) -> str:
        limits = self.limits
        if limits.calls is not None and self.calls + (self._under_way if reserved else 0) + 1 > limits.calls:
            return "calls"
        tokens = self.tokens + (self._reserved_tokens if reserved else 0) + worst.tokens
        if limits.tokens is not None and tokens > limits.tokens:
            return "tokens"
        if limits.usd is None:
            return ""
        if worst.usd is None:
            return "usd"
        spent = self.usd + (self._reserved_usd if reserved else 0)
        return "usd" if spent + worst.usd > limits.usd else ""

    def _blocker(self, worst: Spending) -> "Budget | None":
        """The budget that lets no call through, or has no room for this one."""
        chain = self._chain
        for budget in chain:
            if budget._closed:
                return budget
        for budget in chain:
            if budget._limited and budget._lacking(worst):
                return budget
        return None

    def _could_have_room(self, worst: Spending) -> bool:
        """Whether there would be room if all that is under way cost nothing."""
        return not self._lacking(worst, reserved=False)

    async def _room_made(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        finally:
            if turn.cancelled():
                with suppress(ValueError):  # whoever woke all took it out already
                    self._waiting.remove(turn)

    def _settle(self, worst: Spending, real: Spending, *, sent: bool) -> None:
        self._reserved_usd -= worst.usd or 0
        self._reserved_tokens -= worst.tokens
        self._under_way -= 1
        self.calls += sent
        self.usd += real.usd or 0
        self.tokens += real.tokens
        self._wake()

    def _wake(self) -> None:
        """Let all who wait look again: each waits again, in the same order, if the room does not do."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)

    def _refusal(self, limit: str, worst: Spending | None = None) -> BudgetExceeded:
        message = f"{self.scope} budget reached: {getattr(self.limits, limit):,} {limit}"
        if limit == "usd" and worst:
            cost = "is of unknown price" if worst.usd is None else f"may cost {worst.usd:f}"
            message = f"{self.scope} budget of {self.limits.usd:f} USD: {self.usd:f} spent, and the next call {cost}"
        return BudgetExceeded(message, limit=limit, scope=self.scope)
