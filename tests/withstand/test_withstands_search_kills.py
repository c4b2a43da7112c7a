"""kill -9 in the middle of a search: it goes on where it was, comes to the same end and pays for nothing twice."""

from decimal import Decimal
from random import Random

import pytest
import stored
from killing import kills
from ladder import config, written
from program import ended, started

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
    in_flight = CONCURRENCY * WIDEST
    async with serving(world, known, Service(latency_s=0.01, report_cost=True)) as served:
        command = ("search", written(tmp_path, _config(served.url)))
        lost = 0
        async for moment, hit in kills(tmp_path, served.bill, command, moments):
            assert hit, "the search ended before its kills did"
            if moment:
                before, lost = lost, len(served.bill.entries) - len(stored.answered(tmp_path / "killed.sqlite"))
                assert lost - before <= in_flight, "more than the calls in flight was lost"
        resumed = await ended(await started(tmp_path, *command, "--store", "sqlite:///killed.sqlite", "--json"))
        paid = {entry.request_id: entry.usd for entry in served.bill.entries}
        calm = await ended(await started(tmp_path, *command, "--store", "sqlite:///calm.sqlite", "--json"))
        undisturbed = len(served.bill.entries) - len(paid)
    assert resumed.code == calm.code == 0, resumed.err
    assert _but_paid(resumed.json()) == _but_paid(calm.json())
    booked = stored.answered(tmp_path / "killed.sqlite")
    assert booked.items() <= paid.items()
    assert len(booked) == undisturbed, "each call of the search is answered once"


@pytest.mark.slow
async def test_kills_never_break_a_search_s_budget(tmp_path, world, known):
    """Rounds and restarts draw on one budget: the bill stays within it."""
    budget, draw = Decimal("0.20"), Random(5)
    async with serving(world, known, Service(latency_s=0.01, report_cost=True)) as served:
        command = ("search", written(tmp_path, _config(served.url, budget={"usd": str(budget)})))
        moments = [draw.randint(5, 40) for _ in range(4)]
        hits = [hit async for _, hit in kills(tmp_path, served.bill, command, moments)]
        last = await ended(await started(tmp_path, *command, "--store", "sqlite:///killed.sqlite"))
        billed = sum((entry.usd for entry in served.bill.entries), Decimal(0))
    assert any(hits)
    assert last.code == 3, last.err
    assert "it has no winner yet" in last.err
    assert 0 < billed <= budget


def _but_paid(found):
    return {key: value for key, value in found.items() if key != "paid"}
