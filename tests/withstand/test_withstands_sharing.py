"""Several real processes on one store: work and budget are shared, nothing is paid twice, and the dead are replaced.

What happened is read from the provider's own bill, and from what was stored.
"""

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from killing import but_measured
from ladder import WIDEST, config, written
from program import ended, killed, started

from escalade.simulate.server import Service, serving
from escalade.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CONCURRENCY = 4
ITEMS = 120
LATENCY_S = 0.05


def run_of(served, folder, **experiment):
    """The command, to which the store is to be added."""
    values = config(served.url, items=ITEMS, experiment={"concurrency": CONCURRENCY, **experiment})
    return "run", written(folder, values), "--json", "--store"


async def answers(bill, count: int) -> None:
    """Return when the provider has answered so many requests."""
    while len(bill.entries) < count:  # noqa: ASYNC110  (the bill calls nobody)
        await asyncio.sleep(0.002)


def check_stored(url: str) -> None:
    """Every trial is there, once, and nothing is left of those who worked on it."""
    with Store.open(url) as store:
        [(run, how, trials)] = store.runs()
        assert (how, trials) == ("finished", ITEMS * 3)
        paid = Counter(c.request_id for record in store.records(run.id) for c in record.calls if not c.hit)
        assert set(paid.values()) == {1}
        with store.connected() as connection:
            for table in ("workers", "claims"):
                assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def billed(served) -> Decimal:
    return sum((entry.usd for entry in served.bill.entries), Decimal(0))


async def test_two_processes_share_a_run_and_pay_for_nothing_twice(tmp_path, world, known, store_url):
    """The provider bills what it bills one process alone; both reports are equal, and equal to that one's."""
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True)) as served:
        run = run_of(served, tmp_path)
        first = await started(tmp_path, *run, store_url)
        await answers(served.bill, 40)
        both = (ended(first), ended(await started(tmp_path, *run, store_url)))
        one, two = await asyncio.gather(*both)
        together = len(served.bill.entries)
        alone = await ended(await started(tmp_path, *run, "sqlite:///alone.sqlite"))
        assert together == len(served.bill.entries) - together
    assert (one.code, two.code, alone.code) == (0, 0, 0), (one.err, two.err, alone.err)
    assert one.json() == two.json()
    assert but_measured(one.json()) == but_measured(alone.json())
    check_stored(store_url)


async def test_a_killed_process_is_replaced_by_the_other(tmp_path, world, known, store_url):
    """Its trials are done by the other, at once; what it had in flight, and nothing else, is paid a second time."""
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True)) as served:
        run = run_of(served, tmp_path)
        victim, other = [await started(tmp_path, *run, store_url) for _ in range(2)]
        await answers(served.bill, 200)
        assert await killed(victim)
        heir = await ended(other)
        together = len(served.bill.entries)
        alone = await ended(await started(tmp_path, *run, "sqlite:///alone.sqlite"))
        undisturbed = len(served.bill.entries) - together
    assert (heir.code, alone.code) == (0, 0), (heir.err, alone.err)
    assert undisturbed <= together <= undisturbed + CONCURRENCY * WIDEST
    assert but_measured(heir.json()) == but_measured(alone.json())
    check_stored(store_url)


async def test_processes_and_kills_never_break_the_one_budget(tmp_path, world, known, store_url):
    """Three at once, one of them killed and started anew: the bill stays within the budget, and each says so."""
    budget = Decimal("0.25")
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True)) as served:
        run = run_of(served, tmp_path, budget={"usd": str(budget)})
        victim, *others = [await started(tmp_path, *run, store_url) for _ in range(3)]
        await answers(served.bill, 40)
        assert await killed(victim)
        ends = await asyncio.gather(*map(ended, [*others, await started(tmp_path, *run, store_url)]))
        spent = billed(served)
    assert [end.code for end in ends] == [3] * 3, [end.err for end in ends]
    assert all("run budget of 0.25 USD" in end.err for end in ends)
    assert budget / 3 < spent <= budget
    with Store.open(store_url) as store:
        [(run_id, how, _)] = [(run.id, how, n) for run, how, n in store.runs()]
        assert how == "budget"
        assert spent <= store.owed(run_id).usd <= budget
