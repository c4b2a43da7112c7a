"""Store: Calls, Records and Runs in SQL.

What the event loop writes is committed in groups, so that many calls under way share one transaction (`writer`).
Readers (reports) use connections of their own and page. Every failure of the database is a StoreError that names the
store without its password.
"""

import secrets
from collections.abc import Awaitable, Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from tempfile import TemporaryDirectory
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from escalade.core.errors import StoreError
from escalade.core.money import Total
from escalade.ledger.limits import Counted
from escalade.store import spent
from escalade.store.alive import Mark
from escalade.store.claims import Claims
from escalade.store.engine import address_of, trouble
from escalade.store.forgetting import forget_failed
from escalade.store.packing import unpack
from escalade.store.preparing import prepared_engine
from escalade.store.reading import finished_trials, records_after, select_calls
from escalade.store.record import Record, Run
from escalade.store.room import Room
from escalade.store.rows import CallRow, ReservationRow
from escalade.store.runs import all_runs, begin_run, end_run, runs_named
from escalade.store.writer import Writer


class Store:
    """Open with `Store.open(url)`; close it so that its thread ends and what it holds is committed."""

    def __init__(self, engine: Engine, shown: str, folder: "TemporaryDirectory[str] | None" = None) -> None:
        self.shown = shown
        """Where the store is, without a password."""
        self.worker = secrets.token_hex(8)
        """Names this process, or this Store in it, among those that work on one run."""
        self.room = Room(engine)
        self.writer = Writer(engine, shown, self.worker, self.room)
        self.claims = Claims(partial(self.writer.do, "claim"), partial(self.writer.do_later, "release"))
        self._mark: Mark | None = None
        self._engine = engine
        self._folder = folder

    @classmethod
    def open(cls, url: str, *, wait_s: float = 30.0) -> "Store":
        """Open or create the store at `url`: "sqlite:///path.sqlite" or "postgresql+psycopg://user@host/name".

        "sqlite://" is gone when closed. What is locked or does not answer is waited for `wait_s` s. Raises StoreError.
        """
        address = address_of(url)
        shown = address.render_as_string(hide_password=True)
        folder = None
        if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
            folder = TemporaryDirectory(prefix="escalade-")  # in memory, each thread would see a database of its own
            address = address.set(database=f"{folder.name}/store.sqlite")
        return cls(prepared_engine(address, shown, wait_s), shown, folder)

    def close(self) -> None:
        """Commit what was handed over and end the thread. Whoever hands over more is refused."""
        self.writer.close()
        self._engine.dispose()
        if self._mark is not None:
            self._mark.close()
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

    async def add_call(self, row: CallRow, reservation: str = "") -> CallRow | None:
        """Commit a Call and end its reservation in the same transaction.

        Returns the Call that another process wrote first under this id, if one did: it stays, and this one is kept as
        an attempt, with its cost and without its answer.
        """
        first: CallRow | None = await self.writer.do("call", row, reservation)
        return first

    def add_call_later(self, row: CallRow, reservation: str = "") -> None:
        """The same without waiting, for a call that nobody will wait for."""
        self.writer.do_later("call", row, reservation)

    async def add_reservation(self, row: ReservationRow) -> Counted | None:
        """Announce a call. Where its worker's run has no room for it, nothing is written; what is gone for good of that
        room is returned.
        """
        gone: Counted | None = await self.writer.do("reserve", row)
        return gone

    def drop_reservation_later(self, reservation: str) -> None:
        self.writer.do_later("drop", reservation=reservation)

    def add_record(self, record: Record) -> None:
        """Hand a Record over; `flush` returns when it is committed. Its trial is done again if it never is."""
        self.writer.check()
        self.writer.do_later("record", record)

    async def flush(self) -> None:
        """Return when all that was handed over is committed."""
        await self.writer.do("flush")

    # Reading and rare writing, on connections of their own.

    def begin_run(self, run: Run) -> None:
        """Remember the run, or that a run of that id goes on."""
        with self.connected() as connection:
            begin_run(connection, run)

    def show_life(self) -> None:
        """Let other processes on this machine know, from now to `close`, whether this one is alive."""
        self._mark = self._mark or Mark(self.worker)

    def end_run(self, run_id: str, how: str) -> None:
        with self.connected() as connection:
            end_run(connection, run_id, how)

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
        raise StoreError(f"{run_id!r} may be any of {', '.join(sorted(run.id for run, _ in found))}")

    def finished(self, run_id: str, items: Collection[str] | None = None) -> set[tuple[str, str, int]]:
        """The (system, item, sample) of every finished trial, of all items or of those named."""
        with self.connected() as connection:
            return finished_trials(connection, run_id, items)

    def forget_failed(self, run_id: str) -> None:
        """Have the run's trials done again that failed for a reason that may have passed."""
        with self.connected() as connection:
            forget_failed(connection, run_id)

    def records(self, run_id: str, *, item: str | None = None, page: int = 500) -> Iterator[Record]:
        """The run's records in the order of their keys, one page in memory at a time."""
        last: tuple[str, str, int] | None = None
        while True:
            with self.connected() as connection:
                rows = records_after(connection, run_id, last, item=item, page=page)
            for row in rows:
                yield unpack(row[3])
            if len(rows) < page:
                return
            last = (rows[-1][0], rows[-1][1], rows[-1][2])

    def texts(self, ids: Sequence[str]) -> dict[str, CallRow]:
        """The Calls of those ids, with their texts."""
        with self.connected() as connection:
            return select_calls(connection, ids, requests=True)

    def paid(self, run_id: str) -> dict[tuple[str, str], Total]:
        """What a run really spent, by (system, account)."""
        with self.connected() as connection:
            return spent.paid(connection, run_id)

    def owed(self, run_id: str) -> tuple[Decimal, int, int]:
        """USD, calls and tokens of the system account that count against a run's budget already."""
        with self.connected() as connection:
            return spent.owed(connection, run_id)

    def spent_unfinished(
        self, run_id: str, items: Collection[str] | None = None
    ) -> dict[tuple[str, str, int], tuple[Decimal, int, int]]:
        """USD, calls and tokens of the system account that count against each trial that has no Record yet."""
        with self.connected() as connection:
            return spent.unfinished(connection, run_id, items)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A transaction whose database errors come out as StoreErrors."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise trouble(self.shown, error) from error
