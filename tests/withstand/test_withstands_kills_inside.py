"""kill -9 in the middle of a level or of a conversation with tools: what was answered is never paid again."""

from decimal import Decimal
from random import Random

import pytest
from killing import but_measured, endured, walled
from nested import DEBATES, STACK, WIDEST, config
from program import ended, started

from escalade.simulate.faults import Faults
from escalade.simulate.server import Service, serving

KILLS = 10
CONCURRENCY = 3
LATENCY_S = 0.02
SYSTEMS = pytest.mark.parametrize("systems", [DEBATES, STACK], ids=["debates", "stack"])


@SYSTEMS
@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kills_inside_change_nothing_but_times(tmp_path, world, known, systems):
    """The report is the undisturbed run's; kills in the middle of levels lost the calls in flight and nothing else."""
    draw = Random(7)
    moments = [draw.randint(1, 40) for _ in range(KILLS)]
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True)) as served:
        run = ("run", config(tmp_path, served.url, systems, items=60, concurrency=CONCURRENCY))
        after = await endured(tmp_path, served, run, moments, CONCURRENCY * WIDEST)
    assert but_measured(after.resumed.json()) == but_measured(after.calm.json())
    assert after.lost, "no kill fell into the middle of a level"


@SYSTEMS
@pytest.mark.slow
async def test_kills_and_faults_inside_never_break_a_budget(tmp_path, world, known, systems):
    """Whatever is cut, lost or killed inside a level: what the provider bills stays within the run's budget."""
    budget, draw = Decimal("0.25"), Random(11)
    faults = Faults.in_equal_parts(0.1, retry_after_s=0.01, stall_s=2.0)
    async with serving(world, known, Service(latency_s=LATENCY_S, report_cost=True, faults=faults)) as served:
        path = config(tmp_path, served.url, systems, items=200, concurrency=CONCURRENCY, budget={"usd": str(budget)})
        run = ("run", path, "--set", "endpoints.provider.timeout_s=1.0")
        billed = await walled(tmp_path, served, run, [draw.randint(1, 20) for _ in range(5)])
    assert 0 < billed <= budget


@SYSTEMS
async def test_a_budget_of_each_question_holds_inside_over_http(tmp_path, world, known, systems):
    """Four calls a question, on the provider's own bill; the best answer so far is the reply, and the run goes on."""
    async with serving(world, known, Service(report_cost=True)) as served:
        path = config(tmp_path, served.url, systems, items=20, question={"calls": 4})
        ran = await ended(await started(tmp_path, "run", path, "--json", "--store", "sqlite:///killed.sqlite"))
        billed = len(served.bill.entries)
    [system] = ran.json()["systems"]
    assert ran.code == 0, ran.err
    assert system["statuses"]["budget"] > 0
    assert system["cost"]["calls"] == billed <= 4 * 20
