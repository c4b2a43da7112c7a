"""Opening a database, and saying what is wrong with one without showing its password."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from escalade.core.errors import StoreError

DAMAGED = "the file is damaged: restore a copy, or name another store with --store"
_REMEDIES = {
    "locked": "another process holds it: wait for it to end, or name another store with --store",
    "full": "free some space and run the same command again: what was committed is kept",
    "malformed": DAMAGED,
    "not a database": "the file is no store: name another with --store",
    "permission denied": "make the file and its folder writable, or name another store with --store",
    "unable to open": "check that its folder exists and is writable, and that more files may be open (`ulimit -n`)",
    "not a directory": "name a file in a folder with --store",
    "file exists": "name a file in a folder with --store",
    "disk i/o": "check the disk; what was committed is kept",
    "authentication": "check the user and the password in the store's address",
    "does not exist": "create the database, or name another in the store's address",
    "connect": "check that the server is running and the address is right",
}
_KINDS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg"}


def address_of(url: str) -> URL:
    """The address in `url`, which may leave out PostgreSQL's driver. Raises StoreError for one of another kind."""
    try:
        address = make_url(url)
        return address.set(drivername=_KINDS[address.drivername])
    except (ArgumentError, KeyError):
        # The original is not chained: it may hold the address, and the password with it.
        raise StoreError(
            "the store's address is of no known kind",
            hint="write sqlite:///path or postgresql+psycopg://user@host/database",
        ) from None


def file_of(address: URL) -> Path | None:
    """Where SQLite's file is; None on a server."""
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def new_engine(address: URL, wait_s: float) -> Engine:
    """An engine whose statements take positional parameters, SQLite's in WAL mode.

    It waits `wait_s` seconds for a file that another process has locked, or for a server to answer.
    """
    if (path := file_of(address)) is not None:
        path.expanduser().parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"check_same_thread": False, "timeout": wait_s})
        event.listen(engine, "connect", _tune_sqlite)
        return engine
    waits = {"connect_timeout": max(2, round(wait_s))}  # libpq takes whole seconds, from 2 on
    return create_engine(address, paramstyle="format", pool_pre_ping=True, connect_args=waits)


def _tune_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A killed process loses nothing with NORMAL; a power cut may lose the last commits, but never the file.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()


def trouble(shown: str, error: Exception) -> StoreError:
    """The StoreError for what a driver raised: its first line, and what to do."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if "readonly" in said.lower():
        return read_only(shown)
    hint = next((remedy for sign, remedy in _REMEDIES.items() if sign in said.lower()), "")
    return StoreError(f"the store {shown} failed: {said}", hint=hint)


def read_only(shown: str) -> StoreError:
    """The StoreError for a store in which nothing can be written."""
    return StoreError(
        f"the store {shown} is read-only here",
        hint="make the file and its folder writable, or copy it to a folder that is and name the copy with --store",
    )
