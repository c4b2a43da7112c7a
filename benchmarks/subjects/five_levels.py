"""Five levels of debate, none of which is accepted: how long questions take, and a bare call to the same server.

Everything that a user has on is on: budget in dollars, journal and records in SQLite on disk.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import aiohttp
from asking import PRICE, Asking
from drive import questions

from escalade import Cascade, Debate, Debater, Experiment, Journal, Limits, Runner, Server, Store
from escalade.gates import Decided, PanelJudge
from escalade.strategies import ByJudge

WORKERS = (2, 3, 3, 4, 4)
STAGES = 4 * len(WORKERS)
"""Answers, critiques, refined answers, verdict: the calls of a level that wait for those before."""
CALLS = 3 * sum(WORKERS) + len(WORKERS)
BARE_CALLS = 24


def ladder(server: Server) -> Cascade:
    panel = PanelJudge(server.model("panel", price=PRICE), ask_again=False)
    rungs = []
    for level, workers in enumerate(WORKERS, 1):
        members = [server.model(f"worker-{level}-{n}", price=PRICE) for n in range(workers)]
        strict = [Debater(member, style="strict") for member in members]
        rungs.append(Debate(strict, decide=ByJudge(panel), name=f"level {level}"))
    return Cascade(rungs, Decided(0.95))


async def seconds(server: Server, store: Store, name: str, asked: list[str]) -> list[float]:
    """How long each question took, all asked at once, as a run of that name."""
    experiment = Experiment(
        name=name,
        task=Asking(asked),
        systems={"ladder": ladder(server)},
        concurrency=len(asked),
        budget=Limits(usd=Decimal(1000)),
    )
    outcome = await Runner(experiment, store).run()
    records = list(store.records(outcome.run.id))
    made = {len(record.calls) for record in records}
    if made != {CALLS}:
        raise SystemExit(f"{CALLS} calls a question were to be made, not {sorted(made)}")
    return [record.seconds for record in records]


async def bare(url: str, count: int) -> tuple[float, float]:
    """Seconds by a bare client on warm connections: the median call, and all calls of so many questions in step."""
    body = {"model": "worker", "messages": [{"role": "user", "content": questions(1)[0]}]}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def took(at_once: int) -> float:
            began = time.perf_counter()
            await asyncio.gather(*(post() for _ in range(at_once)))
            return time.perf_counter() - began

        async def post() -> None:
            async with session.post(f"{url}/chat/completions", json=body) as response:
                await response.json()

        await took(max(WORKERS) * count)
        one = statistics.median([await took(1) for _ in range(BARE_CALLS)])
        stages = [width for workers in WORKERS for width in (workers, workers, workers, 1)]
        return one, sum([await took(width * count) for width in stages])


async def whole(url: str, count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder, 'bench.sqlite')}") as store:
        async with Server(url, concurrency=4 * count, journal=Journal(store)) as server:
            await seconds(server, store, "warm-up", questions(count, start=count))
            call, in_step = await bare(url, count)
            cpu = time.process_time()
            took = await seconds(server, store, "levels", questions(count))
            cpu = time.process_time() - cpu
    path = STAGES * call
    return {
        "calls": CALLS,
        "stages": STAGES,
        "bare_ms": 1000 * call,
        "path_s": path,
        "median_s": statistics.median(took),
        "median_over_path": statistics.median(took) / path,
        "slowest_over_path": max(took) / path,
        "bare_over_path": in_step / path,
        "cpu_ms_per_call": 1000 * cpu / (CALLS * count),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    said = parser.parse_args()
    print(json.dumps(asyncio.run(whole(said.url, said.count))), flush=True)
