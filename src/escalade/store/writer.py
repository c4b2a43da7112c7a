"""The one thread that writes: it takes all that is waiting, does it in one transaction and wakes whoever waited.

Look-ups of Calls go the same way, many in one query. A failed transaction fails everything that was in it, with the
same StoreError, and nothing of it is in the database.
"""

import asyncio
import queue
import threading
import zlib
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Executable, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from escalade.core.errors import StoreError
from escalade.store import schema
from escalade.store.engine import trouble
from escalade.store.record import Record
from escalade.store.rows import CallRow, ReservationRow

_MOST_AT_ONCE = 500
_encode = msgspec.json.Encoder().encode

Kind = Literal["find", "call", "reserve", "drop", "record", "flush"]


class _Job(Struct, frozen=True):
    kind: Kind
    payload: Any
    done: "asyncio.Future[Any] | None"
    reservation: str = ""


class Writer:
    def __init__(self, engine: Engine, shown: str) -> None:
        self._engine = engine
        self._shown = shown
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._broken: StoreError | None = None
        """Why something could not be written. Nothing is tried after that, so that no answer is paid for and lost."""
        self._sql = {
            table.name: _Insert(engine, table) for table in (schema.calls, schema.reservations, schema.records)
        }
        self._thread = threading.Thread(target=self._work, name="escalade-store", daemon=True)
        self._thread.start()

    async def find(self, key: str) -> CallRow | None:
        row: CallRow | None = await self._do("find", key)
        return row

    async def add_call(self, row: CallRow, reservation: str) -> None:
        await self._do("call", row, reservation)

    def add_call_later(self, row: CallRow, reservation: str) -> None:
        self._jobs.put(_Job("call", row, None, reservation))

    def drop_reservation_later(self, reservation: str) -> None:
        self._jobs.put(_Job("drop", None, None, reservation))

    async def add_reservation(self, row: ReservationRow) -> None:
        await self._do("reserve", row)

    async def add_record(self, record: Record) -> None:
        await self._do("record", record)

    async def flush(self) -> None:
        await self._do("flush", None)

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    async def _do(self, kind: Kind, payload: Any, reservation: str = "") -> Any:
        if self._broken is not None:
            raise self._broken
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(kind, payload, done, reservation))
        return await done

    def _work(self) -> None:
        while True:
            batch = [self._jobs.get()]
            while len(batch) < _MOST_AT_ONCE and batch[-1] is not None and not self._jobs.empty():
                batch.append(self._jobs.get())
            jobs = [job for job in batch if job is not None]
            if jobs:
                self._settle(jobs)
            if batch[-1] is None:
                return

    def _settle(self, jobs: list[_Job]) -> None:
        found: dict[str, CallRow] = {}
        failure: StoreError | None = None
        try:
            found = self._transact(jobs)
        except (SQLAlchemyError, OSError) as error:
            failure = trouble(self._shown, error)
            if any(job.kind != "find" for job in jobs):
                self._broken = failure
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in jobs:
            if job.done is not None:
                by_loop.setdefault(job.done.get_loop(), []).append(job)
        for loop, waiting in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, waiting, found, failure)

    def _transact(self, jobs: list[_Job]) -> dict[str, CallRow]:
        """Do all of them in one transaction; return the Calls that were looked for."""
        by_kind: dict[str, list[Any]] = {}
        ended: list[str] = []
        for job in jobs:
            by_kind.setdefault(job.kind, []).append(job.payload)
            if job.reservation:
                ended.append(job.reservation)
        with self._engine.begin() as connection:
            self._sql["reservations"].run(connection, [row.values() for row in by_kind.get("reserve", ())])
            self._sql["calls"].run(connection, [row.values() for row in by_kind.get("call", ())])
            self._sql["records"].run(connection, [_record_values(record) for record in by_kind.get("record", ())])
            if ended:
                connection.execute(
                    delete(schema.reservations).where(schema.reservations.c.id == bindparam("ended")),
                    [{"ended": one} for one in ended],
                )
            wanted = by_kind.get("find")
            return select_calls(connection, wanted) if wanted else {}


def _wake(jobs: list[_Job], found: dict[str, CallRow], failure: StoreError | None) -> None:
    for job in jobs:
        if job.done is None or job.done.done():
            continue
        if failure is not None:
            job.done.set_exception(failure)
        else:
            job.done.set_result(found.get(job.payload) if job.kind == "find" else None)


class _Insert:
    """An insert that leaves what is there alone, compiled once for the database at hand."""

    def __init__(self, engine: Engine, table: Table) -> None:
        dialect = sqlite if engine.dialect.name == "sqlite" else postgresql
        statement: Executable = dialect.insert(table).on_conflict_do_nothing()
        compiled = statement.compile(dialect=engine.dialect, column_keys=[c.name for c in table.c])  # type: ignore[attr-defined]
        self._sql = str(compiled)
        self._order: list[str] = compiled.positiontup

    def run(self, connection: Connection, rows: list[dict[str, object]]) -> None:
        if rows:
            connection.exec_driver_sql(self._sql, [tuple(row[name] for name in self._order) for row in rows])


def _record_values(record: Record) -> dict[str, object]:
    return {
        "run": record.run,
        "system": record.system,
        "item": record.item,
        "sample": record.sample,
        "status": record.status,
        "at": record.at,
        "body": zlib.compress(_encode(record), 1),
    }


def select_calls(connection: Connection, ids: Iterable[str], *, requests: bool = False) -> dict[str, CallRow]:
    """The Calls of those ids, by id; with the bodies that were sent only if asked for."""
    t = schema.calls
    wanted = list(dict.fromkeys(ids))
    columns = [t.c.id, t.c.fact, t.c.received, *([t.c.request] if requests else [])]
    found: dict[str, CallRow] = {}
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        query = select(*columns).where(t.c.id.in_(wanted[start : start + _MOST_AT_ONCE]))
        for key, fact, received, *request in connection.execute(query):
            found[key] = CallRow.of(fact, received, request[0] if request else None)
    return found
