"""Every failure of the database is a StoreError that names the store and a remedy, and no password."""

import asyncio
import os
import sqlite3
import threading
import traceback
from contextlib import suppress

import msgspec
import pytest
from sqlalchemy import event, text
from store_rows import call_row, record

from escalade.core.errors import StoreError, Unstorable
from escalade.store import Store, schema
from shut import shut


def failure_of(url: str, **how) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(url, **how).close()
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and then nothing of the kind", b"just some text\n" * 99])
def test_a_file_that_is_no_store_is_left_alone(tmp_path, content):
    """It is named, and nothing is written into it; only an empty file becomes a store."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    if not content:
        Store.open(f"sqlite:///{path}").close()
        return
    error = failure_of(f"sqlite:///{path}")
    assert str(path) in str(error)
    assert path.read_bytes() == content


async def test_a_truncated_store_is_damaged_and_says_so(tmp_path):
    """Half a file is an error when opened or when read, never an empty journal."""
    path = tmp_path / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as store:
        await asyncio.gather(*(store.add_call(call_row(f"k{n}", received=b"x" * 2000)) for n in range(100)))
    os.truncate(path, path.stat().st_size // 2)

    async def read() -> None:
        with Store.open(f"sqlite:///{path}") as store:
            for n in range(100):
                assert await store.call(f"k{n}") is not None

    with pytest.raises(StoreError, match="malformed") as caught:
        await read()
    assert "damaged" in caught.value.hint


def test_a_store_of_a_newer_version_is_refused(url):
    """It is not guessed at, and it is not changed."""
    with Store.open(url) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE escalade_meta SET version = version + 1"))
    error = failure_of(url)
    assert f"version {schema.VERSION + 1}" in str(error)
    assert "upgrade" in error.hint


@pytest.mark.parametrize("place", ["a-file/store.sqlite", "a-file/deeper/store.sqlite", "."])
def test_a_place_where_no_file_can_be_is_named(tmp_path, place):
    """A file in place of a folder, or a folder in place of a file."""
    (tmp_path / "a-file").write_text("")
    assert str(tmp_path) in str(failure_of(f"sqlite:///{tmp_path}/{place}"))


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_cannot_be_written_is_named(open_folder, exists):
    """Also where the store itself is there already."""
    path = open_folder / "store.sqlite"
    if exists:
        Store.open(f"sqlite:///{path}").close()
    with shut(open_folder):
        assert str(path) in str(failure_of(f"sqlite:///{path}"))


async def test_a_locked_store_is_waited_for_and_then_named(tmp_path):
    """Another process that holds the file makes writing fail; nothing that was there is lost, and no answer either, if
    the file is free when the store is closed.
    """
    path = tmp_path / "store.sqlite"
    url = f"sqlite:///{path}"
    with Store.open(url, wait_s=0.01) as store:
        await store.add_call(call_row("kept"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked") as caught:
            await store.add_call(call_row("paid"))
        with pytest.raises(StoreError, match="locked"):
            await store.add_call(call_row("paid meanwhile"))
        other.execute("ROLLBACK")
        other.close()
    assert "another process" in caught.value.hint
    with Store.open(url) as store:
        assert set(store.texts(["kept", "paid", "paid meanwhile"])) == {"kept", "paid", "paid meanwhile"}


def test_opening_waits_for_a_lock_that_is_given_back(tmp_path):
    """Two processes that start at once do not trip over one another."""
    path = tmp_path / "store.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    giving_back = threading.Timer(0.05, other.execute, ("ROLLBACK",))
    giving_back.start()
    Store.open(f"sqlite:///{path}").close()
    giving_back.join()
    other.close()


async def test_after_a_full_disk_nothing_more_is_tried(tmp_path):
    """The failed call and all after it get the same error, at once; what was committed stays."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    with Store.open(url) as store:
        await store.add_call(call_row("kept", received=b"here"))
        event.listen(store._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 20"))
        store._engine.dispose()
        store.writer._inline._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(StoreError, match="full") as caught:
            await store.add_call(call_row("big", received=os.urandom(1 << 20)))
        with pytest.raises(StoreError) as again:
            store.add_record(record())
        assert again.value is caught.value
        for attempt in (lambda: store.add_call(call_row("small")), lambda: store.call("kept"), store.flush):
            with pytest.raises(StoreError) as again:
                await attempt()
            assert again.value is caught.value
        store.add_call_later(call_row("late"))
        shown = store.shown
    assert shown in str(caught.value)
    assert "free some space" in caught.value.hint
    with Store.open(url) as store:
        assert {key: row.received for key, row in store.texts(["kept", "big", "small", "late"]).items()} == {
            "kept": b"here"
        }
        assert list(store.records("r")) == []


async def test_a_row_that_cannot_be_written_is_its_giver_s_trouble_alone(store):
    """Whoever gave it is told; what was asked for at the same time, before it and after it, is done."""
    several = [store.add_call(call_row(f"k{n}", item="\ud800" if n == 5 else "i")) for n in range(10)]
    told = await asyncio.gather(*several, return_exceptions=True)
    assert [type(one) for one in told] == [type(None)] * 5 + [StoreError] + [type(None)] * 4
    await store.add_call(call_row("next"))
    expected = {f"k{n}" for n in range(10) if n != 5} | {"next"}
    assert set(store.texts([*expected, "k5"])) == expected


async def test_a_lost_write_that_nobody_waits_for_is_told_to_all(store):
    """Nobody goes on in the belief that it is there."""
    store.add_call_later(call_row("k", item="\ud800"))
    with suppress(StoreError):
        await store.flush()
    with pytest.raises(StoreError):
        await store.flush()


async def test_a_record_that_would_not_read_back_is_not_taken(store):
    """It is refused where it is given, with what is odd in it; nothing of it is written, and the store goes on."""
    with pytest.raises(Unstorable, match=r"because of its score \(str\)") as caught:
        store.add_record(msgspec.structs.replace(record(item="odd"), score="high"))
    assert "plug-in" in caught.value.hint
    store.add_record(record())
    await store.flush()
    assert [found.item for found in store.records("r")] == ["i"]


def test_readers_fail_in_the_same_way(tmp_path):
    """A table that is gone is a StoreError for reports too."""
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        with store._engine.begin() as connection:
            connection.execute(text("DROP TABLE runs"))
        with pytest.raises(StoreError, match="no such table"):
            store.runs()


@pytest.mark.parametrize("url", ["escalade.sqlite", "mysql://me:hush@h/d", "oracle+none://me:hush@h/d", "://"])
def test_an_address_of_another_kind_is_refused(url):
    """With the two that are known as the remedy."""
    error = failure_of(url)
    assert "sqlite:///" in error.hint
    assert "hush" not in f"{error} {error.hint}"


def test_no_password_is_ever_shown(postgres):
    """Neither of a server that refuses it nor of one that is not there."""
    wrong = postgres.url().replace(postgres.password, "hush-wrong")
    absent = "postgresql+psycopg://me:hush-gone@127.0.0.1:1/d"
    missing = postgres.url("no_such_database")
    for url in (wrong, absent, missing):
        error = failure_of(url, wait_s=2)
        shown = "".join(traceback.format_exception(error))
        assert not any(secret in f"{error!r} {error} {error.hint} {shown}" for secret in ("hush", postgres.password))
    with Store.open(postgres.new_database()) as store:
        assert postgres.password not in store.shown
        assert "***" in store.shown


async def test_a_server_that_goes_away_ends_the_work(postgres):
    """Closed connections are an error for whoever waits, who is not left waiting."""
    url = postgres.new_database()
    with Store.open(url) as store:
        await store.add_call(call_row("kept"))
        event.listen(store._engine, "before_cursor_execute", _hang_up)
        with pytest.raises(StoreError):
            await store.add_call(call_row("lost"))
    with Store.open(url) as store:
        assert set(store.texts(["kept", "lost"])) == {"kept"}


def _hang_up(connection, *_):
    connection.connection.driver_connection.close()
