"""A run of so many questions on models that answer at once: its peak memory, and the time to ask for it once more.

Prints one JSON line. The questions themselves are in memory, as with every task.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from asking import experiment
from drive import peak_mb, questions

from escalade import Journal, Runner, Store
from escalade.analysis import Tally


async def run(url: str, asked: list[str]) -> str:
    """Run the experiment on the store at `url`, as a new process would; the run's id."""
    with Store.open(url) as store:
        outcome = await Runner(experiment(asked, Journal(store)), store).run()
        assert outcome.ended == "finished", outcome
        return outcome.run.id


def report(url: str, run_id: str) -> None:
    with Store.open(url) as store:
        tally = Tally(store.run(run_id)[0])
        for record in store.records(run_id):
            tally.add(record)
        tally.summary({system: paid for (system, _), paid in store.paid(run_id).items()})


def main(count: int) -> None:
    start = peak_mb()
    asked = questions(count)
    held = peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'bench.sqlite')}"
        run_id = asyncio.run(run(url, asked))
        ran = peak_mb()
        began = time.perf_counter()
        asyncio.run(run(url, asked))
        resumed_s = time.perf_counter() - began
        report(url, run_id)
        reported_s = time.perf_counter() - began
    measures = {
        "questions": count,
        "start_mb": start,
        "questions_mb": held - start,
        "run_mb": ran,
        "report_mb": peak_mb(),
        "resumed_s": resumed_s,
        "resumed_and_reported_s": reported_s,
    }
    print(json.dumps(measures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    main(parser.parse_args().count)
