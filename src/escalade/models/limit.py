"""Limiter: how many calls an endpoint is sent at a time, learnt from how it answers.

It starts with a part of what it may give, grows with every success until the first 429, then halves at each 429 and
grows by one for every round of successes. It never falls below one, so that it never freezes. It decides when a call
may go, not whether it is retried.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType

_LONGEST_PAUSE_S = 120.0
"""A server that asks for more is asked again sooner: one refused call is cheaper than an endpoint that stands still."""


def _call_later(delay_s: float, wake: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(delay_s, wake)


class Limiter:
    """Slots of one endpoint, given out first come, first served; for one event loop.

    Take one with `async with limiter.slot()` and, while holding it, say how the call ended: `succeeded`, `throttled` or
    `troubled`.
    """

    def __init__(
        self,
        most: int = 64,
        start: int = 32,
        *,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] = _call_later,
    ) -> None:
        """`most` slots at any time. `clock` gives seconds, `later` calls back after so many of them."""
        self.most = max(1, most)
        self._allowed = float(min(max(1, start), self.most))
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0
        self._fast = True
        self._old = 0
        """How many calls have yet to end until as many ended as were in flight at the last cut: its episode."""
        self._rest = 0
        """How many successes to come do not make it grow."""
        self._clock = clock
        self._later = later
        self._slot = _Slot(self)

    @property
    def allowed(self) -> int:
        """How many calls may be in flight now."""
        return int(self._allowed)

    @property
    def in_flight(self) -> int:
        return self._in_flight

    def slot(self) -> "_Slot":
        """A context that is entered when a slot is free and frees it on leaving."""
        return self._slot

    def succeeded(self) -> None:
        """A call was answered."""
        if self._rest:
            self._rest -= 1
            return
        if not self._waiting and self._in_flight < self.allowed:
            return  # slots that nobody uses show nothing about the server
        self._allowed = min(self._allowed + (1.0 if self._fast else 1.0 / self._allowed), float(self.most))
        self._give()

    def throttled(self, retry_after_s: float | None) -> None:
        """A call was refused with a 429, which asked for a wait of so many seconds, if it said."""
        if retry_after_s is not None:
            self._pause(min(retry_after_s, _LONGEST_PAUSE_S))
        self._fast = False
        if self._old:
            return
        self._allowed = max(1.0, self._allowed / 2)
        self._old = self._in_flight

    def troubled(self) -> None:
        """A call failed for a reason that says nothing of rates (5xx, time-out): do not grow for a round."""
        self._rest = max(self._rest, self.allowed)

    def _pause(self, seconds: float) -> None:
        until = self._clock() + seconds
        if until > self._paused_until:
            self._paused_until = until
            self._later(seconds, self._give)

    def _is_free(self) -> bool:
        if self._in_flight >= int(self._allowed):
            return False
        if self._paused_until:
            if self._clock() < self._paused_until:
                return False
            self._paused_until = 0.0
        return True

    async def _take(self) -> None:
        if not self._waiting and self._is_free():
            self._in_flight += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the slot was already given
                self._leave()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def _leave(self) -> None:
        self._in_flight -= 1
        self._old = max(0, self._old - 1)
        self._give()

    def _give(self) -> None:
        while self._waiting and self._is_free():
            turn = self._waiting.popleft()
            if not turn.done():
                self._in_flight += 1
                turn.set_result(None)


class _Slot:
    """Holds nothing of its own, so that one serves all calls."""

    __slots__ = ("_limiter",)

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def __aenter__(self) -> Awaitable[None]:
        return self._limiter._take()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limiter._leave()
