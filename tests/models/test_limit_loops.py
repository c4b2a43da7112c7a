"""A Limiter in several event loops: one after the other it goes on, at the same time it is refused."""

import asyncio
import gc

import pytest

from escalade.core.errors import ConfigError
from escalade.models.limit import Limiter


async def passes(limiter: Limiter, calls: int = 1) -> int:
    """How many of so many calls at once were let through within a second."""

    async def one() -> None:
        async with limiter.slot():
            await asyncio.sleep(0)

    done, _ = await asyncio.wait([asyncio.create_task(one()) for _ in range(calls)], timeout=1)
    return len(done)


def test_a_pause_that_began_in_another_loop_ends():
    """Its timer went with that loop; the clock did not."""
    limiter = Limiter(start=1)

    async def refused() -> None:
        async with limiter.slot():
            limiter.throttled(0.05)

    asyncio.run(refused())
    assert asyncio.run(passes(limiter)) == 1


def test_a_pause_holds_in_the_next_loop():
    """Until it is over nobody is sent, whatever loop asks."""
    now = 100.0
    timers = []
    limiter = Limiter(clock=lambda: now, later=lambda delay_s, wake: timers.append((delay_s, wake)))

    async def refused() -> None:
        async with limiter.slot():
            limiter.throttled(30.0)

    async def waits() -> None:
        nonlocal now
        task = asyncio.create_task(passes(limiter))
        for _ in range(5):
            await asyncio.sleep(0)
        assert limiter.in_flight == 0
        now += 30.0
        timers[-1][1]()
        assert await task == 1

    asyncio.run(refused())
    now += 10.0
    asyncio.run(waits())
    assert [delay_s for delay_s, _ in timers] == [30.0, 20.0]


def test_a_timer_that_comes_early_is_set_again():
    """Clocks of different grain must not leave anybody waiting for ever."""
    now = 100.0
    timers = []
    limiter = Limiter(clock=lambda: now, later=lambda delay_s, wake: timers.append((delay_s, wake)))

    async def main() -> None:
        nonlocal now
        async with limiter.slot():
            limiter.throttled(10.0)
        task = asyncio.create_task(passes(limiter))
        await asyncio.sleep(0)
        now += 9.0
        timers.pop()[1]()
        [(delay_s, wake)] = timers
        assert delay_s == 1.0
        now += delay_s
        wake()
        assert await task == 1
        assert len(timers) == 1

    asyncio.run(main())


@pytest.mark.parametrize("thrown_away", [False, True], ids=["kept", "thrown away"])
def test_what_a_closed_loop_left_takes_no_slot(thrown_away):
    """Neither calls in flight nor those who waited count in the next loop, and none of them ends in it."""
    limiter = Limiter(most=2, start=2)
    loop = asyncio.new_event_loop()

    async def hold() -> None:
        async with limiter.slot():
            await asyncio.Event().wait()

    async def leave_three() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(hold()) for _ in range(3)]
        await asyncio.sleep(0)
        return tasks

    left = loop.run_until_complete(leave_three())
    for task in left:
        task._log_destroy_pending = False  # that they are cut is the point here
    loop.close()
    assert limiter.in_flight == 2
    if thrown_away:
        del left, task
        gc.collect()
    assert asyncio.run(passes(limiter, 5)) == 5
    assert limiter.in_flight == 0


async def test_a_second_loop_at_the_same_time_is_refused():
    """At once, with the remedy; and the first goes on as if nothing had been asked."""
    limiter = Limiter(most=1, start=1)
    async with limiter.slot():
        with pytest.raises(ConfigError, match="each thread a Server of its own") as caught:
            await asyncio.to_thread(asyncio.run, passes_one(limiter))
        assert caught.value.fatal
    assert await passes(limiter, 3) == 3


async def passes_one(limiter: Limiter) -> None:
    async with limiter.slot():
        pass
