"""Several processes on one store. Two Stores in one process share nothing, as two processes would."""

import asyncio
import subprocess
import sys
from decimal import Decimal

from store_rows import call_row

from escalade.store import Store

WRITER = """
import asyncio, sys
from store_rows import call_row
from escalade.store import Store

async def write(store, who):
    keys = [f"k{n}" for n in range(300)]
    at = {"one": 1.0, "two": 2.0}[who]  # were all alike, it would be one call that is written twice
    rows = [call_row(k, usd="0.01", run=who, received=who.encode(), at=at) for k in keys]
    await asyncio.gather(*map(store.add_call, rows))

sys.stdin.readline()
with Store.open(sys.argv[1]) as store:
    asyncio.run(write(store, sys.argv[2]))
"""


def test_processes_that_write_the_same_calls_agree(url, tmp_path):
    """Both open a new store at once; one answer stays under each key, and what each process paid is all there."""
    here = __file__.rpartition("/")[0]
    start = [sys.executable, "-c", WRITER, url]
    writers = [subprocess.Popen([*start, who], stdin=subprocess.PIPE, cwd=here, text=True) for who in ("one", "two")]
    for writer in writers:
        print("go", file=writer.stdin, flush=True)
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    with Store.open(url) as store:
        for who in ("one", "two"):
            (paid,) = store.paid(who).values()
            assert (paid.usd, paid.calls) == (Decimal(3), 300)
        answers = store.texts([f"k{n}" for n in range(300)])
    assert len(answers) == 300
    assert all(row.received in (b"one", b"two") for row in answers.values())


async def test_the_second_answer_gives_way_and_its_cost_stays(url):
    """Whoever comes second is told the first answer; written again, neither counts twice."""
    first = call_row("k", usd="0.1", received=b'"first"')
    second = call_row("k", usd="0.2", received=b'"second"')
    with Store.open(url) as one, Store.open(url) as two:
        assert await one.add_call(first) is None
        assert await one.add_call(first) is None
        for _ in range(2):
            told = await two.add_call(second)
            assert told is not None
            assert (told.call, told.received) == (first.call, first.received)
        (paid,) = one.paid("r").values()
        assert (paid.usd, paid.calls) == (Decimal("0.3"), 2)
        assert one.owed("r").usd == Decimal("0.3")


async def test_what_one_process_commits_another_finds(url):
    """A journal is shared while both run."""
    with Store.open(url) as one, Store.open(url) as two:
        rows = [call_row(f"k{n}", received=str(n).encode()) for n in range(200)]

        async def through(row):
            await one.add_call(row)
            return await two.call(row.call.id)

        found = await asyncio.gather(*map(through, rows))
    assert [row and row.received for row in found] == [row.received for row in rows]


def test_a_run_may_begin_in_two_processes(url):
    """Neither fails because the other was quicker."""
    from escalade.store import Run  # noqa: PLC0415

    with Store.open(url) as one, Store.open(url) as two:
        for store in (one, two, one):
            store.begin_run(Run(id="r", experiment="e", task="t", items=1))
        assert len(two.runs()) == 1
