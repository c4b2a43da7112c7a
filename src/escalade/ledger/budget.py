"""Budgets are walls: every call reserves its worst case before it is sent and settles on what it really cost.

A budget may stand inside another (a question's inside the run's); a call needs room in all of them. Where others'
reservations take the room, a call waits for them to settle, since they mostly settle for less; it is refused only
when nothing that could make room is under way. Room goes to who waits longest, or to a smaller call not far behind.
One event loop uses a budget; other threads must not.
"""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from escalade.core.errors import BudgetExceeded
from escalade.core.money import add, subtract
from escalade.ledger.deadline import done_by
from escalade.ledger.limits import Counted, Limits, Spending
from escalade.ledger.reservation import Reservation

__all__ = ["Budget", "Limits", "Reservation", "Spending"]

T = TypeVar("T")

_PASSED_AT_MOST = 32
"""How many who wait longer others may pass: to look at all of them after each call would take quadratic time."""

_Waiter = tuple["asyncio.Future[Reservation | None]", "Budget", Spending]
"""Who waits, the innermost of its budgets, and its worst case."""


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
        self.calls = self.tokens = 0
        self._beyond = Decimal(0)  # USD that calls cost above their worst cases
        self._reserved_usd = Decimal(0)
        self._reserved_tokens = self._under_way = 0
        self._closed = False
        self._waiting: deque[_Waiter] = deque()
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
        if not self._timed:
            return work
        timed = ((b._deadline, b) for b in self._chain if b._deadline is not None)
        deadline, nearest = min(timed, key=lambda pair: pair[0])
        return done_by(deadline, work, partial(nearest._refusal, "seconds"))

    async def reserve(self, worst: Spending) -> Reservation:
        """Room for `worst` in this budget and all around it.

        Raises BudgetExceeded if the room can never be had, also when a money limit meets an unknown price.
        """
        self.check_time()
        while (blocker := self._blocker(worst)) is not None:
            if blocker._closed:
                await asyncio.get_running_loop().create_future()
            if blocker._is_hopeless(worst):
                raise blocker._refusal(blocker._lacking(worst), worst)
            held = await self.in_time(blocker._turn_of(self, worst))
            if held is not None:
                return held
        return self._held(worst)

    def close(self) -> None:
        """Let no further call through: whoever asks waits until cancelled. What is under way may finish."""
        self._closed = True

    @property
    def under_way(self) -> int:
        """Calls that hold a reservation now."""
        return self._under_way

    @property
    def overrun(self) -> Decimal:
        """USD spent above the limit, since calls cost more than their worst cases at the models' prices."""
        over = Decimal(0) if self.limits.usd is None else subtract(self.usd, self.limits.usd)
        return max(Decimal(0), min(over, self._beyond))

    def already_spent(self, before: Counted) -> None:
        """Book what an earlier attempt at the same question spent."""
        self.usd = add(self.usd, before.usd)
        self.calls += before.calls
        self.tokens += before.tokens

    def learn(self, gone: Counted) -> None:
        """What all processes of the run have spent for good, of which this one knew a part."""
        whole = self._chain[-1]
        whole.usd = max(whole.usd, gone.usd)
        whole.calls = max(whole.calls, gone.calls)
        whole.tokens = max(whole.tokens, gone.tokens)

    def _lacking(self, worst: Spending, *, reserved: bool = True) -> str:
        """Which limit leaves no room for `worst` beside what is spent and, unless told otherwise, reserved."""
        usd = add(self.usd, self._reserved_usd) if reserved else self.usd
        calls, tokens = (self._under_way, self._reserved_tokens) if reserved else (0, 0)
        held = Counted(usd, self.calls + calls, self.tokens + tokens).plus(worst)
        return held.lacking(self.limits) or ("usd" if self.limits.usd is not None and worst.usd is None else "")

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

    def _is_hopeless(self, worst: Spending) -> bool:
        """Where there is no room: whether there would be none either if all that is under way cost nothing."""
        return not self._under_way or bool(self._lacking(worst, reserved=False))

    def _held(self, worst: Spending) -> Reservation:
        chain = self._chain
        for budget in chain:
            budget._reserved_usd = add(budget._reserved_usd, worst.known)
            budget._reserved_tokens += worst.tokens
            budget._under_way += 1
        return Reservation(chain, worst)

    async def _turn_of(self, inner: "Budget", worst: Spending) -> Reservation | None:
        """Wait for room here: a reservation in `inner` and all around it, or None where it must be looked for again."""
        turn: asyncio.Future[Reservation | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, inner, worst))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and (held := turn.result()) is not None:
                held.cancel()  # it was given room in the moment in which it gave up
            raise

    def _settle(self, worst: Spending, real: Spending, *, sent: bool) -> None:
        self._reserved_usd = subtract(self._reserved_usd, worst.known)
        self._reserved_tokens -= worst.tokens
        self._under_way -= 1
        self.calls += sent
        self.usd = add(self.usd, real.known)
        self.tokens += real.tokens
        if real.usd is not None and worst.usd is not None and real.usd > worst.usd:
            self._beyond = add(self._beyond, subtract(real.usd, worst.usd))

    def _give_room(self) -> None:
        """Give the room there is to those who wait, in their order, and wake whoever waits in vain."""
        passed: list[_Waiter] = []
        while self._waiting and len(passed) < _PASSED_AT_MOST:
            waiter = turn, inner, worst = self._waiting.popleft()
            if turn.done():  # it gave up
                continue
            if self._closed or (self._lacking(worst) and not self._is_hopeless(worst)):
                passed.append(waiter)
            else:
                turn.set_result(inner._held(worst) if inner._blocker(worst) is None else None)
        self._waiting.extendleft(reversed(passed))

    def _refusal(self, limit: str, worst: Spending | None = None) -> BudgetExceeded:
        message = f"{self.scope} budget reached: {getattr(self.limits, limit):,} {limit}"
        if limit == "usd" and worst:
            cost = "is of unknown price" if worst.usd is None else f"may cost {worst.usd:f}"
            message = f"{self.scope} budget of {self.limits.usd:f} USD: {self.usd:f} spent, and the next call {cost}"
        return BudgetExceeded(message, limit=limit, scope=self.scope)
