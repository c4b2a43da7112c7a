"""Inline: SQLite's everyday work, done on the event loop itself.

Adding to a write-ahead log takes SQLite some microseconds, less than handing it to a thread and back. What one turn of
the loop asks for is committed together in the next. Whatever is out of the ordinary (a locked file, a full disk, an id
that is there already, claims against other processes) is not dealt with here: nothing of it is written, and it is left
to the thread, which waits, sorts out and reports.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Engine

from escalade.ledger.limits import Counted
from escalade.store.insert import Insert
from escalade.store.job import Job
from escalade.store.room import Room
from escalade.store.rows import CallRow

_FIND = "SELECT fact, received FROM calls WHERE id = ?"
_NOT_HERE = frozenset({"find", "claim", "release"})
_CHECKPOINT_EVERY = 1000
"""Rows written between two wishes for a checkpoint: it waits for the disk, and so has no place on the loop."""


class _OutOfTheOrdinaryError(Exception):
    """Leave it to the thread."""


class Inline:
    """One connection, used by the first event loop that comes; others are sent to the thread."""

    def __init__(
        self,
        engine: Engine,
        inserts: Mapping[str, Insert],
        room: Room,
        *,
        leave: Callable[[Job], None],
        written: Callable[[Sequence[Job]], None],
    ) -> None:
        """`leave` takes the jobs that are not done here, `written` is told of those that are.

        Raises sqlite3.Error if the file cannot be used.
        """
        pooled = engine.raw_connection()
        self._connection: sqlite3.Connection = pooled.driver_connection  # type: ignore[assignment]
        pooled.detach()
        self._connection.isolation_level = None
        self._connection.execute("PRAGMA busy_timeout=0")  # were a lock waited for here, other answers would wait too
        self._connection.execute("PRAGMA wal_autocheckpoint=0")
        self._inserts = {table: insert.sql for table, insert in inserts.items()}
        self._room = room
        self._leave = leave
        self._tell = written
        self._home: asyncio.AbstractEventLoop | None = None
        self.pending: list[Job] = []
        """What will be committed in the next turn."""
        self._written = 0

    def find(self, key: str) -> CallRow | None:
        """The finished Call of that id. Raises sqlite3.Error."""
        row = self._connection.execute(_FIND, (key,)).fetchone()
        return CallRow.of(row[0], row[1], None) if row else None

    def at_home(self) -> bool:
        """Whether the running loop may use the connection. Another would see what is not committed yet."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        return loop is self._home or self._moves_to(loop)

    def takes(self, job: Job) -> bool:
        """Whether the job is done here, in the next turn of the loop."""
        if not self.at_home():
            return False
        if not self.pending:
            asyncio.get_running_loop().call_soon(self.commit)
        self.pending.append(job)
        return True

    def _moves_to(self, loop: asyncio.AbstractEventLoop) -> bool:
        if self._home is not None and not self._home.is_closed():
            return False
        self.commit()
        self._home = loop
        return True

    def commit(self) -> None:
        """Do all that is pending in one transaction, or leave all of it."""
        jobs, self.pending = self.pending, []
        if not jobs:
            return
        try:
            full = self._transact(jobs)
        except BaseException as error:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            for job in jobs:  # whatever it was, the thread meets it again, and tells
                self._leave(job)
            if isinstance(error, Exception):
                return
            raise
        self._tell(jobs)
        if self._home is None or self._home.is_closed():  # it has nobody left to wake
            return
        for place, job in enumerate(jobs):
            if job.done is not None and not job.done.done():
                job.done.set_result(full.get(place))

    def _transact(self, jobs: list[Job]) -> dict[int, Counted]:
        """Returns what `Room.settle` does."""
        if any(job.kind in _NOT_HERE for job in jobs):
            raise _OutOfTheOrdinaryError
        calls = [job.payload.values() for job in jobs if job.kind == "call"]
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        full = self._room.settle(execute, jobs)
        if self._insert("calls", calls) != len(calls):
            raise _OutOfTheOrdinaryError
        self._insert("records", [job.payload for job in jobs if job.kind == "record"])
        execute("COMMIT")
        self._written += len(jobs)
        if self._written >= _CHECKPOINT_EVERY:
            self._written = 0
            self._leave(Job("checkpoint"))
        return full

    def _insert(self, table: str, rows: list[tuple[object, ...]]) -> int:
        return self._connection.executemany(self._inserts[table], rows).rowcount if rows else 0

    def close(self) -> None:
        self.commit()
        self._connection.close()
