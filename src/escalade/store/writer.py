"""Writer: commits what the store is given, in groups, and wakes whoever waited for it.

Everyday work on SQLite is done inline, on the event loop; all else, and everything on a server, by one thread that
takes all that is waiting and does it in one transaction. Where the database fails, or the disk, everything in it fails
with the same StoreError, and nothing more is tried but, when the store is closed, Calls: they were paid for. A job that
fails by itself is nobody else's trouble: the others are done without it.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from escalade.core.errors import StoreError
from escalade.store.checkpoint import checkpoint
from escalade.store.engine import trouble
from escalade.store.group import Group
from escalade.store.inline import Inline
from escalade.store.job import Job, Kind
from escalade.store.room import Room
from escalade.store.rows import CallRow

_MOST_AT_ONCE = 500
_OF_THE_DATABASE = (SQLAlchemyError, sqlite3.Error, OSError)


class Writer:
    def __init__(self, engine: Engine, check_process: Callable[[], None], shown: str, worker: str, room: Room) -> None:
        """`worker` names this process among those that claim work; `check_process` raises in a fork of it."""
        self._engine = engine
        self._shown = shown
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._handed = 0
        """Jobs that the thread was handed so far, and, as `_done`, those that it has dealt with."""
        self._done = 0
        self._broken: StoreError | None = None
        """Why something could not be written. Nothing is tried after that, so that no answer is paid for and lost."""
        self._unwritten: list[Job] = []
        """Calls that came to be known and could not be written."""
        self._counting = threading.Lock()
        self._closed = False
        self._room = room
        self._group = Group(engine, worker, room)
        self._check_process = check_process
        self._writing: set[str] = set()
        """The ids of Calls that are handed over and not yet committed: they are not looked up beside the queue."""
        self._inline: Inline | None = None
        self._thread: threading.Thread | None = None

    def _begin(self) -> None:
        """With the first job: whoever only reads needs no thread and no connection that waits for work."""
        with self._counting:
            if self._thread is None:
                self._inline = self._opened_inline()
                self._thread = threading.Thread(target=self._work, name="escalade-store", daemon=True)
                self._thread.start()

    def _opened_inline(self) -> Inline | None:
        if self._engine.dialect.name != "sqlite":
            return None
        with suppress(sqlite3.Error):  # the thread will say what is wrong with the file
            return Inline(
                self._engine, self._group.inserts, self._room, leave=self._hand_over, written=self._forget_writing
            )
        return None

    async def find(self, key: str) -> CallRow | None:
        self._check_open()
        if self._inline is not None and self._broken is None and key not in self._writing and self._inline.at_home():
            try:
                return self._inline.find(key)
            except sqlite3.Error:
                pass  # the thread meets it again, and tells
        row: CallRow | None = await self.do("find", key)
        return row

    def do(self, kind: Kind, payload: Any = None, reservation: str = "") -> asyncio.Future[Any]:
        """A job to await: what is told of it, when it is committed. Raises StoreError if an earlier write failed."""
        if self._broken is not None:
            if kind == "call":
                self.do_later(kind, payload, reservation)
            raise self._broken
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._put(Job(kind, payload, reservation, done))
        return done

    def do_later(self, kind: Kind, payload: Any = None, reservation: str = "") -> None:
        """The same for a job that nobody waits for."""
        self._put(Job(kind, payload, reservation))

    def close(self) -> None:
        if self._inline is not None:
            self._inline.close()
        with self._counting:
            self._closed = True
            self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()

    def check(self) -> None:
        """Raises the StoreError of the first write that failed, if one did."""
        if self._broken is not None:
            raise self._broken

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"the store {self._shown} is closed already", hint="close it when all work is done")
        self._check_process()
        if self._thread is None:
            self._begin()

    def _put(self, job: Job) -> None:
        self._check_open()
        if job.kind == "call":
            self._writing.add(job.payload.call.id)
        if self._inline is None or not self._in_order(self._inline) or not self._inline.takes(job):
            self._hand_over(job)

    def _in_order(self, inline: Inline) -> bool:
        """Whether nothing that the thread still has to do may be overtaken by what is done inline now."""
        return bool(inline.pending) or (self._handed == self._done and self._broken is None)

    def _hand_over(self, job: Job) -> None:
        with self._counting:
            self._check_open()  # nothing is handed to a thread that was told to end
            self._handed += job.kind != "checkpoint"
            self._jobs.put(job)

    def _forget_writing(self, jobs: Sequence[Job]) -> None:
        self._writing.difference_update([job.payload.call.id for job in jobs if job.kind == "call"])

    def _work(self) -> None:
        while True:
            batch = [self._jobs.get()]
            while len(batch) < _MOST_AT_ONCE and batch[-1] is not None and not self._jobs.empty():
                batch.append(self._jobs.get())
            jobs = [job for job in batch if job is not None and job.kind != "checkpoint"]
            if jobs:
                self._tell(jobs, self._committed(jobs))
                self._done += len(jobs)
            if any(job is not None and job.kind == "checkpoint" for job in batch):
                checkpoint(self._engine)
            if batch[-1] is None:
                self._try_once_more()
                return

    def _try_once_more(self) -> None:
        """Whoever held the file may have let it go by now."""
        if self._unwritten:
            with suppress(Exception):  # why it failed is told already
                self._group.commit(self._unwritten)

    def _committed(self, jobs: list[Job]) -> list[Any]:
        """What each job's owner is told: what came of it, or the StoreError that kept it from being done."""
        if self._broken is not None:
            return [self._broken] * len(jobs)
        try:
            return self._group.commit(jobs)
        except _OF_THE_DATABASE as error:
            return [self._failed(jobs, error, lost=True)] * len(jobs)
        except Exception as error:  # noqa: BLE001  (were this thread to die, all who wait would wait for ever)
            if len(jobs) > 1:
                return [told for job in jobs for told in self._committed([job])]
            return [self._failed(jobs, error, lost=jobs[0].done is None)]

    def _failed(self, jobs: list[Job], error: Exception, *, lost: bool) -> StoreError:
        """What `error` means to those jobs; and, where a write is `lost` for more than who waits, to all to come."""
        failure = trouble(self._shown, error)
        if lost and any(job.kind != "find" for job in jobs):
            self._broken = failure
        return failure

    def _tell(self, jobs: list[Job], results: list[Any]) -> None:
        """Wake whoever waits for the jobs, each in its own thread."""
        self._forget_writing(jobs)
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
        for job, result in zip(jobs, results, strict=True):
            if job.kind == "call" and result is self._broken is not None:
                self._unwritten.append(job)
            if job.done is not None:
                by_loop.setdefault(job.done.get_loop(), []).append((job.done, result))
        for loop, waiting in by_loop.items():
            with suppress(RuntimeError):  # a loop that is closed has nobody left to wake
                loop.call_soon_threadsafe(_wake, waiting)


def _wake(waiting: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for done, result in waiting:
        if done.done():
            continue
        if isinstance(result, StoreError):
            done.set_exception(result)
        else:
            done.set_result(result)
