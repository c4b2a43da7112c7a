"""A run that is watched from other processes: they see it go and end, and it does not notice."""

import asyncio
import re
import signal

import pytest
from ladder import config, written
from program import ended, started

from escalade.simulate.server import Service, serving

STORE = ("--store", "sqlite:///watched.sqlite")


async def _begun(folder, served):
    """A run that would take minutes and whose first calls are answered."""
    values = config(served.url, items=200, experiment={"concurrency": 2, "budget": {"usd": "2.50"}})
    process = await started(folder, "run", written(folder, values), "--json", *STORE)
    while len(served.bill.entries) < 20:
        assert process.returncode is None
        await asyncio.sleep(0.005)
    return process


@pytest.mark.slow
async def test_watching_follows_a_run_and_ends_with_it(tmp_path, world, known):
    """It tells money, limit and acceptance as they grow; a watcher may leave at any time; the run goes on."""
    async with serving(world, known, Service(latency_s=0.3, report_cost=True)) as served:
        run = await _begun(tmp_path, served)
        watcher, leaving = [await started(tmp_path, "watch", "--every", "0.05", *STORE) for _ in range(2)]
        first = [(await each.stdout.readline()).decode() for each in (watcher, leaving)]
        leaving.send_signal(signal.SIGINT)
        left = await ended(leaving)
        later = [(await watcher.stdout.readline()).decode() for _ in range(3)]
        assert run.returncode is None, "it does not notice"
        run.send_signal(signal.SIGINT)
        seen, ran = await asyncio.gather(ended(watcher), ended(run))
    assert (left.code, left.err) == (0, "")
    assert "no longer watching; run hard-" in left.out
    assert all("under way" in line and "of the $2.50 limit" in line for line in (*first, *later))
    assert _trials(first[0]) <= _trials(later[0]) <= _trials(later[-1])
    assert (seen.code, seen.err, ran.code) == (0, "", 130), seen
    last = seen.out.splitlines()[-1]
    assert "interrupted" in last
    assert "accepted: rung 1" in last
    assert _trials(last) == sum(system["trials"] for system in ran.json()["systems"])


def _trials(line):
    return int(re.search(r"([\d,]+) of 600 trials", line)[1].replace(",", ""))
