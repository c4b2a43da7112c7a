"""Limiter: how many calls an endpoint is sent at a time, learnt from how it answers.

It starts with a part of what it may give, grows with every success until the first 429, then halves at each 429 and
grows by one for every round of successes. It never falls below one, so that it never freezes. It decides when a call
may go, not whether it is retried.

What it has learnt outlives an event loop; who holds a slot or waits for one does not, and several loops at the same
time are refused.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

from escalade.core.one_loop import OneLoop

_LONGEST_PAUSE_S = 120.0
"""A server that asks for more is asked again sooner: one refused call is cheaper than an endpoint that stands still."""


def _call_later(delay_s: float, wake: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(delay_s, wake)


class Limiter:
    """Slots of one endpoint, given out first come, first served; for one event loop at a time.

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
        self._paused_until = 0.0
        self._fast = True
        self._rest = 0
        """How many successes to come do not make it grow."""
        self._clock = clock
        self._later = later
        self._home = OneLoop("Server")
        self._line = _Line(self)

    @property
    def allowed(self) -> int:
        """How many calls may be in flight now."""
        return int(self._allowed)

    @property
    def in_flight(self) -> int:
        return self._line.in_flight

    def slot(self) -> "_Line":
        """A context that is entered when a slot is free and frees it on leaving.

        Raises ConfigError where another event loop that is still open uses it.
        """
        if asyncio.get_running_loop() is not self._home.loop:
            self._move()
        return self._line

    def succeeded(self) -> None:
        """A call was answered."""
        if self._rest:
            self._rest -= 1
            return
        line = self._line
        if not line.waiting and line.in_flight < self.allowed:
            return  # slots that nobody uses show nothing about the server
        self._allowed = min(self._allowed + (1.0 if self._fast else 1.0 / self._allowed), float(self.most))
        line.give()

    def throttled(self, retry_after_s: float | None) -> None:
        """A call was refused with a 429, which asked for a wait of so many seconds, if it said."""
        if retry_after_s is not None:
            self._paused_until = max(self._paused_until, self._clock() + min(retry_after_s, _LONGEST_PAUSE_S))
            self._line.let_in_later()
        self._fast = False
        if self._line.old:
            return
        self._allowed = max(1.0, self._allowed / 2)
        self._line.old = self._line.in_flight

    def troubled(self) -> None:
        """A call failed for a reason that says nothing of rates (5xx, time-out): do not grow for a round."""
        self._rest = max(self._rest, self.allowed)

    def _move(self) -> None:
        if self._home.is_new():
            self._line = _Line(self)
            self._line.let_in_later()  # the timer was lost with the other loop


class _Line:
    """Who holds a slot and who waits for one, in one event loop. One context serves all calls.

    A call of a closed loop that ends late, when it is thrown away, frees a slot here and disturbs no other loop.
    """

    __slots__ = ("_limiter", "_timed", "in_flight", "old", "waiting")

    def __init__(self, limiter: Limiter) -> None:
        self.in_flight = 0
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.old = 0
        """How many calls have yet to end until as many ended as were in flight at the last cut: its episode."""
        self._limiter = limiter
        self._timed = False
        """Whether a timer will look at the pause."""

    async def __aenter__(self) -> None:
        if not self.waiting and self._is_free():
            self.in_flight += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the slot was already given
                self._leave()
            elif turn in self.waiting:
                self.waiting.remove(turn)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        self.in_flight -= 1
        self.old = max(0, self.old - 1)
        self.give()

    def give(self) -> None:
        """Let in who waits, as far as there are slots."""
        while self.waiting and self._is_free():
            turn = self.waiting.popleft()
            if not turn.done() and not turn.get_loop().is_closed():
                self.in_flight += 1
                turn.set_result(None)

    def _is_free(self) -> bool:
        limiter = self._limiter
        if self.in_flight >= int(limiter._allowed):
            return False
        if limiter._paused_until:
            if limiter._clock() < limiter._paused_until:
                return False
            limiter._paused_until = 0.0
        return True

    def let_in_later(self) -> None:
        """Let in who waits when the pause is over, or now if it is."""
        rest = self._limiter._paused_until - self._limiter._clock()
        if rest <= 0:
            self.give()
        elif not self._timed:
            self._timed = True
            self._limiter._later(rest, self._look_again)

    def _look_again(self) -> None:
        """A timer may come early, and the pause may have grown: the clock decides."""
        self._timed = False
        self.let_in_later()
