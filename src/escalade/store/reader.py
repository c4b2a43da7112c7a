"""Reader: what a store holds, read in pages by connections of its own. It writes nothing.

Every failure of the database is a StoreError that names the store without its password.
"""

import os
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import InvalidOperation

import msgspec
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from escalade.core.errors import StoreError
from escalade.core.money import Total
from escalade.ledger.limits import Counted
from escalade.store import spent
from escalade.store.engine import DAMAGED, file_of, trouble
from escalade.store.packing import unpack
from escalade.store.reading import finished_trials, records_after, select_calls
from escalade.store.record import Record, Run, TrialKey
from escalade.store.rows import CallRow
from escalade.store.runs import all_runs, runs_named

_UNREADABLE = (msgspec.MsgspecError, zlib.error, UnicodeDecodeError, InvalidOperation)


class Reader:
    """The reading half of a Store."""

    def __init__(self, engine: Engine, shown: str) -> None:
        self.shown = shown
        """Where the store is, without a password."""
        self._engine = engine
        self._process = os.getpid()
        self._place = _place(engine)

    def runs(self) -> list[tuple[Run, str, int]]:
        """Every run with how it ended and how many records it has, newest first."""
        with self.connected() as connection:
            return all_runs(connection)

    def run(self, run_id: str) -> tuple[Run, str]:
        """A run by its id, or by the start of its id where that names one only, and how it ended."""
        with self.connected() as connection:
            found = runs_named(connection, run_id)
        if len(found) == 1:
            return found[0]
        if not found:
            raise StoreError(f"there is no run {run_id!r} in {self.shown}", hint="`escalade runs` lists them")
        several = ", ".join(sorted(run.id for run, _ in found))
        raise StoreError(f"{run_id!r} may be any of {several}", hint="write more of the id")

    def finished(self, run_id: str, items: Collection[str] | None = None) -> set[TrialKey]:
        """Every finished trial, of all items or of those named."""
        with self.connected() as connection:
            return finished_trials(connection, run_id, items)

    def records(self, run_id: str, *, item: str | None = None, page: int = 500) -> Iterator[Record]:
        """The run's records in the order of their keys, one page in memory at a time."""
        last: TrialKey | None = None
        while True:
            with self.connected() as connection:
                rows = records_after(connection, run_id, last, item=item, page=page)
            for row in rows:
                with self._undamaged():
                    record = unpack(row[3])
                yield record
            if len(rows) < page:
                return
            last = TrialKey(*rows[-1][:3])

    def texts(self, ids: Sequence[str]) -> dict[str, CallRow]:
        """The Calls of those ids, with their texts."""
        with self.connected() as connection:
            return select_calls(connection, ids, requests=True)

    def paid(self, run_id: str) -> dict[tuple[str, str], Total]:
        """What a run really spent, by (system, account)."""
        with self.connected() as connection:
            return spent.paid(connection, run_id)

    def paid_by_system(self, run: Run) -> dict[str, Total]:
        """What each system of a run really spent, the grading of its answers apart."""
        paid = self.paid(run.id)
        return {system: paid.get((system, "system"), Total()) for system in run.systems}

    def owed(self, run_id: str) -> Counted:
        """What of the system account counts against a run's budget already."""
        with self.connected() as connection:
            return spent.owed(connection, run_id)

    def spent_unfinished(self, run_id: str, items: Collection[str] | None = None) -> dict[TrialKey, Counted]:
        """What of the system account counts against each trial that has no Record yet."""
        with self.connected() as connection:
            return spent.unfinished(connection, run_id, items)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A transaction whose database errors come out as StoreErrors."""
        self.check_process()
        self._check_in_place()
        try:
            with self._undamaged(), self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise trouble(self.shown, error) from error
        except UnicodeEncodeError as error:
            said = f"the store {self.shown} cannot be asked for what is no Unicode text"
            raise StoreError(said, hint="write names in UTF-8") from error

    def _check_in_place(self) -> None:
        """Raises StoreError where the file is not where it was: nobody would find what is written to it."""
        if _place(self._engine) != self._place:
            raise StoreError(
                f"the file of the store {self.shown} was moved or deleted while it was used",
                hint="put it back, and any -wal file of its name with it, then run the same command again",
            )

    @contextmanager
    def _undamaged(self) -> Iterator[None]:
        """What cannot be read as it was written comes out as a StoreError."""
        try:
            yield
        except _UNREADABLE as error:
            raise StoreError(f"the store {self.shown} holds what cannot be read", hint=DAMAGED) from error

    def check_process(self) -> None:
        """Raises StoreError in a fork of the process that opened the store: connections cannot be shared."""
        if self.is_inherited():
            raise StoreError(f"the store {self.shown} was opened by another process", hint="open it in each process")

    def is_inherited(self) -> bool:
        """Whether this process is a fork of the one that opened the store."""
        return os.getpid() != self._process


def _place(engine: Engine) -> tuple[int, int] | None:
    """What names the file of a SQLite store on this machine, wherever it is moved; None without one."""
    file = file_of(engine.url)
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
