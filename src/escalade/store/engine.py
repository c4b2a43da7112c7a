"""Opening a database, and saying what is wrong with one without showing its password."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from escalade.core.errors import StoreError

_REMEDIES = {
    "locked": "another process holds it: wait for it to end, or name another store with --store",
    "full": "free some space and run the same command again: what was committed is kept",
    "malformed": "the file is damaged: restore a copy, or name another store with --store",
    "not a database": "the file is no store: name another with --store",
    "readonly": "make the file and its folder writable, or name another store with --store",
    "unable to open": "check that the folder exists and is writable",
    "connect": "check that the server is running and the address is right",
}


def new_engine(address: URL) -> Engine:
    """An engine whose statements take positional parameters, SQLite's in WAL mode."""
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"check_same_thread": False, "timeout": 30})
        event.listen(engine, "connect", _tune_sqlite)
        return engine
    return create_engine(address, paramstyle="format", pool_pre_ping=True)


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
    hint = next((remedy for sign, remedy in _REMEDIES.items() if sign in said.lower()), "")
    return StoreError(f"the store {shown} failed: {said}", hint=hint)
