"""How a journal's look-ups and inserts hold up as it grows. Prints one JSON line for each size.

Calls are synthetic, of the size that a short question leaves; they take the way that every call takes.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from pathlib import Path

import msgspec

from escalade import Store
from escalade.core.ids import digest
from escalade.core.money import Money
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.models.backend import Received
from escalade.store import CallRow

_AT_ONCE = 64
_SAMPLE = 20_000
_COST = Money(Decimal("0.000035"), "config")
_RECEIVED = msgspec.json.encode(Received(text="The result follows from adding the parts. " * 5, usage=Usage(150, 50)))
_REQUEST = json.dumps({"model": "worker", "messages": [{"role": "user", "content": "Somebody counts. " * 40}]}).encode()


def row(number: int) -> CallRow:
    call = Call(
        id=digest(str(number)),
        path="/worker/worker.1",
        role="worker",
        level=1,
        model="worker",
        asked="worker",
        answered="worker",
        finish="stop",
        usage=Usage(150, 50),
        cost=_COST,
        paid=_COST,
        latency_s=0.734,
        at=1_700_000_000.0 + number,
    )
    return CallRow(call=call, received=_RECEIVED, request=_REQUEST, run="bench-0", system="cascade", item=str(number))


async def rate(one: Callable[[int], Awaitable[object]], numbers: Iterable[int]) -> float:
    """How many a second, so many at a time."""
    left = iter(numbers)
    done = 0

    async def one_after_another() -> None:
        nonlocal done
        for number in left:
            await one(number)
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(_AT_ONCE)))
    return done / (time.perf_counter() - began)


async def fill(store: Store, numbers: range) -> None:
    for number in numbers:
        store.add_call_later(row(number))
        if number % 5_000 == 0:
            await store.flush()
    await store.flush()


async def measure(store: Store, path: Path, size: int) -> dict[str, float]:
    """Rates in a journal of `size` Calls; it has some more afterwards."""
    draw = random.Random(size)
    there = [draw.randrange(size) for _ in range(_SAMPLE)]
    known = await rate(lambda number: store.call(digest(str(number))), there)
    absent = await rate(lambda number: store.call(digest(f"absent {number}")), range(_SAMPLE))
    added = await rate(lambda number: store.add_call(row(number)), range(size, size + _SAMPLE))
    files = sum(file.stat().st_size for file in path.parent.iterdir())
    return {
        "calls": size,
        "found_per_s": known,
        "absent_per_s": absent,
        "inserts_per_s": added,
        "mb": files / 1e6,
        "bytes_per_call": files / (size + _SAMPLE),
    }


async def whole(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.sqlite")
        with Store.open(f"sqlite:///{path}") as store:
            filled = 0
            for size in sizes:
                await fill(store, range(filled, size))
                filled = size + _SAMPLE
                print(json.dumps(await measure(store, path, size)), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="+", help="growing, each at least 20,000 above the one before")
    asyncio.run(whole(parser.parse_args().sizes))
