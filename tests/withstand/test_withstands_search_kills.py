"""kill -9 in the middle of a search: it goes on where it was, comes to the same end and pays for nothing twice."""

from decimal import Decimal
from random import Random

import pytest
from killing import endured, walled
from ladder import config, written

from escalade.simulate.server import Service, serving

KILLS = 12
CONCURRENCY = 4
WIDEST = 5
"""Calls that one question may have in flight: the samples of self-consistency."""
SEARCH = {
    "tools": ["small", "medium", "large"],
    "train_items": 16,
    "selection_items": 10,
    "heat_items": 8,
    "max_layers": 1,
}


def _config(url, **experiment):
    experiment = {"search": SEARCH, "systems": ["climb"], "reference": "", "concurrency": CONCURRENCY, **experiment}
    return config(url, items=50, experiment=experiment, concurrency=CONCURRENCY * WIDEST)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_kills_change_nothing_in_a_search(tmp_path, world, known):
    """The object after the kills is the undisturbed search's, but for what was paid; only calls in flight at a kill
    were paid twice.
    """
    draw = Random(12)
    moments = [draw.randint(0, 60) for _ in range(KILLS)]
    async with serving(world, known, Service(latency_s=0.01, report_cost=True)) as served:
        search = ("search", written(tmp_path, _config(served.url)))
        after = await endured(tmp_path, served, search, moments, CONCURRENCY * WIDEST)
    assert _but_paid(after.resumed.json()) == _but_paid(after.calm.json())
    assert after.lost, "no kill fell into the middle of a round"


@pytest.mark.slow
async def test_kills_never_break_a_search_s_budget(tmp_path, world, known):
    """Rounds and restarts draw on one budget: the bill stays within it."""
    budget, draw = Decimal("0.20"), Random(5)
    async with serving(world, known, Service(latency_s=0.01, report_cost=True)) as served:
        search = ("search", written(tmp_path, _config(served.url, budget={"usd": str(budget)})))
        billed = await walled(tmp_path, served, search, [draw.randint(5, 40) for _ in range(4)])
    assert 0 < billed <= budget


def _but_paid(found):
    return {key: value for key, value in found.items() if key != "paid"}
