"""Store: Calls, Records and Runs in SQL, written and looked up in groups by one thread of their own.

The event loop hands work to the thread and waits for its commit, so that many calls under way share one transaction.
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

import msgspec
from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from escalade.core.errors import StoreError
from escalade.core.money import Total
from escalade.ledger.limits import Counted
from escalade.store import schema, spent
from escalade.store.alive import Mark
from escalade.store.claims import Claims
from escalade.store.engine import address_of, new_engine, trouble
from escalade.store.forgetting import forget_failed
from escalade.store.insert import upsert
from escalade.store.packing import unpack
from escalade.store.reading import finished_trials, records_after, select_calls
from escalade.store.record import Record, Run
from escalade.store.room import Room
from escalade.store.rows import CallRow, ReservationRow
from escalade.store.writer import Writer

_run_decoder = msgspec.json.Decoder(Run)


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

        "sqlite://" is a store that is gone when closed. A store that is locked or does not answer is waited for
        `wait_s` seconds. Raises StoreError.
        """
        address = address_of(url)
        shown = address.render_as_string(hide_password=True)
        folder = None
        if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
            folder = TemporaryDirectory(prefix="escalade-")  # in memory, each thread would see a database of its own
            address = address.set(database=f"{folder.name}/store.sqlite")
        try:
            engine = new_engine(address, wait_s)
        except ModuleNotFoundError as error:
            raise StoreError(f"cannot open {shown}: {error}", hint="install escalade[postgres]") from error
        except OSError as error:
            raise trouble(shown, error) from error
        try:
            with engine.begin() as connection:
                schema.prepare(connection)
        except SQLAlchemyError as error:
            engine.dispose()
            raise trouble(shown, error) from error
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, shown, folder)

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
        values = {"id": run.id, "at": run.at, "ended": "", "body": msgspec.json.encode(run)}
        with self.connected() as connection:
            upsert(connection, schema.runs, values, keep=("id", "at"))

    def show_life(self) -> None:
        """Let other processes on this machine know, from now to `close`, whether this one is alive."""
        self._mark = self._mark or Mark(self.worker)

    def end_run(self, run_id: str, how: str) -> None:
        with self.connected() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(ended=how))

    def runs(self) -> list[tuple[Run, str, int]]:
        """Every run with how it ended and how many records it has, newest first."""
        r, c = schema.runs, schema.records
        counts = select(c.c.run, func.count().label("n")).group_by(c.c.run).subquery()
        query = select(r.c.body, r.c.ended, func.coalesce(counts.c.n, 0)).join(
            counts, counts.c.run == r.c.id, isouter=True
        )
        with self.connected() as connection:
            rows = connection.execute(query.order_by(r.c.at.desc(), r.c.id)).all()
        return [(_run_decoder.decode(body), ended, n) for body, ended, n in rows]

    def run(self, run_id: str) -> tuple[Run, str]:
        """A run by its id, or by the start of its id where that names one only."""
        with self.connected() as connection:
            rows = connection.execute(
                select(schema.runs.c.id, schema.runs.c.body, schema.runs.c.ended).where(
                    schema.runs.c.id.startswith(run_id, autoescape=True)
                )
            ).all()
        exact = [row for row in rows if row[0] == run_id] or rows
        if len(exact) == 1:
            return _run_decoder.decode(exact[0][1]), exact[0][2]
        if not exact:
            raise StoreError(f"there is no run {run_id!r} in {self.shown}", hint="`escalade runs` lists them")
        raise StoreError(f"{run_id!r} may be any of {', '.join(sorted(row[0] for row in exact))}")

    def finished(self, run_id: str, items: Collection[str] | None = None) -> set[tuple[str, str, int]]:
        """The (system, item, sample) of every finished trial, of all items or of those named."""
        with self.connected() as connection:
            return finished_trials(connection, run_id, items)

    def forget_failed(self, run_id: str, codes: Collection[str]) -> int:
        """Have the run's trials done again that failed by an error of one of the `codes`; how many they are."""
        with self.connected() as connection:
            return forget_failed(connection, run_id, codes)

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
        """USD, calls and tokens of the system account that count against each trial that has no Record yet.

        Of all items, or of those named.
        """
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
