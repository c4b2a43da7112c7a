"""Escalade: an experiment on a cascade of one rung with a judge, with everything on that a user has on.

Every call is priced, held against a budget, looked up in and committed to a journal in SQLite; every question becomes
a committed record. Nothing is switched off for the benchmark.
"""

import asyncio
import tempfile
from pathlib import Path

from asking import PRICE, Asking
from drive import AT_LEAST, WARM_UP, WORKER_SAYS, Work, measured, questions, work

from escalade import Cascade, Experiment, Journal, Runner, Server, Store, judge


async def run(server: Server, store: Store, asked: list[str], concurrency: int) -> int:
    """Answer all questions as one experiment; how many answers were accepted."""
    worker = server.model("worker", system=WORKER_SAYS, price=PRICE)
    system = Cascade([worker], accept=judge(server.model("judge", price=PRICE)) >= AT_LEAST)
    task = Asking(asked)
    experiment = Experiment(name="bench", task=task, systems={"cascade": system}, concurrency=concurrency)
    await Runner(experiment, store).run()
    return task.accepted


async def whole(asked: Work) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder, 'bench.sqlite')}") as store:
        async with Server(asked.url, concurrency=asked.concurrency, journal=Journal(store)) as server:
            await run(server, store, questions(WARM_UP, start=asked.questions), WARM_UP)
            todo = questions(asked.questions)
            with measured(asked) as outcome:
                outcome["accepted"] = await run(server, store, todo, asked.concurrency)


if __name__ == "__main__":
    asyncio.run(whole(work()))
