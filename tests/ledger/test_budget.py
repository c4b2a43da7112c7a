import asyncio
from decimal import Decimal

import pytest

from escalade.core.errors import BudgetExceeded, ConfigError
from escalade.ledger.budget import _PASSED_AT_MOST, Budget, Limits, Spending
from escalade.ledger.limits import Counted


def worst(usd: str | None = "1", tokens: int = 10) -> Spending:
    return Spending(None if usd is None else Decimal(usd), tokens)


NOTHING = worst("0", 0)


async def refusal_of(budget: Budget, spending: Spending) -> BudgetExceeded:
    with pytest.raises(BudgetExceeded) as caught:
        await budget.reserve(spending)
    return caught.value


async def waiting(budget: Budget, spending: Spending) -> "asyncio.Task":
    """A task that has come as far as waiting for room."""
    task = asyncio.create_task(budget.reserve(spending))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_reservation_settles_on_what_the_call_cost():
    """What was reserved and not used is room again."""
    budget = Budget(Limits(usd=Decimal(10), tokens=100, calls=5))
    reservation = await budget.reserve(worst("9", 90))
    assert budget.under_way == 1
    reservation.settle(worst("1", 15))
    assert (budget.usd, budget.tokens, budget.calls, budget.under_way) == (Decimal(1), 15, 1, 0)
    (await budget.reserve(worst("9", 85))).cancel()
    assert (budget.usd, budget.tokens, budget.calls, budget.under_way) == (Decimal(1), 15, 1, 0)


async def test_a_reservation_ends_once():
    """Ending it again changes nothing."""
    budget = Budget(Limits(usd=Decimal(10)))
    reservation = await budget.reserve(worst("2"))
    reservation.settle(worst("1", 5))
    reservation.settle(worst("2"))
    reservation.cancel()
    assert (budget.usd, budget.tokens, budget.calls, budget.under_way) == (Decimal(1), 5, 1, 0)


@pytest.mark.parametrize(
    ("amount", "error"), [(0.5, TypeError), (Decimal(-1), ConfigError), (Decimal("NaN"), ConfigError)]
)
def test_a_limit_of_money_is_an_exact_amount(amount, error):
    """A float, a debt and no number are refused where the limit is written, not where it is first exceeded."""
    with pytest.raises(error, match="amount"):
        Limits(usd=amount)


@pytest.mark.parametrize(
    ("limits", "limit"),
    [(Limits(usd=Decimal("0.5")), "usd"), (Limits(tokens=9), "tokens"), (Limits(calls=0), "calls")],
)
async def test_what_can_never_fit_is_refused_at_once(limits, limit):
    """With the limit and whose it is, and nothing stays reserved anywhere."""
    run = Budget(limits, scope="run")
    question = Budget(Limits(usd=Decimal(5)), inside=run)
    error = await refusal_of(question, worst())
    assert (error.limit, error.scope) == (limit, "run")
    assert "run budget" in str(error)
    assert (run.under_way, question.under_way) == (0, 0)


async def test_a_limit_may_be_used_up_exactly():
    """The wall stands behind the last cent, not before it."""
    budget = Budget(Limits(usd=Decimal("0.3"), tokens=30, calls=3))
    for _ in range(3):
        (await budget.reserve(worst("0.1"))).settle(worst("0.1"))
    assert (budget.usd, budget.tokens, budget.calls) == (Decimal("0.3"), 30, 3)
    assert (await refusal_of(budget, NOTHING)).limit == "calls"


async def test_an_unknown_price_is_refused_under_a_limit_of_money():
    """Also where the limit is further out; without one it goes through, and its tokens count."""
    run = Budget(Limits(usd=Decimal(5)), scope="run")
    question = Budget(inside=run)
    assert question.needs_prices()
    error = await refusal_of(question, worst(None))
    assert (error.limit, error.scope) == ("usd", "run")
    assert "unknown price" in str(error)
    free = Budget(Limits(tokens=15))
    assert not free.needs_prices()
    (await free.reserve(worst(None))).settle(worst(None))
    assert (free.usd, free.tokens) == (Decimal(0), 10)


async def test_a_call_waits_while_others_may_leave_room():
    """It gets the room that they leave, and is refused when they leave none."""
    for left, fits in ((worst("0.5"), True), (worst("2"), False)):
        budget = Budget(Limits(usd=Decimal(2)))
        first = await budget.reserve(worst("2"))
        task = await waiting(budget, worst("1"))
        first.settle(left)
        if fits:
            (await task).settle(worst("1"))
        else:
            with pytest.raises(BudgetExceeded):
                await task


async def test_whoever_waits_longest_looks_first():
    """Room is given in the order of asking among those for whom it does."""
    budget = Budget(Limits(calls=1))
    holder, order = await budget.reserve(worst()), []

    async def one(n: int) -> None:
        reservation = await budget.reserve(worst())
        order.append(n)
        reservation.cancel()

    tasks = [asyncio.create_task(one(n)) for n in range(5)]
    await asyncio.sleep(0)
    holder.cancel()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_a_question_counts_in_its_run():
    """Both limits hold, and one question's money is no other's."""
    run = Budget(Limits(usd=Decimal(3)), scope="run")
    one, two = (Budget(Limits(usd=Decimal(2)), inside=run) for _ in range(2))
    (await one.reserve(worst("2"))).settle(worst("2"))
    assert (await refusal_of(one, worst("1"))).scope == "question"
    (await two.reserve(worst("1"))).settle(worst("1"))
    assert (run.usd, one.usd, two.usd) == (Decimal(3), Decimal(2), Decimal(1))
    assert (await refusal_of(two, worst("1"))).scope == "run"


async def test_earlier_attempts_count():
    """What a killed run spent is spent."""
    budget = Budget(Limits(usd=Decimal(3), calls=9, tokens=100))
    budget.already_spent(Counted(Decimal("2.5"), 4, 50))
    assert (await refusal_of(budget, worst("1"))).limit == "usd"
    assert (budget.calls, budget.tokens) == (4, 50)


async def ended_by(error: Exception) -> None:
    raise error


async def test_a_deadline_ends_waiting_and_working():
    """Whoever waits for room, whatever is done in time, and every call after it, is refused with the scope."""
    budget = Budget(Limits(seconds=0.02, calls=1), inside=Budget(Limits(seconds=60.0), scope="run"))
    holder = await budget.reserve(worst())
    task = asyncio.create_task(budget.reserve(worst()))
    with pytest.raises(BudgetExceeded) as caught:
        await budget.in_time(asyncio.Event().wait())
    assert (caught.value.limit, caught.value.scope) == ("seconds", "question")
    with pytest.raises(BudgetExceeded):
        await task
    with pytest.raises(BudgetExceeded):
        budget.check_time()
    holder.cancel()
    assert (await refusal_of(budget, NOTHING)).limit == "seconds"
    with pytest.raises(BudgetExceeded):
        await budget.in_time(ended_by(AssertionError("nothing is begun after the deadline")))


async def test_what_ends_in_time_is_left_alone():
    """Results, errors and time-outs of the work itself come through."""
    for budget in (Budget(), Budget(Limits(seconds=60.0))):
        assert await budget.in_time(asyncio.sleep(0, "done")) == "done"
        with pytest.raises(TimeoutError):
            await budget.in_time(ended_by(TimeoutError()))
        budget.check_time()


async def test_a_closed_budget_lets_nobody_through():
    """Neither who comes later nor who waited already; what is under way may end."""
    run = Budget(Limits(calls=1), scope="run")
    question = Budget(inside=run)
    holder = await question.reserve(worst())
    early = await waiting(question, worst())
    run.close()
    late = await waiting(question, worst())
    holder.cancel()
    for task in (early, late):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), 0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert run.under_way == 0


async def test_whoever_gives_up_waiting_leaves_nothing_behind():
    """Cancelled while waiting, or in the moment when room is made: the next one gets it."""
    for when in ("before", "at once", "after"):
        budget = Budget(Limits(calls=1))
        holder = await budget.reserve(worst())
        given_up, patient = await waiting(budget, worst()), await waiting(budget, worst())
        if when == "before":
            given_up.cancel()
            await asyncio.sleep(0)
        elif when == "at once":
            given_up.cancel()
        holder.cancel()
        if when == "after":
            given_up.cancel()
        (await patient).cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert budget.under_way == 0


async def test_a_smaller_call_passes_some_that_wait_and_no_more():
    """Room that does for it alone is not left unused, and whoever is far ahead in the queue is not passed for ever."""
    for ahead, passes in ((_PASSED_AT_MOST - 1, True), (_PASSED_AT_MOST, False)):
        budget = Budget(Limits(usd=Decimal(3)))
        first, second = [await budget.reserve(worst(usd)) for usd in ("2", "1")]
        large = [await waiting(budget, worst("2")) for _ in range(ahead)]
        small = await waiting(budget, worst("1"))
        second.settle(NOTHING)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert small.done() is passes
        first.settle(NOTHING)
        for task in (*large, small):
            (await task).settle(NOTHING)
        assert (budget.under_way, budget.calls) == (0, ahead + 3)


async def test_many_who_wait_take_time_in_proportion_to_their_number(monkeypatch):
    """Each settlement looks at a few of them: 2,000 take about ten times what 200 take, not a hundred times."""
    looks = 0
    lacking = Budget._lacking

    def counted(self, *args, **kwargs):
        nonlocal looks
        looks += 1
        return lacking(self, *args, **kwargs)

    monkeypatch.setattr(Budget, "_lacking", counted)

    async def looks_of(n: int) -> int:
        nonlocal looks
        looks, run = 0, Budget(Limits(usd=Decimal(9)), scope="run")

        async def call(usd: Decimal) -> None:
            held = await Budget(inside=run).reserve(Spending(usd, 1))
            await asyncio.sleep(0)
            held.settle(NOTHING)

        await asyncio.gather(*(call(1 + Decimal(i % 89) / 100) for i in range(n)))
        assert run.calls == n
        return looks

    assert await looks_of(2_000) < 15 * await looks_of(200)


async def test_room_given_in_the_moment_of_giving_up_is_given_on():
    """Whoever is cancelled when it has its reservation already holds nothing; the next one gets the room, at once."""
    budget = Budget(Limits(usd=Decimal(1)))
    holder = await budget.reserve(worst())
    given_up, patient = await waiting(budget, worst()), await waiting(budget, worst())
    holder.cancel()
    assert budget.under_way == 1, "the room is given before anybody runs"
    given_up.cancel()
    (await patient).settle(worst())
    assert given_up.cancelled()
    assert (budget.under_way, budget.usd) == (0, Decimal(1))


async def test_nothing_is_reserved_where_nothing_is_under_way():
    """However many digits the worst cases have: what was reserved is given back to the last of them."""
    budget = Budget(Limits(usd=Decimal(1000)))
    worst = [Decimal(1) / 3, Decimal("777.7"), Decimal("1e-60"), Decimal(10) / 7]
    held = [await budget.reserve(Spending(usd, 1)) for usd in worst]
    for one in held:
        one.cancel()
    await budget.reserve(Spending(Decimal(1000), 1))
