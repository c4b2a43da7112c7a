"""What is done on the event loop, and what is left to the thread."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from decimal import Decimal

import pytest
from store_rows import call_row, record

from escalade.ledger.limits import Counted, Spending
from escalade.store import ReservationRow, Store, inline, writer
from escalade.store.checkpoint import checkpoint
from escalade.store.writer import Writer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


@pytest.fixture
def handed(monkeypatch):
    """The kinds of the jobs that a thread was handed."""
    kinds = []
    hand_over = Writer._hand_over

    def witnessed(self, job):
        kinds.append(job.kind)
        hand_over(self, job)

    monkeypatch.setattr(Writer, "_hand_over", witnessed)
    return kinds


async def test_everyday_work_never_sees_the_thread(path, handed):
    """Calls, look-ups, reservations, records and flushes are all done on the loop."""
    with Store.open(f"sqlite:///{path}") as store:
        await store.add_reservation(ReservationRow(id="a~1", run="r", worst=Spending(Decimal(1), 1)))
        assert await store.add_call(call_row("a", received=b"1"), "a~1") is None
        assert (await store.call("a")).received == b"1"
        store.add_record(record())
        await store.flush()
        assert len(list(store.records("r"))) == 1
        assert store.owed("r").calls == 1
    assert handed == []


async def test_a_locked_file_is_waited_for_beside_the_loop(path, handed):
    """Another process writes: the loop stays free, and all is committed in order when the lock is given back."""
    with Store.open(f"sqlite:///{path}") as store, closing(_connected(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.ensure_future(store.add_call(call_row("first", received=b"1")))
        await _turns(handed)
        later = asyncio.ensure_future(store.add_call(call_row("second", received=b"2")))
        assert await store.call("another") is None, "looking up needs no lock"
        assert not writing.done()
        other.execute("ROLLBACK")
        await asyncio.gather(writing, later)
        assert set(store.texts(["first", "second"])) == {"first", "second"}
    assert handed[:2] == ["call", "call"]


async def test_nothing_overtakes_what_the_thread_has_to_do(path, handed):
    """A reservation that waits for a lock is still there to be dropped by what comes after it."""
    with Store.open(f"sqlite:///{path}") as store, closing(_connected(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        reserving = asyncio.ensure_future(
            store.add_reservation(ReservationRow(id="a~1", run="r", worst=Spending(Decimal(1), 1)))
        )
        await _turns(handed)
        other.execute("ROLLBACK")
        store.drop_reservation_later("a~1")
        await reserving
        await store.flush()
        assert store.owed("r") == Counted()


async def test_an_id_that_is_there_is_sorted_out_by_the_thread(path, handed):
    """The whole group is left to it: the first answer stays, and the rest of the group is written."""
    with Store.open(f"sqlite:///{path}") as store:
        await store.add_call(call_row("k", usd="0.1", received=b"first"))
        told, new = await asyncio.gather(
            store.add_call(call_row("k", usd="0.2", received=b"second")), store.add_call(call_row("new"))
        )
        assert told.received == b"first"
        assert new is None
        assert set(store.texts(["k", "new"])) == {"k", "new"}
        assert store.owed("r").usd == Decimal("0.3")
    assert handed == ["call", "call"]


def test_a_store_serves_several_event_loops(path):
    """Loops one after another, and two at once in two threads: nothing is lost, and everyone is woken."""

    async def write(name: str) -> None:
        await asyncio.gather(*(store.add_call(call_row(f"{name}{n}")) for n in range(50)))

    with Store.open(f"sqlite:///{path}") as store:
        for name in ("a", "b"):
            asyncio.run(write(name))
        both = [threading.Thread(target=asyncio.run, args=(write(name),)) for name in ("c", "d")]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert len(store.texts([f"{name}{n}" for name in "abcd" for n in range(50)])) == 200


async def _log_of(path, rows: int, settled=lambda: True) -> int:
    """Bytes of SQLite's log after so many rows of 2 kB, 200 of them at a time, each time when all is `settled`."""
    with Store.open(f"sqlite:///{path}") as store:
        for start in range(0, rows, 200):
            await asyncio.gather(*(store.add_call(call_row(f"k{start + n}", request=bytes(2000))) for n in range(200)))
            while not settled():  # noqa: ASYNC110  (by a thread)
                await asyncio.sleep(0)
        return path.with_name(f"{path.name}-wal").stat().st_size


async def test_the_log_does_not_grow_for_ever(tmp_path, monkeypatch, handed):
    """Checkpoints happen beside the loop, however slow the disk: when each is done, the log is begun anew."""
    done = []
    monkeypatch.setattr(writer, "checkpoint", lambda engine: done.append(checkpoint(engine)))
    log = await _log_of(tmp_path / "kept.sqlite", 12_000, lambda: len(done) == handed.count("checkpoint"))
    assert len(done) > 5
    monkeypatch.setattr(inline, "_CHECKPOINT_EVERY", 1_000_000)
    assert log < await _log_of(tmp_path / "left.sqlite", 12_000) / 2


async def _turns(handed):
    """Some turns of the loop, until it gave up on the lock."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert handed


def _connected(path):
    return sqlite3.connect(path, isolation_level=None)
