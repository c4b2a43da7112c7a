"""The one thread that writes: it takes all that is waiting, does it in one transaction and wakes whoever waited.

Look-ups of Calls go the same way, many in one query. A failed transaction fails everything that was in it, with the
same StoreError, and nothing of it is in the database; after a failed write nothing more is tried.
"""

import asyncio
import queue
import threading
import zlib
from contextlib import suppress
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, bindparam, delete

from escalade.core.errors import StoreError
from escalade.store import schema
from escalade.store.engine import trouble
from escalade.store.insert import Insert, insert_calls
from escalade.store.reading import select_calls
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
        self._closed = False
        self._sql = {table.name: Insert(engine, table) for table in (schema.calls, schema.reservations, schema.records)}
        self._thread = threading.Thread(target=self._work, name="escalade-store", daemon=True)
        self._thread.start()

    async def find(self, key: str) -> CallRow | None:
        row: CallRow | None = await self._do("find", key)
        return row

    async def add_call(self, row: CallRow, reservation: str) -> CallRow | None:
        first: CallRow | None = await self._do("call", row, reservation)
        return first

    def add_call_later(self, row: CallRow, reservation: str) -> None:
        self._put(_Job("call", row, None, reservation))

    def drop_reservation_later(self, reservation: str) -> None:
        self._put(_Job("drop", None, None, reservation))

    async def add_reservation(self, row: ReservationRow) -> None:
        await self._do("reserve", row)

    def add_record(self, record: Record) -> None:
        self.check()
        self._put(_Job("record", record, None))

    async def flush(self) -> None:
        await self._do("flush", None)

    def close(self) -> None:
        self._closed = True
        self._jobs.put(None)
        self._thread.join()

    def check(self) -> None:
        """Raises the StoreError of the first write that failed, if one did."""
        if self._broken is not None:
            raise self._broken

    def _put(self, job: _Job) -> None:
        if self._closed:
            raise StoreError(f"the store {self._shown} is closed already", hint="close it when all work is done")
        self._jobs.put(job)

    async def _do(self, kind: Kind, payload: Any, reservation: str = "") -> Any:
        self.check()
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._put(_Job(kind, payload, done, reservation))
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
        results: list[CallRow | None] = [None] * len(jobs)
        failure = self._broken
        if failure is None:
            try:
                results = self._transact(jobs)
            except Exception as error:  # noqa: BLE001  (were this thread to die, all who wait would wait for ever)
                failure = trouble(self._shown, error)
                if any(job.kind != "find" for job in jobs):
                    self._broken = failure
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], CallRow | None]]] = {}
        for job, result in zip(jobs, results, strict=True):
            if job.done is not None:
                by_loop.setdefault(job.done.get_loop(), []).append((job.done, result))
        for loop, waiting in by_loop.items():
            with suppress(RuntimeError):  # a loop that is closed has nobody left to wake
                loop.call_soon_threadsafe(_wake, waiting, failure)

    def _transact(self, jobs: list[_Job]) -> list[CallRow | None]:
        """Do all of them in one transaction; return for each the Call that was found in its place."""
        by_kind: dict[str, list[Any]] = {}
        ended: list[str] = []
        for job in jobs:
            by_kind.setdefault(job.kind, []).append(job.payload)
            if job.reservation:
                ended.append(job.reservation)
        with self._engine.begin() as connection:
            self._sql["reservations"].run(connection, [row.values() for row in by_kind.get("reserve", ())])
            first = insert_calls(connection, self._sql["calls"], by_kind.get("call", []))
            self._sql["records"].run(connection, [_record_values(record) for record in by_kind.get("record", ())])
            if ended:
                connection.execute(
                    delete(schema.reservations).where(schema.reservations.c.id == bindparam("ended")),
                    [{"ended": one} for one in ended],
                )
            found = select_calls(connection, by_kind.get("find", ()))
        return [_result(job, found, first) for job in jobs]


def _result(job: _Job, found: dict[str, CallRow], first: dict[str, CallRow]) -> CallRow | None:
    if job.kind == "find":
        return found.get(job.payload)
    return first.get(job.payload.call.id) if job.kind == "call" else None


def _wake(waiting: list[tuple[asyncio.Future[Any], CallRow | None]], failure: StoreError | None) -> None:
    for done, result in waiting:
        if done.done():
            continue
        if failure is not None:
            done.set_exception(failure)
        else:
            done.set_result(result)


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
