"""What the journal adds to a call: CPU of one that a model in this process answers, with and without it, and recalled.

Prints one JSON line, in microseconds a call. CPU of all threads counts, the writer's too.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from asking import instant
from drive import questions

from escalade import Journal, Store, answer


async def cpu_us(asked: list[str], journal: Journal | None) -> float:
    """CPU time of a question to one model, 64 under way at a time."""
    model = instant("worker", journal)
    left = iter(asked)

    async def one_after_another() -> None:
        for question in left:
            await answer(model, question)

    began = time.process_time()
    await asyncio.gather(*(one_after_another() for _ in range(64)))
    return 1e6 * (time.process_time() - began) / len(asked)


async def whole(count: int) -> None:
    asked = questions(count)
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder, 'bench.sqlite')}") as store:
        await cpu_us(questions(64, start=count), Journal(store))
        without = await cpu_us(asked, None)
        kept = await cpu_us(asked, Journal(store))
        recalled = await cpu_us(asked, Journal(store))
    print(json.dumps({"without_us": without, "kept_us": kept, "recalled_us": recalled}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    asyncio.run(whole(parser.parse_args().count))
