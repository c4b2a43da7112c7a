"""Stores that are full, locked, damaged or of another version: one message, and what was committed is kept."""

import asyncio
import random
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import stored
from ladder import config, written
from program import ended, started, told
from sqlalchemy import Engine, event

from escalade.simulate.server import Service, serving
from shut import shut

STORE = "sqlite:///hard.sqlite"


@contextmanager
def _on(name, listener):
    """Listen to every database engine, as an operator's hook would."""
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)


def _small_disk(pages):
    """No database grows beyond so many pages: SQLite then says that the disk is full."""
    return _on("connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}").close())


def _impatient():
    """Wait for a lock for a moment only."""
    return _on("do_connect", lambda _dialect, _record, _args, keywords: keywords.update(timeout=0.05))


@pytest.fixture
def simulated(tmp_path):
    """A config that needs no network."""
    return _simulated(tmp_path)


def _simulated(folder):
    values = config("http://127.0.0.1:9/v1")
    for name in values["models"]:
        values["models"][name] = {"simulated": {"like": f"ladder/{name}"}}
    return written(folder, values)


def test_a_full_disk_stops_the_run_and_loses_nothing(program, serve, tmp_path):
    """It ends with one message; what it says is kept is kept, and with more room only the rest is paid for."""
    with serve(Service(report_cost=True)) as served:
        path = written(tmp_path, config(served.url, items=100, experiment={"concurrency": 8}))
        with _small_disk(60):
            told(program("run", path, "-q", "--store", STORE), "disk is full", "free some space", code=1)
        kept = stored.answered(tmp_path / "hard.sqlite")
        billed = {entry.request_id: entry.usd for entry in served.bill.entries}
        assert kept
        assert kept.items() <= billed.items()
        assert len(billed) - len(kept) <= 3 * 8, "it went on paying for what it could not keep"
        again = program("run", path, "--json", "--store", STORE)
        assert again.code == 0, again.err
        assert len(served.bill.entries) - len(billed) + len(kept) == len(stored.answered(tmp_path / "hard.sqlite"))


def test_a_locked_store_is_named(program, simulated, tmp_path):
    """Another process holds the store: which one, and what to do."""
    assert program("run", simulated, "-q", "--limit", "2", "--store", STORE).code == 0
    with closing(sqlite3.connect(tmp_path / "hard.sqlite", isolation_level=None)) as other, _impatient():
        other.execute("BEGIN EXCLUSIVE")
        told(program("run", simulated, "-q", "--store", STORE), "hard.sqlite", "locked", "--store", code=1)
        other.execute("ROLLBACK")
    assert program("run", simulated, "-q", "--limit", "2", "--store", STORE).code == 0


@pytest.mark.parametrize("command", [("show", "hard"), ("run",)], ids=["show", "run"])
def test_a_damaged_store_is_named_and_left_alone(program, simulated, tmp_path, command):
    """A truncated file is no store any more; nothing is written over it."""
    assert program("run", simulated, "-q", "--store", STORE).code == 0
    path = tmp_path / "hard.sqlite"
    whole = path.read_bytes()
    assert not path.with_name("hard.sqlite-wal").exists()
    path.write_bytes(whole[: len(whole) // 3])
    arguments = (simulated, "-q", "--seed", "1") if command == ("run",) else ()
    ran = program(*command, *arguments, "--store", STORE)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.err.count("error:") == 1
    assert "hard.sqlite" in ran.err
    assert path.read_bytes()[: len(whole) // 3] == whole[: len(whole) // 3]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"id,question\n" * 100, ["hard.sqlite", "not a database", "--store"])],
)
def test_a_file_that_is_no_store(program, simulated, tmp_path, content, words):
    """A file of another kind is refused and not touched."""
    (tmp_path / "hard.sqlite").write_bytes(content)
    told(program("run", simulated, "-q", "--store", STORE), *words, code=1)
    assert (tmp_path / "hard.sqlite").read_bytes() == content


@pytest.mark.parametrize("table", ["runs", "customers"])
def test_another_programs_database_is_left_alone(program, simulated, tmp_path, table):
    """A database that is no store gets no table of ours, whether or not a name is taken."""
    with closing(sqlite3.connect(tmp_path / "theirs.sqlite")) as theirs:
        theirs.execute(f"CREATE TABLE {table} (a)")
        told(program("run", simulated, "-q", "--store", "sqlite:///theirs.sqlite"), table, "--store", code=1)
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [(table,)]


def test_a_newer_store_is_refused(program, simulated, tmp_path):
    """A store that a newer Escalade wrote is not guessed at."""
    assert program("run", simulated, "-q", "--limit", "1", "--store", STORE).code == 0
    with closing(sqlite3.connect(tmp_path / "hard.sqlite")) as connection, connection:
        connection.execute("update escalade_meta set version = 99")
    told(program("runs", "--store", STORE), "version 99", "upgrade", code=1)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("hard.sqlite", ["the store's address", "write sqlite:///"]),
        ("sqlite:////proc/nowhere/hard.sqlite", ["/proc/nowhere"]),
        ("postgresql+psycopg://ada:hunter22@127.0.0.1:9/lab", ["127.0.0.1:9", "running"]),
    ],
)
def test_an_address_where_no_store_can_be(program, simulated, url, words):
    """The address is shown without its password, with a remedy."""
    ran = program("run", simulated, "-q", "--store", url)
    told(ran, *words, code=1)
    assert "hunter22" not in ran.err


def test_looking_at_a_store_that_is_not_there_makes_none(program, tmp_path):
    """A mistyped store is an error; no empty file is left behind."""
    ran = program("runs", "--store", "sqlite:///absent.sqlite")
    told(ran, "absent.sqlite", code=1)
    assert not list(Path(tmp_path).glob("*.sqlite*"))


def test_a_store_that_cannot_be_written_is_shown_as_ever(program, open_folder, monkeypatch):
    """Whatever only looks prints the same, and makes no file beside it; whatever writes is refused before it asks."""
    monkeypatch.chdir(open_folder)
    simulated = _simulated(open_folder)
    simulated.chmod(0o644)
    folder = open_folder / "shared"
    folder.mkdir()
    store = ("--store", f"sqlite:///{folder}/hard.sqlite")
    three = ("--set", "experiments.hard.task.demo.count=3")
    run = program("run", simulated, "--json", *three, *store).json()["run"]["id"]
    looking = [
        ("show", run),
        ("why", run, "demo-0001"),
        ("runs",),
        ("compare", run),
        ("misses", run),
        ("watch", run, "--once"),
    ]
    before = [program(*command, *store) for command in looking]  # with this, all that is imported later is there
    assert [ran.code for ran in before] == [0] * len(looking)
    with shut(folder):
        assert [program(*command, *store) for command in looking] == before
        assert [path.name for path in folder.iterdir()] == ["hard.sqlite"]
        for command in (("run", simulated, "-q"), ("ask", "Why?", "-s", "small", "-c", simulated)):
            told(program(*command, *store), "is read-only here", "copy it", code=1)


def test_a_store_with_flipped_bits_is_told_or_read(program, simulated, tmp_path):
    """Whatever a bad disk made of it, looking at it ends with figures or with one error, and never with a traceback."""
    assert program("run", simulated, "-q", "--store", STORE).code == 0
    whole, chance = (tmp_path / "hard.sqlite").read_bytes(), random.Random(0)
    told_of = set()
    for _ in range(40):
        flipped = bytearray(whole)
        for place in chance.choices(range(100, len(whole)), k=20):
            flipped[place] ^= 1 << chance.randrange(8)
        (tmp_path / "flipped.sqlite").write_bytes(flipped)
        ran = program("show", "hard", "--store", "sqlite:///flipped.sqlite", "--json")
        if ran.code:
            told(ran, code=1)
            told_of.add(ran.err.splitlines()[-1])
    assert "  try: the file is damaged: restore a copy, or name another store with --store" in told_of


@pytest.mark.parametrize("harm", ["deleted", "moved"])
async def test_a_store_that_goes_away_stops_the_run(world, known, tmp_path, harm):
    """Nobody is told that a run is kept where nothing is: it ends within seconds, and not well."""
    async with serving(world, known, Service(latency_s=0.05)) as served:
        path = written(tmp_path, config(served.url, items=400, experiment={"concurrency": 4}))
        process = await started(tmp_path, "run", path, "-q", "--store", STORE)
        while len(served.bill.entries) < 20:
            assert process.returncode is None
            await asyncio.sleep(0.01)
        for file in tmp_path.glob("hard.sqlite*"):
            file.unlink() if harm == "deleted" else file.rename(tmp_path / f"old-{file.name}")
        ran = await asyncio.wait_for(ended(process), 30)
        assert len(served.bill.entries) < 400
    assert ran.code == 1
    assert "was moved or deleted" in ran.err
    assert "Traceback" not in ran.err
    assert "stored in" not in ran.out + ran.err
