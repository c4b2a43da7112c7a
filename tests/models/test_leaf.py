import asyncio
import time
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from told import COST, PRICE, QUESTION, USAGE, Backend, Held, answered, leaf_of, root

from escalade.core.errors import (
    BudgetExceeded,
    ConfigError,
    ConnectionFailed,
    CutOff,
    EmptyAnswer,
    Failure,
    OutOfCredit,
    RateLimited,
    ServerFailed,
    TimedOut,
)
from escalade.core.messages import Request, Sampling
from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.core.reply import Reply
from escalade.core.usage import Usage
from escalade.ledger.budget import Limits
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.models.protocol import ask
from escalade.prices import Price
from escalade.testing import check_model

PLENTY = Limits(usd=Decimal(1), tokens=100_000, calls=100)


def spent(span) -> tuple[Decimal, int, int]:
    budget = span.budget
    assert budget.under_way == 0
    return budget.usd, budget.calls, budget.tokens


async def test_it_keeps_what_a_model_promises():
    """The public conformance check passes."""
    await check_model(leaf_of(Backend()))


async def test_a_call_says_everything_about_its_attempt():
    """Who was asked and who answered, where, what it used, cost and took."""
    backend = Backend(answered(model="m-1-0925", provider="P", request_id="r1", finish="length"))
    span = root(PLENTY)
    rung = span.child("rung", "r", 2, level=2)
    reply = await ask(leaf_of(backend), QUESTION, rung, place=1)
    (call,) = span.ledger.calls
    assert (call.path, call.role, call.level, call.model) == ("/rung.2/worker.1", "worker", 2, "m")
    assert (call.asked, call.answered, call.provider, call.request_id) == ("m-1", "m-1-0925", "P", "r1")
    assert (call.status, call.error, call.finish, call.attempt, call.hit) == ("ok", "", "length", 1, False)
    assert (call.usage, call.cost, call.paid) == (USAGE, Money(COST, "config"), Money(COST, "config"))
    assert (reply.text, reply.model, reply.call, reply.finish) == ("42", "m", call.id, "length")
    assert call.latency_s >= 0
    assert call.waited_s >= 0
    assert spent(span) == (COST, 1, 15)


async def test_a_request_is_completed_before_it_is_sent():
    """The leaf's sampling and system message where the request says nothing, and always a limit on tokens."""
    backend = Backend()
    leaf = leaf_of(backend, system="Be brief.", sampling=Sampling(temperature=0.5))
    await ask(leaf, QUESTION, root())
    own = msgspec.structs.replace(Request.of("q", system="Be long."), sampling=Sampling(temperature=0.0, max_tokens=9))
    await ask(leaf, own, root())
    first, second = backend.sent
    assert [message.content for message in first.messages] == ["Be brief.", "What is six times seven?"]
    assert first.sampling == Sampling(temperature=0.5, max_tokens=8192)
    assert [message.content for message in second.messages] == ["Be long.", "q"]
    assert second.sampling == Sampling(temperature=0.0, max_tokens=9)


def test_misleading_settings_are_refused_at_once():
    """`extra` that falsifies the account is an error before the first call."""
    with pytest.raises(ConfigError):
        leaf_of(Backend(), sampling=Sampling(extra={"n": 3}))


@pytest.mark.parametrize(
    ("received", "price", "cost"),
    [
        (answered(reported_usd=Decimal("0.7")), PRICE, Money(Decimal("0.7"), "reported")),
        (answered(usage=None, reported_usd=Decimal(0)), None, Money(Decimal(0), "reported")),
        (answered(), PRICE, Money(COST, "config")),
        (answered(), msgspec.structs.replace(PRICE, source="catalogue"), Money(COST, "catalogue")),
        (answered(usage=Usage(10, 5, estimated=True)), PRICE, Money(COST, "config", estimated=True)),
        (answered(usage=None), PRICE, UNKNOWN),
        (answered(), None, UNKNOWN),
    ],
)
async def test_a_price_comes_from_whoever_knows_best(received, price, cost):
    """Reported first, then the price at hand, else unknown; never a guess."""
    span = root()
    await ask(leaf_of(Backend(received), price=price), QUESTION, span)
    assert span.ledger.calls[0].cost == cost


async def test_every_attempt_is_a_call_of_its_own():
    """Failed ones included, each with its error; what was not billed costs nothing."""
    backend = Backend(ConnectionFailed("no"), RateLimited("slow"), answered())
    span = root(PLENTY)
    reply = await ask(leaf_of(backend), QUESTION, span)
    calls = span.ledger.calls
    assert reply.text == "42"
    assert [(c.attempt, c.status, c.error) for c in calls] == [
        (1, "failed", "connection"),
        (2, "failed", "rate_limited"),
        (3, "ok", ""),
    ]
    assert [c.paid for c in calls] == [NOTHING, NOTHING, Money(COST, "config")]
    assert len({c.id for c in calls}) == 3
    assert all(c.id.startswith(calls[2].id) for c in calls)
    assert spent(span) == (COST, 3, 15)


async def test_it_gives_up_when_another_try_is_pointless():
    """After the last attempt, or at once where no other can help; the error is a value with its place."""
    for error, attempts in ((ServerFailed("busy"), 3), (OutOfCredit("empty"), 1)):
        span = root(PLENTY)
        outcome = await ask(leaf_of(Backend(error)), QUESTION, span)
        assert outcome == Failure(error, "/worker")
        assert [c.status for c in span.ledger.calls] == ["failed"] * attempts
        assert spent(span) == (Decimal(0), attempts, 0)


@pytest.mark.parametrize("error", [TimedOut("late"), CutOff("broken")])
async def test_what_may_have_been_billed_stays_reserved(error):
    """Its cost is unknown, not nothing, and the budget keeps its worst case."""
    span = root(PLENTY)
    leaf = leaf_of(Backend(error, answered()))
    await ask(leaf, QUESTION, span)
    lost, _ = span.ledger.calls
    assert (lost.status, lost.cost, lost.paid) == ("unknown", UNKNOWN, UNKNOWN)
    usd, calls, tokens = spent(span)
    assert usd > COST + Decimal("0.016"), "8192 output tokens at 2 USD a million, and the prompt"
    assert (calls, tokens > 8192 + 15) == (2, True)


async def test_a_useless_answer_costs_what_it_says():
    """Empty, but billed: booked with its usage and cost; with neither, nobody knows."""
    billed, silent, reported = EmptyAnswer("empty"), EmptyAnswer("empty"), EmptyAnswer("empty")
    billed.usage = Usage(10, 5)
    reported.reported_usd = Decimal("0.25")
    span = root()
    await ask(leaf_of(Backend(billed, silent, reported)), QUESTION, span)
    assert [(c.status, c.paid.usd, c.usage) for c in span.ledger.calls] == [
        ("failed", COST, USAGE),
        ("unknown", None, None),
        ("failed", Decimal("0.25"), None),
    ]


async def test_tokens_are_settled_also_where_money_is_not_known():
    """A model without a price does not use up a budget of tokens by its worst cases."""
    span = root(Limits(tokens=10_000))
    for n in range(20):
        assert (await ask(leaf_of(Backend(), price=None), Request.of(str(n)), span)).text == "42"
    assert spent(span) == (Decimal(0), 20, 300)


async def test_a_call_that_cannot_be_afforded_is_not_made():
    """Neither one that is too dear nor one of unknown price."""
    for limits, settings in ((Limits(usd=COST), {}), (PLENTY, {"price": None})):
        backend, span = Backend(), root(limits)
        outcome = await ask(leaf_of(backend, **settings), QUESTION, span)
        assert isinstance(outcome.error, BudgetExceeded)
        assert (backend.sent, span.ledger.calls, spent(span)) == ([], [], (Decimal(0), 0, 0))


async def test_the_worst_case_bounds_what_a_call_can_cost():
    """A plan's worst case holds for the longest prompt and answer; so does what a call reserves, exactly."""
    leaf = leaf_of(Backend(answered(usage=Usage(10, 50))), system="Be brief.", sampling=Sampling(max_tokens=50))
    worst = leaf.worst(1000)
    assert (worst.calls, worst.output) == (1, 50)
    assert worst.usd >= PRICE.of(Usage(1000 + len("Be brief."), 50)).usd
    assert leaf_of(Backend(), price=None).worst(10).usd is None
    by_output = Price(input=Decimal(0), output=Decimal(2))
    enough = Decimal("0.0001")
    for limit, affordable in ((enough, True), (enough - Decimal("0.0000001"), False)):
        outcome = await ask(
            Leaf("m", leaf.backend, price=by_output, sampling=leaf.sampling), QUESTION, root(Limits(limit))
        )
        assert isinstance(outcome, Reply) is affordable


async def test_cancelling_books_the_call_as_unknown():
    """It was sent; its worst case stays reserved, its slot is free, and the cancellation goes on."""
    held, limiter, span = Held(), Limiter(most=1, start=1), root(PLENTY)
    task = asyncio.create_task(ask(leaf_of(Backend(held), limiter=limiter), QUESTION, span))
    await held.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (call,) = span.ledger.calls
    assert (call.status, call.error, call.paid) == ("unknown", "cancelled", UNKNOWN)
    assert spent(span)[0] > Decimal("0.016")
    assert limiter.in_flight == 0


async def test_cancelling_before_sending_costs_nothing():
    """Whoever only waited for a slot leaves no Call and no reservation."""
    held, limiter, backend = Held(), Limiter(most=1, start=1), Backend()
    first = asyncio.create_task(ask(leaf_of(Backend(held), limiter=limiter), QUESTION, root()))
    await held.arrived.wait()
    span = root(PLENTY)
    second = asyncio.create_task(ask(leaf_of(backend, limiter=limiter), QUESTION, span))
    for _ in range(5):
        await asyncio.sleep(0)
    assert span.budget.under_way == 1
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    held.go.set()
    await first
    assert (backend.sent, span.ledger.calls, spent(span)) == ([], [], (Decimal(0), 0, 0))


@pytest.fixture
def later(monkeypatch) -> Callable[[float], None]:
    """Makes it so many seconds later at once, for budgets and event loops alike."""
    genuine, ahead = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: genuine() + sum(ahead))
    return ahead.append


async def test_a_deadline_cuts_what_was_sent_and_books_it(later):
    """The call is unknown, and the question's error says which limit it was."""
    held, span = Held(), root(Limits(seconds=3600))
    asking = asyncio.create_task(ask(leaf_of(Backend(held)), QUESTION, span))
    await held.arrived.wait()
    later(3600)
    outcome = await asking
    assert (outcome.error.limit, outcome.error.scope) == ("seconds", "question")
    assert [(c.status, c.error) for c in span.ledger.calls] == [("unknown", "budget")]
    assert span.budget.under_way == 0


async def test_a_deadline_ends_waiting_for_a_slot_and_for_a_retry(later):
    """Nothing is sent afterwards, and nothing is booked that was not sent."""
    held, limiter = Held(), Limiter(most=1, start=1)
    first = asyncio.create_task(ask(leaf_of(Backend(held), limiter=limiter), QUESTION, root()))
    await held.arrived.wait()
    backend, span = Backend(), root(Limits(seconds=3600))
    second = asyncio.create_task(ask(leaf_of(backend, limiter=limiter), QUESTION, span))
    while not span.budget.under_way:  # noqa: ASYNC110  (a budget calls nobody)
        await asyncio.sleep(0)
    later(3600)
    outcome = await second
    assert isinstance(outcome.error, BudgetExceeded)
    assert (backend.sent, span.ledger.calls, span.budget.under_way) == ([], [], 0)
    held.go.set()
    await first
    limited, span = Backend(RateLimited("slow", retry_after_s=60.0)), root(Limits(seconds=30))
    third = asyncio.create_task(ask(leaf_of(limited), QUESTION, span))
    while not span.ledger.calls:  # noqa: ASYNC110  (nor does a ledger)
        await asyncio.sleep(0)
    later(30)
    outcome = await third
    assert isinstance(outcome.error, BudgetExceeded)
    assert [c.error for c in span.ledger.calls] == ["rate_limited"]


async def test_a_bug_in_a_backend_is_booked_and_not_hidden():
    """What it raises goes on; the call may have been billed."""
    span = root(PLENTY)
    with pytest.raises(ZeroDivisionError):
        await ask(leaf_of(Backend(ZeroDivisionError())), QUESTION, span)
    assert [(c.status, c.error) for c in span.ledger.calls] == [("unknown", "internal")]
    assert span.budget.under_way == 0


async def test_retries_wait_as_their_place_says():
    """The same place draws the same waits; the wait is told apart from the latency."""
    outcomes = []
    for _ in range(2):
        span = root()
        await ask(leaf_of(Backend(RateLimited("slow", retry_after_s=0.01), answered())), QUESTION, span)
        first, second = span.ledger.calls
        assert second.waited_s >= 0.01
        assert second.latency_s < second.waited_s + first.latency_s + 1
        outcomes.append(second.attempt)
    assert outcomes == [2, 2]


def test_a_structure_names_what_changes_answers():
    """Identity, id, system, sampling and price; equal leaves have equal fingerprints."""
    leaf = leaf_of(Backend(), system="Be brief.")
    assert leaf.structure().fingerprint == leaf_of(Backend(), system="Be brief.").structure().fingerprint
    others = [
        leaf_of(Backend()),
        leaf_of(Backend(), system="Be brief.", sampling=Sampling(temperature=1.0)),
        leaf_of(Backend(), system="Be brief.", price=None),
        Leaf("other", Backend(), system="Be brief.", price=PRICE),
    ]
    assert len({one.structure().fingerprint for one in [leaf, *others]}) == 5


@pytest.mark.parametrize("price", [PRICE, Price(input=Decimal(0), output=Decimal(0))], ids=["too low", "nothing"])
async def test_a_price_that_reports_exceed_is_not_trusted_again(price):
    """What the provider charges beyond its price enlarges every later worst case, so that a budget is a wall again."""
    leaf, span = leaf_of(Backend(answered(reported_usd=Decimal("0.4"))), price=price), root(Limits(usd=Decimal(1)))
    before = leaf.worst(100).usd
    answers = [await ask(leaf, Request.of(f"question {n}"), span, place=n) for n in range(9)]
    refused = [answer for answer in answers if isinstance(answer, Failure)]
    assert span.budget.usd <= 1
    assert refused
    assert all(isinstance(failure.error, BudgetExceeded) for failure in refused)
    assert leaf.worst(100).usd >= Decimal("0.4") > before


async def test_reports_below_the_price_change_nothing():
    """A discount is no reason to reserve less: the next call may not have it."""
    leaf = leaf_of(Backend(answered(reported_usd=COST / 2)))
    before = leaf.worst(100)
    await ask(leaf, QUESTION, root())
    assert leaf.worst(100) == before
