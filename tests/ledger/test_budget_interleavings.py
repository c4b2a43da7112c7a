"""The wall holds, and nobody waits for ever, in whatever order things happen."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.core.errors import BudgetExceeded
from escalade.core.money import add
from escalade.ledger import budget as budgets
from escalade.ledger.budget import Budget, Limits, Reservation, Spending


@dataclass
class Scheduler:
    """Decides who goes on next, and sometimes cancels somebody instead."""

    random: Random
    cancels: float
    turns: list[asyncio.Future] = field(default_factory=list)

    async def turn(self) -> None:
        mine = asyncio.get_running_loop().create_future()
        self.turns.append(mine)
        await mine

    async def drive(self, tasks: list[asyncio.Task], look) -> None:
        while True:
            for _ in range(12):  # enough for everybody to come to where they must wait
                await asyncio.sleep(0)
            look()
            self.turns = [turn for turn in self.turns if not turn.done()]
            left = [task for task in tasks if not task.done()]
            if not left:
                return
            if self.random.random() < self.cancels:
                self.random.choice(left).cancel()
            elif self.turns:
                self.turns.pop(self.random.randrange(len(self.turns))).set_result(None)
            else:
                raise AssertionError(f"{len(left)} wait for room, and nothing is under way")


@dataclass
class World:
    """Questions under one run's budget, and what their calls really cost."""

    scheduler: Scheduler
    run: Budget
    paid: Decimal = Decimal(0)
    calls: int = 0
    tokens: int = 0
    refused: int = 0

    async def question(self, limits: Limits) -> None:
        budget = Budget(limits, inside=self.run)
        for _ in range(self.scheduler.random.randint(1, 3)):
            together = self.scheduler.random.randint(1, 3)
            await _all([self.call(budget) for _ in range(together)])
            for one in (budget, self.run):
                self.look(one)
        assert budget.under_way == 0

    async def call(self, budget: Budget) -> None:
        random = self.scheduler.random
        worst = Spending(Decimal(random.randint(0, 40)).scaleb(-2), random.randint(0, 40))
        await self.scheduler.turn()
        try:
            reservation = await budget.reserve(worst)
        except BudgetExceeded:
            self.refused += 1
            return
        if random.random() < 0.1:
            reservation.cancel()
            return
        try:
            await self.scheduler.turn()
        except asyncio.CancelledError:
            self.end(reservation, worst)  # it was sent, and nobody knows what it cost
            raise
        share = random.choice([0, 0, 1, random.random()])
        self.end(reservation, Spending(worst.usd * Decimal(share), int(worst.tokens * share)))

    def end(self, reservation: Reservation, real: Spending) -> None:
        self.paid = add(self.paid, real.usd)
        self.tokens += real.tokens
        self.calls += 1
        reservation.settle(real)

    def look(self, budget: Budget) -> None:
        """What is spent and what is under way never exceed the limits together."""
        limits = budget.limits
        assert limits.usd is None or budget.usd + budget._reserved_usd <= limits.usd
        assert limits.tokens is None or budget.tokens + budget._reserved_tokens <= limits.tokens
        assert limits.calls is None or budget.calls + budget.under_way <= limits.calls
        assert budget.under_way >= 0
        assert budget._reserved_usd >= 0


async def _all(calls: list[Awaitable[None]]) -> None:
    """All of them, to their ends, also when this is cancelled."""
    async with asyncio.TaskGroup() as group:
        for call in calls:
            group.create_task(call)


async def played(seed: int, run: Limits, questions: list[Limits], cancels: float) -> World:
    scheduler = Scheduler(Random(seed), cancels)
    world = World(scheduler, Budget(run, scope="run"))
    tasks = [asyncio.create_task(world.question(limits)) for limits in questions]
    await scheduler.drive(tasks, lambda: world.look(world.run))
    for task in tasks:
        if not task.cancelled():
            task.result()
    return world


def check(world: World, run: Limits) -> None:
    assert world.run.under_way == 0
    assert (world.run.usd, world.run.calls, world.run.tokens) == (world.paid, world.calls, world.tokens)
    assert world.run._reserved_usd == 0
    assert world.run._reserved_tokens == 0
    assert run.usd is None or world.paid <= run.usd
    assert run.calls is None or world.calls <= run.calls
    assert run.tokens is None or world.tokens <= run.tokens


@pytest.mark.parametrize("seed", range(3))
async def test_200_questions_at_once_never_pay_more_than_the_run_may(seed):
    """Money, calls and tokens, with budgets of their own inside, cancellations included; all come to an end."""
    run = Limits(usd=Decimal(8), calls=400, tokens=5000)
    world = await played(seed, run, [Limits(usd=Decimal(1), calls=4)] * 200, cancels=0.02)
    check(world, run)
    assert world.paid > Decimal(7), "the budget is used"
    assert world.refused


LIMITS = st.builds(
    Limits,
    usd=st.none() | st.integers(0, 100).map(lambda cents: Decimal(cents).scaleb(-2)),
    calls=st.none() | st.integers(0, 12),
    tokens=st.none() | st.integers(0, 200),
)


@contextmanager
def passing(most: int) -> Iterator[None]:
    """So many who wait longer may be passed, and no more."""
    before, budgets._PASSED_AT_MOST = budgets._PASSED_AT_MOST, most
    try:
        yield
    finally:
        budgets._PASSED_AT_MOST = before


@settings(max_examples=90)
@given(
    seed=st.integers(0, 10**6),
    run=LIMITS,
    questions=st.lists(LIMITS, min_size=1, max_size=6),
    cancels=st.sampled_from([0.0, 0.1]),
    most=st.sampled_from([1, 2, 32]),
)
def test_no_order_of_events_breaks_a_limit_or_leaves_anyone_waiting(seed, run, questions, cancels, most):
    """Whatever is limited, however tightly, whoever is cancelled, however few of those who wait are looked at."""
    with passing(most):
        check(asyncio.run(played(seed, run, questions, cancels)), run)


@pytest.mark.parametrize("seed", range(2))
async def test_1000_questions_at_once_all_come_to_their_ends(seed):
    """Far more wait than are looked at after a call; some give up, some are refused, and the budget is used."""
    run = Limits(usd=Decimal(6))
    world = await played(seed, run, [Limits(calls=5)] * 1000, cancels=0.02)
    check(world, run)
    assert world.paid > Decimal(5), "the budget is used"
    assert world.refused
