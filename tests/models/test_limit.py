import asyncio
from collections.abc import Callable

import pytest

from escalade.models.limit import Limiter


class Time:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def __call__(self) -> float:
        return self.now

    def later(self, delay_s: float, wake: Callable[[], None]) -> None:
        self.waiting.append((self.now + delay_s, wake))

    def turn(self, seconds: float) -> None:
        self.now += seconds
        due = [wake for at, wake in self.waiting if at <= self.now]
        self.waiting = [(at, wake) for at, wake in self.waiting if at > self.now]
        for wake in due:
            wake()


@pytest.fixture
def time():
    return Time()


class Calls:
    """Calls that hold a slot until they are told how they end."""

    def __init__(self, limiter: Limiter) -> None:
        self.limiter = limiter
        self.started: list[int] = []
        self.ends: list[asyncio.Future[float | str | None]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def start(self, count: int) -> None:
        for _ in range(count):
            self.ends.append(asyncio.get_running_loop().create_future())
            self.tasks.append(asyncio.create_task(self._call(len(self.tasks))))
        await settle()

    async def _call(self, number: int) -> None:
        async with self.limiter.slot():
            self.started.append(number)
            end = await self.ends[number]
            if end == "ok":
                self.limiter.succeeded()
            elif end == "trouble":
                self.limiter.troubled()
            else:
                self.limiter.throttled(end)

    async def end(self, numbers, how) -> None:
        for number in list(numbers):
            self.ends[number].set_result(how)
        await settle()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_calls_than_slots_and_first_come_first_served():
    """The slots are never exceeded, and those who wait are let in in their order."""
    calls = Calls(Limiter(most=3, start=3))
    await calls.start(9)
    assert calls.started == [0, 1, 2]
    assert calls.limiter.in_flight == 3
    await calls.end([2, 0], "ok")
    await calls.end([3], "ok")
    assert calls.started == [0, 1, 2, 3, 4, 5]
    await calls.end([1, 4, 5, 6, 7, 8], "ok")
    assert calls.limiter.in_flight == 0


async def test_slow_start_doubles_each_round_up_to_the_most():
    """Every success adds a slot until `most` is reached."""
    calls = Calls(Limiter(most=20, start=4))
    await calls.start(100)
    sizes = []
    for _ in range(4):
        under_way = [n for n in calls.started if not calls.ends[n].done()]
        sizes.append(len(under_way))
        await calls.end(under_way, "ok")
    assert sizes == [4, 8, 16, 20]
    for task in calls.tasks:
        task.cancel()


async def test_unused_slots_do_not_grow():
    """One call at a time proves nothing about sixteen."""
    calls = Calls(Limiter(most=64, start=16))
    for number in range(50):
        await calls.start(1)
        await calls.end([number], "ok")
    assert calls.limiter.allowed == 16


async def test_a_burst_of_429_cuts_once():
    """Calls that were under way at the cut do not cut again; the next episode does."""
    calls = Calls(Limiter(most=64, start=16))
    await calls.start(16)
    await calls.end(range(16), None)
    assert calls.limiter.allowed == 8
    await calls.start(8)
    await calls.end(range(16, 24), None)
    assert calls.limiter.allowed == 4


async def test_growth_after_a_cut_is_by_one_a_round():
    """After the first 429 a whole round of successes adds about one slot."""
    limiter = Limiter(most=64, start=16)
    calls = Calls(limiter)
    await calls.start(16)
    await calls.end(range(16), None)
    await calls.start(100)
    for _ in range(3):
        before = limiter.allowed
        await calls.end([n for n in calls.started if not calls.ends[n].done()], "ok")
        assert limiter.allowed - before in (0, 1)
    assert limiter.allowed in (10, 11)
    for task in calls.tasks:
        task.cancel()


async def test_retry_after_stops_the_endpoint_until_then(time):
    """Nobody is sent before the time that the server named, and then those who wait go."""
    calls = Calls(Limiter(start=4, clock=time, later=time.later))
    await calls.start(4)
    await calls.end([0], 10.0)
    await calls.start(2)
    await calls.end([1, 2, 3], "ok")
    assert calls.limiter.in_flight == 0
    time.turn(9.9)
    await settle()
    assert calls.limiter.in_flight == 0
    time.turn(0.2)
    await settle()
    assert calls.limiter.in_flight == 2
    await calls.end([4, 5], "ok")


async def test_a_longer_pause_replaces_a_shorter_one_and_none_is_endless(time):
    """The latest time named holds; more than two minutes are not waited for."""
    limiter = Limiter(start=1, clock=time, later=time.later)
    for seconds in (1.0, 5.0, 2.0, 10_000.0):
        limiter.throttled(seconds)
    calls = Calls(limiter)
    await calls.start(1)
    time.turn(6)
    await settle()
    assert calls.started == []
    time.turn(115)
    await settle()
    assert calls.started == [0]
    await calls.end([0], "ok")


async def test_sustained_429_never_freeze_it(time):
    """However often it is refused, one call at a time still goes."""
    calls = Calls(Limiter(start=16, clock=time, later=time.later))
    for number in range(100):
        await calls.start(1)
        time.turn(1.0)
        await settle()
        assert calls.started[-1] == number
        await calls.end([number], 0.5)
    assert calls.limiter.allowed == 1
    time.turn(1.0)
    await calls.start(50)
    for number in range(100, 150):
        await calls.end([number], "ok")
    assert calls.limiter.allowed > 1


async def test_trouble_stops_growth_and_cuts_nothing():
    """5xx and time-outs say nothing of rates: for a round nothing grows, and nothing shrinks."""
    limiter = Limiter(most=64, start=4)
    calls = Calls(limiter)
    await calls.start(40)
    await calls.end([0], "trouble")
    await calls.end([1, 2, 3, 4], "ok")
    assert limiter.allowed == 4
    await calls.end([5, 6], "ok")
    assert limiter.allowed == 6
    for task in calls.tasks:
        task.cancel()


async def test_a_cancelled_waiter_loses_no_slot():
    """Whether it is cancelled while it waits or just as it is given a slot, the slot remains."""
    limiter = Limiter(most=1, start=1)
    calls = Calls(limiter)
    await calls.start(4)
    calls.tasks[1].cancel()
    await settle()
    calls.ends[0].set_result("ok")
    await asyncio.sleep(0)
    calls.tasks[2].cancel()
    await settle()
    assert calls.started[-1] == 3
    await calls.end([3], "ok")
    assert limiter.in_flight == 0


async def test_a_call_that_raises_frees_its_slot():
    """A slot is freed however its block is left."""
    limiter = Limiter(start=1)
    with pytest.raises(RuntimeError):
        async with limiter.slot():
            raise RuntimeError
    assert limiter.in_flight == 0


@pytest.mark.parametrize(("most", "start", "allowed"), [(64, 16, 16), (4, 16, 4), (0, 0, 1), (8, 0, 1)])
def test_limits_are_made_sensible(most, start, allowed):
    """There is at least one slot, and never more than `most`."""
    assert Limiter(most, start).allowed == allowed


async def test_a_full_endpoint_grows_though_nobody_waits():
    """All slots used is reason enough: whoever comes next needs not wait for one."""
    limiter = Limiter(most=8, start=1)
    async with limiter.slot():
        limiter.succeeded()
    assert limiter.allowed == 2
    async with limiter.slot():
        limiter.succeeded()
    assert limiter.allowed == 2
