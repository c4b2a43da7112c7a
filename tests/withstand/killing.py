"""kill -9 at given moments, what of a report may differ after it, and what a provider may then have billed."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import stored
from program import Ran, ended, killed, started

_MEASURED = ("latency_s", "paid")


def but_measured(report: dict[str, Any]) -> dict[str, Any]:
    """The report without the figures that may differ when work is repeated from the journal."""
    report["systems"] = [{k: v for k, v in system.items() if k not in _MEASURED} for system in report["systems"]]
    return report


async def _answers(bill, more: int, process: asyncio.subprocess.Process) -> None:
    """Return when the provider has answered so many more requests, or the process has ended."""
    until = len(bill.entries) + more
    while len(bill.entries) < until and process.returncode is None:  # noqa: ASYNC110  (the bill calls nobody)
        await asyncio.sleep(0.002)


async def kills(folder: Path, bill, run: Iterable[object], moments: Iterable[int]) -> AsyncIterator[tuple[int, bool]]:
    """Start `run` and kill it, once for each moment: a number of answers since the start. Says which kills hit it."""
    for moment in moments:
        process = await started(folder, *run, "--store", "sqlite:///killed.sqlite", "--json")
        await _answers(bill, moment, process)
        yield moment, await killed(process)


class Endured(NamedTuple):
    """A run that was killed again and again and then left to finish, and the same run undisturbed."""

    resumed: Ran
    calm: Ran
    lost: int
    """Answers that were billed and, since they were in flight at a kill, asked for once more."""


async def endured(folder: Path, served, run: Sequence[object], moments: Iterable[int], in_flight: int) -> Endured:
    """Holds that every kill hit the run and lost at most the calls in flight, and that nothing else was paid twice."""
    killed_store, lost = folder / "killed.sqlite", 0
    async for moment, hit in kills(folder, served.bill, run, moments):
        assert hit, "the run ended before its kills did"
        if moment:
            before, lost = lost, len(served.bill.entries) - len(stored.answered(killed_store))
            assert lost - before <= in_flight, "more than the calls in flight was lost"
    resumed = await ended(await started(folder, *run, "--store", "sqlite:///killed.sqlite", "--json"))
    paid = {entry.request_id: entry.usd for entry in served.bill.entries}
    calm = await ended(await started(folder, *run, "--store", "sqlite:///calm.sqlite", "--json"))
    undisturbed = len(served.bill.entries) - len(paid)
    assert resumed.code == calm.code == 0, resumed.err
    booked = stored.answered(killed_store)
    assert booked.items() <= paid.items()
    assert len(booked) == undisturbed, "each call of the experiment is answered once"
    return Endured(resumed, calm, len(paid) - len(booked))


async def walled(folder: Path, served, run: Sequence[object], moments: Iterable[int]) -> Decimal:
    """What the provider billed a run that was killed at these moments and then met the wall of its budget."""
    hits = [hit async for _, hit in kills(folder, served.bill, run, moments)]
    last = await ended(await started(folder, *run, "--store", "sqlite:///killed.sqlite"))
    assert hits[0], "the first kill came too late"
    assert last.code == 3, last.err
    assert "budget" in last.err
    return sum((entry.usd for entry in served.bill.entries), Decimal(0))
