import asyncio
from decimal import Decimal

import msgspec
import pytest
from aiohttp import web
from imitation import completion, imitation
from told import AT_ONCE, COST, PRICE, QUESTION, USAGE, Backend, Held, answered, leaf_of, root

from escalade.core.errors import CutOff, EmptyAnswer, NotInJournal, RateLimited, StoreError
from escalade.core.messages import Request, Sampling
from escalade.core.money import NOTHING, Money
from escalade.core.usage import Usage
from escalade.ledger.limits import Counted, Limits
from escalade.models.endpoint import Endpoint, Http
from escalade.models.journal import Journal, key_of, said
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.models.protocol import ask
from escalade.prices import Price
from escalade.store import Store

MONEY = Limits(usd=Decimal(1))


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/store.sqlite"


@pytest.fixture
def store(url):
    with Store.open(url) as opened:
        yield opened


async def test_a_hit_is_paid_by_nobody_and_takes_no_slot(store):
    """It is the same reply, at its own place, worth what it was worth, under its reader's name."""
    limiter, first, again = Limiter(most=1, start=1), root(), root(Limits(calls=0), run="other")
    before = await ask(leaf_of(Backend(answered(model="x", finish="length")), Journal(store)), QUESTION, first)
    backend = Backend()
    async with limiter.slot():
        leaf = Leaf("other", backend, price=PRICE, journal=Journal(store), limiter=limiter)
        after = await ask(leaf, QUESTION, again, "gate")
    (call,), (hit,) = first.ledger.calls, again.ledger.calls
    assert backend.sent == []
    assert msgspec.structs.replace(after, model="m") == before
    assert (hit.id, hit.model, hit.path, hit.role, hit.hit) == (call.id, "other", "/gate", "gate", True)
    assert (hit.cost, hit.paid, hit.latency_s) == (call.cost, NOTHING, call.latency_s)
    assert (again.budget.usd, again.budget.calls) == (Decimal(0), 0)
    await store.flush()
    assert store.paid("other") == {}
    assert store.paid("r")["s", "system"].usd == COST


async def test_a_hit_is_worth_what_the_price_at_hand_says(store):
    """Reading it with another price values the work anew; what a provider reported stays."""
    journal = Journal(store)
    await ask(leaf_of(Backend(answered()), journal), QUESTION, root())
    await ask(leaf_of(Backend(answered(reported_usd=Decimal(7))), journal), Request.of("other"), root())
    dearer, span = leaf_of(Backend(), journal, price=Price(input=Decimal(10), output=Decimal(20))), root()
    for request in (QUESTION, Request.of("other")):
        await ask(dearer, request, span)
    assert [c.cost for c in span.ledger.calls] == [Money(COST * 10, "config"), Money(Decimal(7), "reported")]


async def test_two_who_ask_the_same_at_once_share_one_call(store):
    """One pays; the others find its answer."""
    held = Held()
    backend = Backend(held)
    leaf, spans = leaf_of(backend, Journal(store)), [root() for _ in range(10)]
    tasks = [asyncio.create_task(ask(leaf, QUESTION, span)) for span in spans]
    await held.arrived.wait()
    held.go.set()
    replies = await asyncio.gather(*tasks)
    assert len(backend.sent) == 1
    assert len(set(replies)) == 1
    assert sorted(span.ledger.calls[0].hit for span in spans) == [False] + [True] * 9


async def test_whoever_waits_for_a_call_that_fails_makes_it(store):
    """A failure, or a cancellation, of the one who asked first is nobody else's."""
    first, span = Held(), root()
    backend = Backend(first, answered("second"))
    leaf = leaf_of(backend, Journal(store))
    given_up = asyncio.create_task(ask(leaf, QUESTION, root()))
    await first.arrived.wait()
    patient = asyncio.create_task(ask(leaf, QUESTION, span))
    await asyncio.sleep(0)
    given_up.cancel()
    assert (await patient).text == "second"
    assert [c.hit for c in span.ledger.calls] == [False]


async def test_waiting_for_another_ends_at_the_deadline(store):
    """A question's time is its own."""
    held = Held()
    leaf = leaf_of(Backend(held), Journal(store))
    slow = asyncio.create_task(ask(leaf, QUESTION, root()))
    await held.arrived.wait()
    outcome = await ask(leaf, QUESTION, root(Limits(seconds=0.02)))
    assert outcome.error.limit == "seconds"
    held.go.set()
    assert (await slow).text == "42"


async def test_whoever_gives_up_waiting_ends_nobody_else_s_claim(store):
    """Of three journals on one Store one makes the call and one gives up: the third still finds the first's answer."""
    held = Held()
    backend = Backend(held)
    one, two, three = (leaf_of(backend, Journal(store)) for _ in range(3))
    first = asyncio.create_task(ask(one, QUESTION, root()))
    await held.arrived.wait()
    assert (await ask(two, QUESTION, root(Limits(seconds=0.02)))).error.limit == "seconds"
    third = asyncio.create_task(ask(three, QUESTION, root()))
    for _ in range(20):
        await asyncio.sleep(0)
    held.go.set()
    assert (await first).text == (await third).text == "42"
    assert len(backend.sent) == 1
    assert await store.claims.take(key_of(backend, backend.bodies[0], backend.sent[0])), "nothing is left claimed"


async def test_failures_are_facts_and_never_answers(store):
    """They are stored with their cost, and the same question is asked again."""
    useless = EmptyAnswer("empty")
    useless.usage = USAGE
    backend = Backend(useless, CutOff("broken"), RateLimited("slow"), answered("at last"))
    leaf, span = leaf_of(backend, Journal(store)), root(MONEY)
    assert isinstance((await ask(leaf, QUESTION, span)).error, RateLimited)
    assert (await ask(leaf, QUESTION, span)).text == "at last"
    await store.flush()
    rows = store.texts([c.id for c in span.ledger.calls])
    assert [(rows[c.id].call.status, said(rows[c.id])) for c in span.ledger.calls] == [
        ("failed", ""),
        ("unknown", ""),
        ("failed", ""),
        ("ok", "at last"),
    ]
    assert {row.call for row in rows.values()} == set(span.ledger.calls)
    paid = store.paid("r")["s", "system"]
    assert (paid.known, paid.calls, paid.unknown) == (COST * 2, 4, 1)
    assert store.owed("r") == Counted(span.budget.usd, span.budget.calls, span.budget.tokens)


async def test_a_reply_is_used_only_when_it_is_committed(store):
    """Whoever gets one finds it in the store as it is, without waiting for it."""
    leaf = leaf_of(Backend(), Journal(store))

    async def one(n: int) -> bool:
        reply = await ask(leaf, Request.of(str(n)), root())
        return reply.call in store.texts([reply.call])

    assert all([await one(n) for n in range(20)])


async def test_no_answer_is_given_that_cannot_be_kept(store):
    """A store that fails ends the question with its error; the call is in the account."""
    leaf, span = leaf_of(Backend(), Journal(store)), root()
    with store._engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER no BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'full'); END")
    outcome = await ask(leaf, QUESTION, span)
    assert isinstance(outcome.error, StoreError)
    assert [c.paid.usd for c in span.ledger.calls] == [COST]


async def test_offline_nothing_is_called(store):
    """What is in the journal is given; for all else the error names the model and the way out."""
    await ask(leaf_of(Backend(), Journal(store)), QUESTION, root())
    backend = Backend()
    offline = leaf_of(backend, Journal(store, offline=True))
    assert (await ask(offline, QUESTION, root())).text == "42"
    outcome = await ask(offline, Request.of("never asked"), root())
    assert isinstance(outcome.error, NotInJournal)
    assert "this call of m" in str(outcome.error)
    assert "--offline" in outcome.error.hint
    assert backend.sent == []


async def test_samples_are_calls_of_their_own(store):
    """Repeated samples are never collapsed, and each is found again."""
    backend = Backend(*(answered(str(n)) for n in range(5)), answered("no more"))
    leaf = leaf_of(backend, Journal(store))
    samples = [QUESTION.sampled(n, 5) for n in range(5)]
    for _ in range(2):
        assert [(await ask(leaf, one, root())).text for one in samples] == ["0", "1", "2", "3", "4"]
    assert len(backend.sent) == 5


def test_a_key_names_all_that_an_answer_depends_on():
    """Whom, what, which sample, and the item only where it matters; never labels or the leaf's name."""
    backend, by_item = Backend(), Backend(by_item=True)

    def key(request: Request, of: Backend = backend) -> str:
        return key_of(of, of.encode(request), request)

    of_item = msgspec.structs.replace(QUESTION, item="i1", labels={"category": "sums"})
    assert key(QUESTION) == key(of_item)
    assert key(QUESTION, by_item) != key(of_item, by_item)
    assert key(QUESTION, by_item) == key(QUESTION)
    warmer = msgspec.structs.replace(QUESTION, sampling=Sampling(temperature=1.0))
    others = [key(QUESTION.sampled(1, 2)), key(Request.of("other")), key(warmer)]
    elsewhere = Backend()
    elsewhere.identity = "elsewhere"
    assert len({key(QUESTION), key(QUESTION, elsewhere), *others}) == 5


async def test_one_item_s_answer_is_not_another_s(store):
    """Recorded and simulated models answer by item: equal words about two items are two calls."""
    backend = Backend(answered("one"), answered("two"), by_item=True)
    leaf = leaf_of(backend, Journal(store))
    items = [msgspec.structs.replace(QUESTION, item=item) for item in ("i1", "i2", "i1")]
    assert [(await ask(leaf, one, root())).text for one in items] == ["one", "two", "one"]


async def test_what_must_not_be_kept_is_not(store):
    """Under a redacted task the answer is stored and the question is not."""
    leaf = leaf_of(Backend(), Journal(store))
    shown = await ask(leaf, QUESTION, root())
    hidden = await ask(leaf, Request.of("a secret question"), root(redacted=True))
    rows = store.texts([shown.call, hidden.call])
    assert b"six times seven" in rows[shown.call].request
    assert rows[hidden.call].request is None
    assert said(rows[hidden.call]) == "42"


async def test_what_a_killed_run_was_doing_is_owed(url):
    """A call that was announced and never booked counts with its worst case when the store is opened anew."""
    with Store.open(url) as store:
        held, span = Held(), root(MONEY)
        task = asyncio.create_task(ask(leaf_of(Backend(held), Journal(store)), QUESTION, span))
        await held.arrived.wait()
        with Store.open(url) as after_the_kill:
            owed = after_the_kill.owed("r")
            assert owed == Counted(span.budget._reserved_usd, 1, span.budget._reserved_tokens)
            assert owed.usd > Decimal("0.016")
        held.go.set()
        await task
        assert store.owed("r") == Counted(COST, 1, 15)


async def test_what_was_never_sent_is_not_owed(store):
    """An announcement is withdrawn when its call is given up while waiting for a slot."""
    held, limiter = Held(), Limiter(most=1, start=1)
    journal = Journal(store)
    first = asyncio.create_task(ask(leaf_of(Backend(held), limiter=limiter), QUESTION, root()))
    await held.arrived.wait()
    second = asyncio.create_task(ask(leaf_of(Backend(), journal, limiter=limiter), QUESTION, root(MONEY)))
    while not store.owed("r").calls:  # noqa: ASYNC110  (another thread writes it)
        await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await store.flush()
    assert store.owed("r") == Counted()
    held.go.set()
    await first


async def test_without_a_limit_of_money_nothing_is_announced(store):
    """A run that has none is spared the extra commit."""
    held = Held()
    task = asyncio.create_task(ask(leaf_of(Backend(held), Journal(store)), QUESTION, root(Limits(calls=5))))
    await held.arrived.wait()
    assert store.owed("r") == Counted()
    held.go.set()
    await task


async def test_a_cancelled_call_is_owed_as_unknown(store):
    """Its worst case takes the place of its announcement, and counts once."""
    held, span = Held(), root(MONEY)
    task = asyncio.create_task(ask(leaf_of(Backend(held), Journal(store)), QUESTION, span))
    await held.arrived.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.flush()
    assert store.owed("r") == Counted(span.budget.usd, 1, span.budget.tokens)
    assert store.paid("r")["s", "system"].unknown == 1


async def test_an_answer_of_unknown_cost_is_owed_at_its_worst(store):
    """A usage that never came is not free for the next attempt at the run."""
    span = root(MONEY)
    await ask(leaf_of(Backend(answered(usage=None)), Journal(store)), QUESTION, span)
    assert store.owed("r") == Counted(span.budget.usd, 1, span.budget.tokens)
    assert span.budget.usd > Decimal("0.016")


async def test_the_first_of_two_processes_answers_for_both(url):
    """Both paid, both use the answer that the journal keeps, and nothing that was paid is lost."""
    held, quick = Held(), Backend(answered("first"))
    with Store.open(url) as one, Store.open(url) as two:
        slow = asyncio.create_task(ask(leaf_of(Backend(held), Journal(one)), QUESTION, root()))
        await held.arrived.wait()
        await ask(leaf_of(quick, Journal(two)), QUESTION, root())
        held.go.set()
        reply = await slow
        assert reply.text == "first"
        assert said(one.texts([reply.call])[reply.call]) == "first"
        paid = two.paid("r")["s", "system"]
    assert (paid.usd, paid.calls) == (COST * 2, 2)


async def test_calls_that_end_together_keep_their_own_money(store):
    """200 at once against a real server, answered in any order: every Call has its own usage and cost."""
    count = 200
    everybody = asyncio.Barrier(count)

    async def answer(_request, body):
        number = int(body["messages"][-1]["content"])
        await everybody.wait()
        for _ in range((number * 7919) % 40):
            await asyncio.sleep(0)
        usage = {"prompt_tokens": number, "completion_tokens": 2 * number, "cost": number / 1000}
        return web.json_response(completion(str(number), usage if number % 2 else usage | {"cost": None}))

    span = root(Limits(usd=Decimal(1000)))
    async with imitation(answer) as server, Http() as http:
        leaf = Leaf(
            "m", Endpoint(server.url, "m", http=http), price=PRICE, journal=Journal(store), retry=AT_ONCE,
            limiter=Limiter(most=count, start=count),
        )  # fmt: skip
        asked = [ask(leaf, Request.of(str(n)), span, place=n) for n in range(count)]
        replies = await asyncio.gather(*asked)
    by_path = {call.path: call for call in span.ledger.calls}
    for n, reply in enumerate(replies):
        call = by_path[f"/worker.{n}"]
        usage = Usage(n, 2 * n)
        reported = Money(Decimal(n) / 1000, "reported")
        assert (reply.text, reply.call, call.usage) == (str(n), call.id, usage)
        assert call.cost == (reported if n % 2 else PRICE.of(usage))
    assert store.owed("r") == Counted(sum(c.paid.usd for c in span.ledger.calls), count, 3 * sum(range(count)))
    assert store.paid("r")["s", "system"].usd == span.budget.usd
