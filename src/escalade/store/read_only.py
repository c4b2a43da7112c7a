"""Read-only: a SQLite file that can be read and not written (a medium, a colleague's folder), read where it is.

No file is made beside it. A log that somebody writes is read with it; one that was left behind and cannot be read
without writing is refused, since what was committed last may stand there alone.
"""

import os
import sqlite3
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, NullPool, create_engine

from escalade.core.errors import StoreError

_AS_EFFECTIVE = os.access in os.supports_effective_ids


def is_read_only(path: Path) -> bool:
    """Whether there is a file that this process may not write, or that has no place for a log beside it."""
    return path.is_file() and not (_writable(path) and _writable(path.parent))


def read_only_engine(path: Path, wait_s: float) -> Engine:
    """An engine that reads the file, by a new connection each time: who writes it may begin or end meanwhile."""
    return create_engine("sqlite://", creator=partial(_connected, path.absolute(), wait_s), poolclass=NullPool)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=_AS_EFFECTIVE)


def _connected(path: Path, wait_s: float) -> sqlite3.Connection:
    log, index = (Path(f"{path}{suffix}") for suffix in ("-wal", "-shm"))
    logged = log.exists() and log.stat().st_size > 0
    if logged and not index.exists():
        raise StoreError(
            f"the store {path} is read-only, and its log {log.name} was never brought into it",
            hint="copy both files to a folder that can be written, and name the copy with --store",
        )
    address = f"file:{quote(str(path))}?mode=ro&{'readonly_shm' if logged else 'immutable'}=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False, timeout=wait_s)
