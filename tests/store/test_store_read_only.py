"""A store that can be read and not written is read where it is, with no file made beside it."""

import os
import shutil
import sqlite3
import threading

import pytest
from sqlalchemy import text
from store_rows import call_row, record

from escalade.core.errors import StoreError
from escalade.store import Run, Store
from shut import NOBODY, as_nobody, shut

RUN = Run(id="r", experiment="e", task="t", items=1)


@pytest.fixture
def folder(open_folder):
    return open_folder


async def _filled(path, *, closed: bool = True) -> Store:
    store = Store.open(f"sqlite:///{path}")
    store.begin_run(RUN)
    store.add_record(record())
    await store.add_call(call_row("k", received=b"1"))
    if closed:
        store.close()
    return store


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


async def test_it_is_read_and_left_as_it_is(folder):
    """Runs, records and texts are there; no thread is started, and no log is made."""
    await _filled(folder / "s.sqlite")
    before = threading.active_count()
    with shut(folder):
        with Store.open(f"sqlite:///{folder}/s.sqlite", reading=True) as store:
            assert [run.id for run, _, _ in store.runs()] == ["r"]
            assert len(list(store.records("r"))) == 1
            assert store.texts(["k"])["k"].received == b"1"
            assert threading.active_count() == before
        assert _names(folder) == ["s.sqlite"]


async def test_a_name_of_any_kind_is_found(folder):
    """What means something in an address of SQLite's means nothing here."""
    path = folder / "50 % #1 né.sqlite"
    await _filled(path)
    with shut(folder), Store.open(f"sqlite:///{path}", reading=True) as store:
        assert len(store.runs()) == 1


async def test_writing_is_refused_in_plain_words(folder):
    """Where it is opened to be written, at once; where it was opened for reading, when it is tried."""
    await _filled(folder / "s.sqlite")
    url = f"sqlite:///{folder}/s.sqlite"
    with shut(folder):
        with pytest.raises(StoreError, match="is read-only here") as caught:
            Store.open(url)
        assert "copy it" in caught.value.hint
        with Store.open(url, reading=True) as store:
            with pytest.raises(StoreError, match="is read-only here"):
                store.begin_run(RUN)
            with pytest.raises(StoreError, match="is read-only here"):
                await store.add_call(call_row("new"))
    assert _names(folder) == ["s.sqlite"]


async def test_what_somebody_writes_is_seen(folder):
    """A run that another user has under way is read with its log, as it grows and when it has ended."""
    path = folder / "s.sqlite"
    writing = await _filled(path, closed=False)
    try:
        with shut(folder), Store.open(f"sqlite:///{path}", reading=True) as store:
            assert set(store.texts(["k", "later"])) == {"k"}
            await writing.add_call(call_row("later"))
            assert set(store.texts(["k", "later"])) == {"k", "later"}
    finally:
        writing.close()
    with shut(folder), Store.open(f"sqlite:///{path}", reading=True) as store:
        assert set(store.texts(["k", "later"])) == {"k", "later"}


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "alone"])
async def test_a_log_that_was_left_behind_is_never_overlooked(folder, tmp_path, index):
    """A copy of a store in use, on a medium: its log is read too, or it is refused with the remedy."""
    writing = await _filled(tmp_path / "s.sqlite", closed=False)
    for suffix in ("", "-wal", "-shm") if index else ("", "-wal"):
        shutil.copy(tmp_path / f"s.sqlite{suffix}", folder)
    writing.close()
    with shut(folder):
        if index:
            with Store.open(f"sqlite:///{folder}/s.sqlite", reading=True) as store:
                assert set(store.texts(["k"])) == {"k"}
        else:
            with pytest.raises(StoreError, match="never brought into it") as caught:
                Store.open(f"sqlite:///{folder}/s.sqlite", reading=True)
            assert "copy both files" in caught.value.hint


def test_an_older_version_is_not_brought_up_to_date(folder):
    """That needs writing, and says so."""
    path = folder / "s.sqlite"
    with Store.open(f"sqlite:///{path}") as store, store.connected() as connection:
        for table in ("claims", "workers", "budgets"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE reservations DROP COLUMN worker"))
        connection.execute(text("UPDATE escalade_meta SET version = 2"))
    with shut(folder), pytest.raises(StoreError, match="is read-only here"):
        Store.open(f"sqlite:///{path}", reading=True)


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_a_store_whose_file_or_folder_alone_is_shut_is_read(folder, what):
    """SQLite needs both to write; where one is shut, it must not leave a log of ours beside another's file."""
    path = folder / "s.sqlite"
    await _filled(path)
    with shut(folder):
        pass
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(path, NOBODY, NOBODY)
    (path if what == "file" else folder).chmod(0o555)
    with as_nobody(), Store.open(f"sqlite:///{path}", reading=True) as store:
        assert len(store.runs()) == 1
        assert _names(folder) == ["s.sqlite"]


async def test_whoever_only_reads_starts_nothing(tmp_path):
    """Neither a thread nor a connection that waits for work, also where the store can be written."""
    path = tmp_path / "s.sqlite"
    await _filled(path)
    before = threading.active_count()
    with Store.open(f"sqlite:///{path}", reading=True) as store:
        assert len(list(store.records("r"))) == 1
        assert threading.active_count() == before
        await store.add_call(call_row("and now it writes"))
        assert threading.active_count() == before + 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (2,)
    connection.close()
