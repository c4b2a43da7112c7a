"""Store: Calls, Records and Runs in SQL.

What the event loop writes is committed in groups, so that many calls under way share one transaction (`writer`).
Reports read what is there (`reader`). Every failure of the database is a StoreError that names the store without its
password.
"""

import secrets
import threading
from collections.abc import Awaitable
from functools import partial
from tempfile import TemporaryDirectory
from typing import Self

from sqlalchemy import Engine

from escalade.ledger.limits import Counted
from escalade.store.alive import Mark
from escalade.store.claims import Claims
from escalade.store.engine import address_of
from escalade.store.forgetting import forget_failed
from escalade.store.job import record_values
from escalade.store.preparing import prepared_engine
from escalade.store.reader import Reader
from escalade.store.record import Record, Run
from escalade.store.room import Room
from escalade.store.rows import CallRow, ReservationRow
from escalade.store.runs import begin_run, end_run
from escalade.store.writer import Writer


class Store(Reader):
    """Open with `Store.open(url)`; close it so that its thread ends and what it holds is committed."""

    def __init__(self, engine: Engine, shown: str, folder: "TemporaryDirectory[str] | None" = None) -> None:
        super().__init__(engine, shown)
        self.worker = secrets.token_hex(8)
        """Names this process, or this Store in it, among those that work on one run."""
        self.room = Room(engine)
        self.writer = Writer(engine, self.check_process, shown, self.worker, self.room)
        self.claims = Claims(partial(self.writer.do, "claim"), partial(self.writer.do_later, "release"))
        self.joined: set[str] = set()
        """The runs that it works on: those that it could not leave are freed by whoever sees that it is gone."""
        self._mark: Mark | None = None
        self._marking = threading.Lock()
        self._folder = folder

    @classmethod
    def open(cls, url: str, *, wait_s: float = 30.0, reading: bool = False) -> "Store":
        """Open or create the store at `url`: "sqlite:///path.sqlite" or "postgresql+psycopg://user@host/name".

        "sqlite://" is gone when closed. What is locked or does not answer is waited for `wait_s` s. Only for `reading`
        may it be where nothing can be written. Raises StoreError.
        """
        address = address_of(url)
        shown = address.render_as_string(hide_password=True)
        folder = None
        if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
            folder = TemporaryDirectory(prefix="escalade-")  # in memory, each thread would see a database of its own
            address = address.set(database=f"{folder.name}/store.sqlite")
        return cls(prepared_engine(address, shown, wait_s, reading=reading), shown, folder)

    def close(self) -> None:
        """Commit what was handed over and end the thread. Whoever hands over more is refused.

        In a fork of the process that opened it nothing happens: all of it is the other's still.
        """
        if self.is_inherited():
            return
        self.writer.close()
        self._engine.dispose()
        if self._mark is not None:
            self._mark.close(stays=bool(self.joined))
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # From the event loop, in groups.

    def call(self, key: str) -> Awaitable[CallRow | None]:
        """The finished Call of that id."""
        return self.writer.find(key)

    def add_call(self, row: CallRow, reservation: str = "") -> Awaitable[CallRow | None]:
        """Commit a Call and end its reservation in the same transaction.

        Gives the Call that another process wrote first under this id, if one did: it stays, and this one is kept as
        an attempt, with its cost and without its answer.
        """
        return self.writer.do("call", row, reservation)

    def add_call_later(self, row: CallRow, reservation: str = "") -> None:
        """The same without waiting, for a call that nobody will wait for."""
        self.writer.do_later("call", row, reservation)

    def add_reservation(self, row: ReservationRow) -> Awaitable[Counted | None]:
        """Announce a call. Where its worker's run has no room for it, nothing is written; what is gone for good of that
        room is given.
        """
        return self.writer.do("reserve", row)

    def drop_reservation_later(self, reservation: str) -> None:
        self.writer.do_later("drop", reservation=reservation)

    def add_record(self, record: Record) -> None:
        """Hand a Record over; `flush` returns when it is committed. Its trial is done again if it never is.

        Raises Unstorable, and hands nothing over, where it would not read back as it is.
        """
        self.writer.check()
        self.writer.do_later("record", record_values(record))

    def flush(self) -> Awaitable[None]:
        """Done when all that was handed over is committed."""
        return self.writer.do("flush")

    # Rare writing, on connections of their own.

    def begin_run(self, run: Run) -> None:
        """Remember the run, or that a run of that id goes on."""
        with self.connected() as connection:
            begin_run(connection, run)

    def show_life(self) -> None:
        """Let other processes on this machine know, from now to `close`, whether this one is alive."""
        with self._marking:
            self._mark = self._mark or Mark(self.worker)

    def end_run(self, run_id: str, how: str) -> None:
        with self.connected() as connection:
            end_run(connection, run_id, how)

    def forget_failed(self, run_id: str) -> None:
        """Have the run's trials done again that failed for a reason that may have passed."""
        with self.connected() as connection:
            forget_failed(connection, run_id)
