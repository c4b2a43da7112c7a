"""One run in several processes. Stores with systems of their own share nothing in memory, as processes would."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from decimal import Decimal

import pytest
from sqlalchemy import select
from sums import PRICE, Pupil, experiment, facts, records, sum_of
from test_run import Watched

from escalade.core.errors import ConfigError
from escalade.core.messages import Sampling
from escalade.experiment import Runner, RunOutcome, queue, shared
from escalade.experiment.trial import Trial
from escalade.ledger.call import Call
from escalade.ledger.limits import Counted, Limits, Spending
from escalade.models import journal
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.store import CallRow, Store, claims, schema
from escalade.store.leases import Lease, Worker
from escalade.strategies import Vote, sample
from escalade.tasks import Item

SENT = list[tuple[str, bytes, int]]


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Look out for others so often that runs as small as these meet."""
    monkeypatch.setattr(shared, "_LOOK_S", 0.01)
    monkeypatch.setattr(queue, "_ASK_AGAIN_S", (0.01, 0.05))
    monkeypatch.setattr(journal, "_LOOK_AGAIN_S", (0.005, 0.05))


class Slow(Pupil):
    """Takes a while. `sent` has every request of all processes; after the first `most` it waits for `more`."""

    def __init__(self, name: str, sent: SENT, most: int, more: asyncio.Event) -> None:
        super().__init__(name, 0.7, None)
        self._sent = sent
        self._most = most
        self._more = more

    async def send(self, body, request):
        if len(self._sent) >= self._most:
            await self._more.wait()
        self._sent.append((self.model_id, body, request.sample))
        await asyncio.sleep(0.01)
        return await super().send(body, request)


class Told(Watched):
    """Is told of other processes, too."""

    def elsewhere(self, done: int) -> None:
        self.told += [("elsewhere",)] * done

    def waiting(self, why: str) -> None:
        self.told.append(("waiting", why))


class Process:
    """A Store with a run of its own. `sent` is what the models of all processes were sent."""

    def __init__(self, store: Store, sent: SENT, most: int = 10**6, **settings) -> None:
        self.store = store
        self.told = Told()
        self.more = asyncio.Event()
        """Lets the models answer more than `most` requests."""
        asked = {"items": 12, "concurrency": 4} | settings
        self.runner = Runner(experiment(*self._systems(sent, most), **asked), store, self.told)

    def _systems(self, sent: SENT, most: int) -> list:
        """Two that share calls."""
        kept = Journal(self.store)
        a, b = (
            Leaf(name, backend, price=PRICE, journal=kept, sampling=Sampling(max_tokens=100))
            for name in ("a", "b")
            for backend in [Slow(name, sent, most, self.more)]
        )
        return [a, Vote([*sample(a, 2), b], name="panel")]

    async def run(self) -> RunOutcome:
        return await self.runner.run()


@pytest.fixture
def opened(store_url) -> Callable[[], Store]:
    """Opens a Store more on one database."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Store.open(store_url))


async def results(**settings) -> tuple[list[dict], int]:
    """What one process alone records, and how many requests it sends."""
    sent: SENT = []
    with Store.open("sqlite://") as store:
        outcome = await Process(store, sent, **settings).run()
        return facts(records(store, outcome.run.id)), len(sent)


async def begun(sent: SENT, count: int) -> None:
    """Return when so many requests were sent."""
    while len(sent) < count:  # noqa: ASYNC110  (the models call nobody)
        await asyncio.sleep(0)


def at_work(store: Store, systems: Sequence[str] = ("a", "panel"), items: int = 12) -> int:
    """How many processes have trials that nobody has finished, so that each of them will do at least one."""
    [(run, *_)] = store.runs()
    every = [Trial(run.id, system, sum_of(n)) for system in systems for n in range(items)]
    with store.connected() as connection:
        claimed = dict(connection.execute(select(schema.claims.c.key, schema.claims.c.worker)).all())
    finished = store.finished(run.id)  # looked up after the claims: what is open now was open then
    left = (claims._written(queue._name(trial)) for trial in every if trial.key not in finished)
    return len({claimed[name] for name in left if name in claimed})


@asynccontextmanager
async def under_way(process: Process) -> AsyncIterator[asyncio.Task]:
    """A run that goes on while other things happen, and is cut afterwards if it has not ended."""
    task = asyncio.create_task(process.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("late", [0, 7])
async def test_processes_share_a_run(opened, late):
    """At once or one later: each trial is done by one, each request is sent once, and the results are those of one."""
    sent: SENT = []
    there = [Process(opened(), sent, most) for most in (7, 12, 12)]
    first = asyncio.create_task(there[0].run())
    await begun(sent, late)
    others = [asyncio.create_task(process.run()) for process in there[1:]]
    await begun(sent, 12)  # by the others, while the first waits
    while not all(p.told.count("begin") for p in there) or at_work(there[0].store) < 2:  # noqa: ASYNC110  (as above)
        await asyncio.sleep(0)
    for process in there:
        process.more.set()
    outcomes = await asyncio.gather(first, *others)
    assert [(outcome.ended, outcome.done) for outcome in outcomes] == [("finished", 24)] * 3
    assert max(Counter(sent).values()) == 1
    done = [process.told.count("trial") for process in there]
    assert sum(done) == 24
    assert sum(map(bool, done)) > 1, "one process did everything"
    for process in there:
        [before] = [told[2] for told in process.told.told if told[0] == "begin"]
        assert before + process.told.count("trial") + process.told.count("elsewhere") == 24
    alone, requests = await results()
    assert facts(records(there[0].store, outcomes[0].run.id)) == alone
    assert len(sent) == requests
    assert there[2].store.run(outcomes[0].run.id)[1] == "finished"


async def test_all_processes_keep_to_one_budget_of_calls(opened):
    """Together they send as many requests as the run may, and each says that its budget is reached."""
    sent: SENT = []
    there = [Process(opened(), sent, budget=Limits(calls=20)) for _ in range(2)]
    outcomes = await asyncio.gather(*(process.run() for process in there))
    assert [outcome.ended for outcome in outcomes] == ["budget"] * 2
    assert len(sent) == 20
    assert there[0].store.owed(outcomes[0].run.id).calls == 20


async def test_all_processes_keep_to_one_budget_of_dollars(opened):
    """What they paid and what they might owe never exceed it; with a higher one the same run is finished."""
    sent: SENT = []
    budget = Decimal("0.004")
    there = [Process(opened(), sent, budget=Limits(usd=budget)) for _ in range(2)]
    outcomes = await asyncio.gather(*(process.run() for process in there))
    assert [outcome.ended for outcome in outcomes] == ["budget"] * 2
    owed = there[0].store.owed(outcomes[0].run.id)
    assert 0 < owed.usd <= budget
    assert owed.calls == len(sent)
    more = await asyncio.gather(*(Process(p.store, sent, budget=Limits(usd=Decimal(1))).run() for p in there))
    assert [outcome.ended for outcome in more] == ["finished"] * 2
    assert max(Counter(sent).values()) == 1


async def test_processes_must_agree_on_the_budget(opened):
    """Whoever comes with another one is refused, with both named; whoever works goes on."""
    sent: SENT = []
    first, other = (
        Process(opened(), sent, most=1, budget=Limits(calls=100)),
        Process(opened(), sent, budget=Limits(usd=Decimal(9))),
    )
    async with under_way(first) as running:
        await begun(sent, 1)
        with pytest.raises(ConfigError, match="a budget of 100 calls, and this one has a budget of 9 USD") as caught:
            await other.run()
        assert "same budget" in caught.value.hint
        first.more.set()
        assert (await running).ended == "finished"


def to_silence(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """When called, the process with that Store renews its lease and looks out for others no more, but goes on."""
    look, turn, silent = Lease.look, threading.Lock(), threading.Event()

    def looked(lease: Lease) -> list[Worker]:
        if lease._store is not store:
            return look(lease)
        with turn:
            return [] if silent.is_set() else look(lease)

    def silence() -> None:
        with turn:  # a look that is under way may renew the lease yet
            silent.set()

    monkeypatch.setattr(Lease, "look", looked)
    return silence


async def test_the_work_of_one_who_fell_silent_is_taken_over(opened, monkeypatch):
    """What it had under way is waited for as long as its lease lasts, and is then done by another."""
    sent: SENT = []
    silent, alive = Process(opened(), sent, most=9), Process(opened(), sent)
    silence = to_silence(silent.store, monkeypatch)
    async with under_way(silent):
        await begun(sent, 9)
        async with under_way(alive) as running:
            while ("waiting", "waiting for 4 trials of other processes") not in alive.told.told:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            silence()
            with alive.store.connected() as connection:
                connection.exec_driver_sql(f"UPDATE workers SET expires = 0 WHERE id = '{silent.store.worker}'")
            outcome = await running
    assert outcome.ended == "finished"
    assert facts(records(alive.store, outcome.run.id)) == (await results())[0]


async def test_what_one_gives_up_another_may_do(opened):
    """An interrupted process leaves its trials to those that go on, which the run's end waits for."""
    sent: SENT = []
    one, two = (Process(opened(), sent) for _ in range(2))
    first = asyncio.create_task(one.run())
    await begun(sent, 3)
    second = asyncio.create_task(two.run())
    await begun(sent, 12)
    one.runner.stop()
    outcomes = await asyncio.gather(first, second)
    assert [outcome.ended for outcome in outcomes] == ["interrupted", "finished"]
    assert outcomes[1].done == 24
    assert two.store.run(outcomes[1].run.id)[1] == "finished"


async def test_what_was_claimed_and_not_begun_is_given_back(opened):
    """After a stop, others may claim it, and so may the next run on the same store."""
    store, other = opened(), opened()
    stopping = asyncio.Event()
    trials = [Trial("r", "s", Item(id=str(n), turns=("?",))) for n in range(4)]
    left = queue.Queue(store, iter(trials), stopping, at_once=16, told=lambda *_: None)
    await store.claims.share()
    begun_here = await left.next()
    stopping.set()
    assert await left.next() is None
    names = [queue._name(trial) for trial in trials if trial != begun_here]
    await other.claims.share()
    assert await other.claims.take_some(names) == set()
    left.give_back()
    await store.flush()
    assert await other.claims.take_some(names[:1]) == {names[0]}
    assert await store.claims.take_some(names[1:]) == set(names[1:])


async def test_a_question_s_budget_counts_what_another_process_spent_on_it(opened):
    """What was paid for a trial since the run began here is known when the trial is taken over."""
    store = opened()
    await store.claims.share()
    trials = [Trial("r", "a", sum_of(n)) for n in range(2)]
    left = queue.Queue(store, iter(trials), asyncio.Event(), at_once=4, told=lambda *_: None)
    left.spent = {}
    call = Call(id="c", model="m")
    await store.add_call(CallRow(call=call, run="r", system="a", item="s01", held=Spending(Decimal("0.5"), 7)))
    assert [await left.next(), await left.next(), await left.next()] == [*trials, None]
    assert left.spent == {("a", "s01", 0): Counted(Decimal("0.5"), 1, 7)}
