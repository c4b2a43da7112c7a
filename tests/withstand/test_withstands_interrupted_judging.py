"""Ctrl-C and SIGTERM while `ask`, `regrade` or `compare --judge` waits for models: nothing that was billed is lost."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import stored
from ladder import config, written
from program import SECRET, Ran, ended, started

from escalade.simulate.server import Service, serving

STORE = "sqlite:///cut.sqlite"
SLOW = pytest.mark.slow


class Asking(NamedTuple):
    """A command that asks models, and how many of its calls are in flight when it waits."""

    arguments: tuple[object, ...]
    calls: int


async def _prepared(folder: Path, served, command: str) -> Asking:
    """The command, with a run in the store where it needs one; the server is quick meanwhile."""
    values = config(served.url)
    if command == "ask":
        path = written(folder, values)
        return Asking(("ask", "Why?", "-s", "panel", "--budget", "5", "-c", path, "--store", STORE), 3)
    (folder / "q.jsonl").write_text("".join(f'{{"question": "Why {n}?"}}\n' for n in range(4)))
    task = {"table": {"path": "q.jsonl", "grading": "rubric", "judge": "judge", "rubric": "It says why."}}
    values["experiments"]["hard"] = {"task": task, "systems": ["small", "medium"]}
    path = written(folder, values)
    quick = await ended(await started(folder, "run", path, "--json", "--store", STORE))
    assert quick.code == 0, quick.err
    run = quick.json()["run"]["id"]
    if command == "regrade":
        change = ("--set", "experiments.hard.task.table.rubric=It says it briefly.")
        return Asking(("regrade", path, *change, "--store", STORE), 8)
    two = (f"{run}:small", f"{run}:medium", "--judge", "large", "--config", path)
    return Asking(("compare", *two, "--store", STORE), 8)


async def _interrupted(served, folder: Path, asking: Asking, number: int, *, times: int) -> Ran:
    before = len(served.bill.entries)
    process = await started(folder, *asking.arguments)
    assert process.stderr is not None
    while len(served.bill.entries) < before + asking.calls:
        assert process.returncode is None, (await ended(process)).err
        await asyncio.sleep(0.005)
    process.send_signal(number)
    said = b""
    if asking.arguments[0] != "ask":  # which is cut at once
        said = await process.stderr.readuntil(b"to cut them")
        if times > 1:
            process.send_signal(number)
    ran = await asyncio.wait_for(ended(process), 9)
    return ran._replace(err=said.decode() + ran.err)


@pytest.fixture
def heard() -> Iterator[None]:
    """Programs that are started hear of a closed terminal, also where these tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(
    ("command", "number"),
    [
        pytest.param("ask", signal.SIGINT, id="ask, Ctrl-C"),
        pytest.param("ask", signal.SIGTERM, id="ask, terminated"),
        pytest.param("ask", signal.SIGHUP, id="ask, its terminal closed"),
        pytest.param("regrade", signal.SIGINT, id="regrade, Ctrl-C", marks=SLOW),
        pytest.param("regrade", signal.SIGTERM, id="regrade, terminated", marks=SLOW),
        pytest.param("compare", signal.SIGINT, id="compare, Ctrl-C", marks=SLOW),
        pytest.param("compare", signal.SIGTERM, id="compare, terminated", marks=SLOW),
    ],
)
async def test_calls_that_are_cut_are_booked_as_unknown(tmp_path, world, known, command, number):
    """A question is cut at once, judging by a second interruption; each call is booked as perhaps billed."""
    async with serving(world, known, Service(report_cost=True)) as quick:
        asking = await _prepared(tmp_path, quick, command)
        before = _booked(tmp_path)
    async with serving(world, known, Service(latency_s=60.0, report_cost=True)) as slow:
        moved(tmp_path, quick.url, slow.url)
        ran = await _interrupted(slow, tmp_path, asking, number, times=2)
        billed = len(slow.bill.entries)
    assert ran.code == 130, ran.err
    assert "Traceback" not in ran.err
    assert SECRET not in ran.out + ran.err
    assert "run the same command again" in ran.err
    booked = stored.calls(tmp_path / "cut.sqlite")[before:]
    assert [(call["status"], call["error"]) for call in booked] == [("unknown", "cancelled")] * billed


@pytest.mark.slow
@pytest.mark.parametrize("command", ["regrade", "compare"])
async def test_one_interruption_keeps_what_is_answered_meanwhile(tmp_path, world, known, command):
    """Answers that come within the grace are booked, and the same command finds them; what they complete is shown."""
    async with serving(world, known, Service(report_cost=True)) as quick:
        asking = await _prepared(tmp_path, quick, command)
        before = _booked(tmp_path)
    async with serving(world, known, Service(latency_s=1.0, report_cost=True)) as slow:
        moved(tmp_path, quick.url, slow.url)
        ran = await _interrupted(slow, tmp_path, asking, signal.SIGTERM, times=1)
        billed = sorted(entry.request_id for entry in slow.bill.entries)
        assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
        booked = stored.calls(tmp_path / "cut.sqlite")[before:]
        assert {stored.status(call) for call in booked} == {"ok"}
        assert sorted(call["request_id"] for call in booked) == billed
        again = await ended(await started(tmp_path, *asking.arguments))
        assert again.code == 0, again.err


def _booked(folder: Path) -> int:
    store = folder / "cut.sqlite"
    return len(stored.calls(store)) if store.exists() else 0


def moved(folder: Path, quick: str, slow: str) -> None:
    """From now on the config's endpoint is the slow one."""
    path = folder / "hard.yaml"
    path.write_text(path.read_text().replace(quick, slow))
