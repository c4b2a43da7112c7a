"""Ctrl-C: once, calls in flight are finished and booked; twice, they are cut and booked as unknown."""

import asyncio
import signal

import stored
from ladder import config, written
from program import SECRET, ended, started

from escalade.simulate.server import Service, serving


async def _asked(bill, process, least):
    while len(bill.entries) < least:
        assert process.returncode is None
        await asyncio.sleep(0.005)


async def _begun(folder, url):
    values = config(url, items=100, experiment={"concurrency": 4})
    return await started(folder, "run", written(folder, values), "--json", "--store", "sqlite:///cut.sqlite")


async def test_one_interruption_lets_calls_finish(tmp_path, world, known):
    """Nothing that was billed is lost, the report of what is done is printed, and the next run finishes the rest."""
    async with serving(world, known, Service(latency_s=0.3, report_cost=True)) as served:
        process = await _begun(tmp_path, served.url)
        await _asked(served.bill, process, 10)
        process.send_signal(signal.SIGINT)
        ran = await ended(process)
        billed = {entry.request_id: entry.usd for entry in served.bill.entries}
    assert ran.code == 130, ran.err
    assert ran.json()["run"]["finished"] is False
    assert "waiting for the calls in flight" in ran.err
    assert "run the same command again" in ran.err
    assert stored.answered(tmp_path / "cut.sqlite") == billed
    assert SECRET not in ran.out + ran.err


async def test_one_interruption_lets_graders_finish(tmp_path, world, known):
    """What measures an answer is paid like what gave it: a grader's call in flight is finished and booked, too."""
    (tmp_path / "q.jsonl").write_text('{"question": "Why?"}\n')
    async with serving(world, known, Service(latency_s=0.6, report_cost=True)) as served:
        values = config(served.url)
        task = {"table": {"path": "q.jsonl", "grading": "rubric", "judge": "judge", "rubric": "It says why."}}
        values["experiments"]["hard"] = {"task": task, "systems": ["small"]}
        process = await started(tmp_path, "run", written(tmp_path, values), "--json", "--store", "sqlite:///cut.sqlite")
        await _asked(served.bill, process, 2)
        process.send_signal(signal.SIGINT)
        ran = await ended(process)
        billed = {entry.request_id: entry.usd for entry in served.bill.entries}
    assert "waiting for the calls in flight" in ran.err
    assert len(billed) == 2
    assert stored.answered(tmp_path / "cut.sqlite") == billed


async def test_two_interruptions_end_at_once(tmp_path, world, known):
    """Calls that would take a minute are cut, and each is in the books as one that may have been billed."""
    async with serving(world, known, Service(latency_s=60.0, report_cost=True)) as served:
        process = await _begun(tmp_path, served.url)
        await _asked(served.bill, process, 4)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = await process.stderr.readuntil(b"press Ctrl-C again")
        process.send_signal(signal.SIGINT)
        ran = await asyncio.wait_for(ended(process), 10)
        billed = len(served.bill.entries)
    assert ran.code == 130, said
    assert "Traceback" not in ran.err
    booked = stored.calls(tmp_path / "cut.sqlite")
    assert [(call["status"], call["error"]) for call in booked] == [("unknown", "cancelled")] * billed
