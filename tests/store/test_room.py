"""One budget for all processes of a run: the store gives out its room, whatever the order of events."""

import asyncio
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_rows import RUN, call_row

from escalade.core.errors import BudgetExceeded
from escalade.ledger.announced import announced
from escalade.ledger.budget import Budget, Limits, Spending
from escalade.ledger.limits import Counted
from escalade.store import ReservationRow, Store
from escalade.store.leases import Lease


class Process:
    """A Store with a lease and a budget of its own, as one process has them."""

    def __init__(self, url: str, limits: Limits, name: str) -> None:
        self.name = name
        self.store = Store.open(url)
        self.budget = Budget(limits, scope="run", shared=True)
        self.lease = Lease(self.store, RUN, self.budget.shared)
        self.lease.join()
        self.budget.learn(self.lease.count(keep=True))
        self.calls = 0

    async def call(self, worst: Spending, real: Spending, *, cancelled: bool = False) -> bool:
        """Reserve, announce and book; whether there was room."""
        self.calls += 1
        name = f"{self.name}{self.calls}"
        row = ReservationRow(id=name, run="r", worst=worst, worker=self.store.worker, limits=self.budget.limits)
        question = Budget(inside=self.budget)
        try:
            reservation = await announced(question, worst, partial(self.store.add_reservation, row))
        except BudgetExceeded:
            return False
        await asyncio.sleep(0)
        if cancelled:
            reservation.cancel()
            self.store.drop_reservation_later(name)
            return True
        reservation.settle(real)
        await self.store.add_call(call_row(f"call-{name}", held=real), name)
        return True

    def leave(self) -> None:
        self.lease.leave("")
        self.store.close()


def counted(store: Store) -> Counted:
    """The run's row."""
    with store.connected() as connection:
        row = connection.exec_driver_sql("SELECT usd, calls, tokens FROM budgets").one()
    return Counted(Decimal(row[0]), row[1], row[2])


def amounts(random: Random) -> tuple[Spending, Spending]:
    worst = Spending(Decimal(random.randint(1, 40)).scaleb(-2), random.randint(1, 40))
    percent = random.choice([0, 100, random.randint(0, 100)])
    return worst, Spending(worst.usd * percent / 100, worst.tokens * percent // 100)


async def work(process: Process, random: Random, calls: int, limits: Limits, seen: list[bool]) -> None:
    for _ in range(calls):
        worst, real = amounts(random)
        seen.append(await process.call(worst, real, cancelled=random.random() < 0.1))
        assert not counted(process.store).lacking(limits)


async def played(url: str, limits: Limits, processes: int, seed: int, calls: int = 8) -> list[bool]:
    """Several processes, each with three calls at a time. Says of each call whether there was room."""
    there = [Process(url, limits, f"p{n}-") for n in range(processes)]
    seen: list[bool] = []
    takers = [(process, Random(f"{seed}/{n}/{k}")) for n, process in enumerate(there) for k in range(3)]
    await asyncio.gather(*(work(process, random, calls, limits, seen) for process, random in takers))
    for process in there:
        await process.store.flush()
        assert counted(process.store) == process.store.owed("r"), "the row is the sum of what is stored"
        process.leave()
    return seen


@pytest.mark.parametrize("seed", range(2))
async def test_several_processes_never_hold_more_than_the_run_may(url, seed):
    """Money, calls and tokens together, at every moment; the budget is used, and nobody waits for ever."""
    limits = Limits(usd=Decimal(4), calls=60, tokens=900)
    seen = await played(url, limits, 3, seed)
    assert True in seen
    assert False in seen


LIMITS = st.builds(
    Limits,
    usd=st.none() | st.integers(0, 200).map(lambda cents: Decimal(cents).scaleb(-2)),
    calls=st.none() | st.integers(0, 12),
    tokens=st.none() | st.integers(0, 200),
).filter(lambda limits: limits.countable() is not None)


@settings(max_examples=12)
@given(limits=LIMITS, seed=st.integers(0, 10**6))
def test_no_interleaving_breaks_a_limit(tmp_path_factory, limits, seed):
    """Whatever is limited, however tightly."""
    path = tmp_path_factory.mktemp("room") / "store.sqlite"
    asyncio.run(played(f"sqlite:///{path}", limits, 2, seed, calls=2))


async def test_room_that_others_hold_is_waited_for(url):
    """A call of another process has all the room. It is had when that call settles for less, and refused otherwise."""
    limits, whole = Limits(usd=Decimal(1)), Spending(Decimal(1), 1)
    for cost, room in (("0", True), ("0.5", False)):
        one, two = Process(url, limits, f"a{cost}"), Process(url, limits, f"b{cost}")
        row = ReservationRow(id="held", run="r", worst=whole, worker=one.store.worker, limits=limits)
        assert await one.store.add_reservation(row) is None
        wanting = asyncio.ensure_future(two.call(whole, Spending(Decimal(0), 0)))
        while not two.budget.under_way:  # noqa: ASYNC110  (another task's turn)
            await asyncio.sleep(0)
        assert not wanting.done()
        await one.store.add_call(call_row(f"c{cost}", held=Spending(Decimal(cost), 1)), "held")
        assert await wanting is room
        one.leave(), two.leave()


async def test_what_a_dead_process_announced_is_gone_for_good(url):
    """It may have been billed: who finds no room beside it is refused at once, and whoever joins counts it."""
    limits = Limits(usd=Decimal(1))
    dead = Process(url, limits, "dead")
    worst = Spending(Decimal("0.75"), 1)
    row = ReservationRow(id="x", run="r", worst=worst, worker=dead.store.worker, limits=limits)
    assert await dead.store.add_reservation(row) is None
    dead.lease.leave("")  # as if it had been found dead; what it announced stays
    other = Process(url, limits, "other")
    assert (other.budget.usd, other.budget.calls) == (Decimal("0.75"), 1)
    assert not await other.call(Spending(Decimal("0.5"), 1), Spending(Decimal(0), 0))
    assert await other.call(Spending(Decimal("0.25"), 1), Spending(Decimal(0), 0))
    dead.store.close()
    other.leave()


async def test_the_row_is_made_anew_from_what_is_stored(url):
    """What was spent before the run had a limit counts, and so do the runs that its budget is to cover."""
    with Store.open(url) as store:
        await store.add_call(call_row("a", usd="0.25", tokens=3))
        await store.add_call(call_row("b", usd="0.5", tokens=4, run="before"))
        await store.add_call(call_row("c", usd="9", account="grading"))
        lease = Lease(store, RUN, Limits(calls=9))
        lease.join()
        assert lease.count(keep=False) == Counted(Decimal("0.25"), 1, 3)
        assert lease.count(("before",), keep=True) == Counted(Decimal("0.75"), 2, 7)


async def test_a_lonely_process_needs_no_room_and_loses_none_when_others_come(url):
    """What it booked and what it has under way when the row is made count there, and so does how that ends."""
    limits, worst = Limits(usd=Decimal(1)), Spending(Decimal("0.25"), 10)
    with Store.open(url) as store:
        lease = Lease(store, RUN, limits)
        lease.join()
        lease.count(keep=False)
        for name in "abc":
            row = ReservationRow(id=name, run="r", worst=worst, worker=store.worker, limits=limits)
            assert await store.add_reservation(row) is None
        await store.add_call(call_row("k1", held=Spending(Decimal("0.125"), 5)), "a")
        assert lease.count(keep=True) == Counted(Decimal("0.125"), 1, 5)
        assert counted(store) == Counted(Decimal("0.625"), 3, 25)
        await store.add_call(call_row("k2", held=Spending(Decimal("0.0625"), 4)), "b")
        store.drop_reservation_later("c")
        await store.flush()
        assert counted(store) == Counted(Decimal("0.1875"), 2, 9) == store.owed("r")
