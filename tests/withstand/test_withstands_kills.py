"""kill -9 at any moment: the run goes on where it was, ends as if nothing had happened and pays for nothing twice."""

from decimal import Decimal
from random import Random

import pytest
from killing import but_measured, endured, walled
from ladder import WIDEST, config, written

from escalade.simulate.faults import Faults
from escalade.simulate.server import Service, serving

KILLS = 20
CONCURRENCY = 4
LATENCY_S = 0.02


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
        after = await endured(tmp_path, served, run, moments, in_flight)
    assert but_measured(after.resumed.json()) == but_measured(after.calm.json())


@pytest.mark.slow
async def test_kills_and_faults_never_break_a_budget(tmp_path, world, known):
    """Whatever is cut, lost or killed: what the provider bills stays within the run's budget."""
    budget, draw = Decimal("0.20"), Random(3)
    faults = Faults.in_equal_parts(0.2, retry_after_s=0.01, stall_s=2.0)
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True, faults=faults)) as served:
        experiment = {"concurrency": CONCURRENCY, "budget": {"usd": str(budget)}}
        run = ("run", written(tmp_path, config(served.url, items=200, experiment=experiment, timeout_s=1.0)))
        billed = await walled(tmp_path, served, run, [draw.randint(0, 20) for _ in range(6)])
    assert 0 < billed <= budget


@pytest.mark.slow
async def test_calls_in_flight_at_a_kill_are_owed(tmp_path, world, known):
    """Killed with a dozen dear calls in flight, again and again: each counts against the budget at its worst case."""
    budget = Decimal("0.30")
    async with serving(world, known, Service(latency_s=0.5, report_cost=True)) as served:
        experiment = {"systems": ["large"], "concurrency": 12, "budget": {"usd": str(budget)}}
        run = ("run", written(tmp_path, config(served.url, items=200, experiment=experiment)))
        billed = await walled(tmp_path, served, run, [12, 2, 2, 2])
    assert 0 < billed <= budget
