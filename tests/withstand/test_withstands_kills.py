"""kill -9 at any moment: the run goes on where it was, ends as if nothing had happened and pays for nothing twice."""

import asyncio
from decimal import Decimal
from random import Random

import pytest
import stored
from ladder import WIDEST, config, written
from program import ended, killed, started

from escalade.simulate.faults import Faults
from escalade.simulate.server import Service, serving

KILLS = 20
CONCURRENCY = 4
LATENCY_S = 0.02
MEASURED = ("latency_s", "paid")


def _but_measured(report):
    """The report without the figures that may differ when work is repeated from the journal."""
    report["systems"] = [{k: v for k, v in system.items() if k not in MEASURED} for system in report["systems"]]
    return report


async def _answers(bill, more, process):
    """Return when the provider has answered so many more requests, or the process has ended."""
    until = len(bill.entries) + more
    while len(bill.entries) < until and process.returncode is None:  # noqa: ASYNC110  (the bill calls nobody)
        await asyncio.sleep(0.002)


async def _kills(folder, bill, run, moments):
    """Start `run` and kill it, once for each moment: a number of answers since the start. Says which kills hit it."""
    for moment in moments:
        process = await started(folder, *run, "--store", "sqlite:///killed.sqlite", "--json")
        await _answers(bill, moment, process)
        yield moment, await killed(process)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_twenty_kills_change_nothing_but_times(tmp_path, world, known):
    """The report after 20 kills is the undisturbed run's; only calls in flight at a kill were paid twice."""
    draw = Random(20)
    moments = [draw.randint(0, 30) for _ in range(KILLS)]
    in_flight = CONCURRENCY * WIDEST
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True)) as served:
        values = config(served.url, items=120, experiment={"concurrency": CONCURRENCY}, concurrency=in_flight)
        run = ("run", written(tmp_path, values))
        lost = 0
        async for moment, hit in _kills(tmp_path, served.bill, run, moments):
            assert hit, "the run ended before its kills did"
            if moment:
                before, lost = lost, len(served.bill.entries) - len(stored.answered(tmp_path / "killed.sqlite"))
                assert lost - before <= in_flight, "more than the calls in flight was lost"
        resumed = await ended(await started(tmp_path, *run, "--store", "sqlite:///killed.sqlite", "--json"))
        paid = {entry.request_id: entry.usd for entry in served.bill.entries}
        calm = await ended(await started(tmp_path, *run, "--store", "sqlite:///calm.sqlite", "--json"))
        undisturbed = len(served.bill.entries) - len(paid)
    assert resumed.code == calm.code == 0, resumed.err
    assert _but_measured(resumed.json()) == _but_measured(calm.json())
    booked = stored.answered(tmp_path / "killed.sqlite")
    assert booked.items() <= paid.items()
    assert len(booked) == undisturbed, "each call of the experiment is answered once"


@pytest.mark.slow
async def test_kills_and_faults_never_break_a_budget(tmp_path, world, known):
    """Whatever is cut, lost or killed: what the provider bills stays within the run's budget."""
    budget, draw = Decimal("0.20"), Random(3)
    faults = Faults.in_equal_parts(0.2, retry_after_s=0.01, stall_s=2.0)
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True, faults=faults)) as served:
        experiment = {"concurrency": CONCURRENCY, "budget": {"usd": str(budget)}}
        run = ("run", written(tmp_path, config(served.url, items=200, experiment=experiment, timeout_s=1.0)))
        hits = [hit async for _, hit in _kills(tmp_path, served.bill, run, [draw.randint(0, 20) for _ in range(6)])]
        last = await ended(await started(tmp_path, *run, "--store", "sqlite:///killed.sqlite"))
        billed = sum((entry.usd for entry in served.bill.entries), Decimal(0))
    assert any(hits)
    assert last.code == 3, last.err
    assert "budget" in last.err
    assert 0 < billed <= budget


@pytest.mark.slow
async def test_calls_in_flight_at_a_kill_are_owed(tmp_path, world, known):
    """Killed with a dozen dear calls in flight, again and again: each counts against the budget at its worst case."""
    budget = Decimal("0.30")
    async with serving(world, known, Service(latency_s=0.5, report_cost=True)) as served:
        experiment = {"systems": ["large"], "concurrency": 12, "budget": {"usd": str(budget)}}
        run = ("run", written(tmp_path, config(served.url, items=200, experiment=experiment)))
        hits = [hit async for _, hit in _kills(tmp_path, served.bill, run, [12, 2, 2, 2])]
        last = await ended(await started(tmp_path, *run, "--store", "sqlite:///killed.sqlite"))
        billed = sum((entry.usd for entry in served.bill.entries), Decimal(0))
    assert hits[0]
    assert last.code == 3, last.err
    assert 0 < billed <= budget
