"""What was answered and paid for is in the store or on its way there, whatever becomes of those who wait for it."""

import asyncio
import os
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from store_rows import call_row

from escalade.core.errors import StoreError
from escalade.store import Store
from escalade.store.checkpoint import checkpoint
from escalade.store.inline import Inline


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


@pytest.fixture
def opened(path):
    with Store.open(f"sqlite:///{path}") as store:
        yield store


async def _added(store: Store, key: str) -> None:
    await store.add_call(call_row(key, received=b"1"))


def _kept(path) -> set[str]:
    with Store.open(f"sqlite:///{path}") as store:
        return set(store.texts(["k", "later"]))


async def test_a_look_up_that_fails_is_done_again(opened, monkeypatch):
    """A busy file is not a journal without the answer, which would be paid for once more."""
    await _added(opened, "k")

    def busy(*_):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Inline, "find", busy)
    assert (await opened.call("k")).received == b"1"


@pytest.mark.parametrize("locked", [False, True], ids=["in this turn", "when the lock is given back"])
async def test_a_call_on_its_way_is_found_though_nobody_waits_for_it(opened, path, locked):
    """Whoever was to have the answer is cancelled; the next one to ask gets it, as soon as it is committed."""
    await _added(opened, "other")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if locked:
            other.execute("BEGIN IMMEDIATE")
        adding = asyncio.create_task(_added(opened, "k"))
        for _ in range(5 if locked else 1):
            await asyncio.sleep(0)
        adding.cancel()
        finding = asyncio.create_task(_found(opened, "k"))
        assert await opened.call("absent") is None, "who asks for something else does not wait"
        if locked:
            assert not finding.done()
            other.execute("ROLLBACK")
        assert (await finding).received == b"1"
        assert adding.cancelled()


async def _found(store: Store, key: str):
    return await store.call(key)


@pytest.mark.parametrize("then", ["another loop", "close"])
def test_a_loop_that_is_closed_too_early_loses_nothing(path, then):
    """What it had not come to commit is committed by the next loop, or when the store is closed."""
    with Store.open(f"sqlite:///{path}") as store:
        _abandoned(store)
        if then == "another loop":
            asyncio.run(_added(store, "later"))
    assert _kept(path) == ({"k", "later"} if then == "another loop" else {"k"})


def _abandoned(store: Store) -> None:
    """A loop that is closed when a call is handed over and nothing is committed."""
    loop = asyncio.new_event_loop()
    adding = loop.create_task(_added(store, "k"))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert store.writer._inline.pending
    loop.close()
    adding._log_destroy_pending = False  # it is what this is about


def test_an_interruption_within_a_commit_loses_nothing(path, monkeypatch):
    """Ctrl-C where Python raises it anywhere, as in a notebook: what was being committed still is."""
    insert = Inline._insert

    def interrupted(self, table, rows):
        if rows:
            monkeypatch.setattr(Inline, "_insert", insert)
            raise KeyboardInterrupt
        return insert(self, table, rows)

    monkeypatch.setattr(Inline, "_insert", interrupted)
    with Store.open(f"sqlite:///{path}") as store:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(_added(store, "k"))
        asyncio.run(_added(store, "later"))
    assert _kept(path) == {"k", "later"}


async def test_a_second_loop_sees_only_what_is_committed(opened):
    """Two loops do not share a connection: one would look into the other's transaction."""
    await _added(opened, "k")
    connection, seen = opened.writer._inline._connection, []

    def look() -> None:
        seen.append(asyncio.run(_found(opened, "k")).received)

    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE calls SET received = x'32'")
    looking = threading.Thread(target=look)
    looking.start()
    looking.join()
    connection.execute("ROLLBACK")
    assert seen == [b"1"]


def test_a_checkpoint_that_fails_leaves_writers_patient(opened, monkeypatch):
    """Its connection goes back to the pool, and the next group must wait for a lock as long as any."""
    execute = Connection.exec_driver_sql

    def failing(self, statement, *args, **kwargs):
        if "RESTART" in statement:
            raise OperationalError(statement, {}, sqlite3.OperationalError("disk I/O error"))
        return execute(self, statement, *args, **kwargs)

    monkeypatch.setattr(Connection, "exec_driver_sql", failing)
    checkpoint(opened._engine)
    monkeypatch.undo()
    with opened.connected() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_has_no_part_in_the_store():
    """It can neither use nor close what its parent opened, and says so; the parent goes on."""
    with Store.open("sqlite://") as store:
        asyncio.run(_added(store, "k"))
        reading, writing = os.pipe()
        if not (child := os.fork()):
            os.write(writing, "\n".join(_tried_by_a_child(store)).encode())
            os._exit(0)
        os.waitpid(child, 0)
        told = os.read(reading, 10_000).decode().splitlines()
        for end in (reading, writing):
            os.close(end)
        assert len(told) == 3
        assert all("was opened by another process" in each for each in told)
        asyncio.run(_added(store, "later"))
        assert set(store.texts(["k", "later", "child"])) == {"k", "later"}


def _tried_by_a_child(store: Store) -> list[str]:
    told = []
    for work in (lambda: asyncio.run(_added(store, "child")), lambda: asyncio.run(_found(store, "k")), store.runs):
        try:
            work()
        except StoreError as error:
            told.append(str(error))
        except BaseException as error:  # noqa: BLE001  (nothing may get out of the child into pytest)
            told.append(repr(error))
    store.close()
    return told
