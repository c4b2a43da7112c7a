"""Group: many jobs in one transaction, on a database of any kind. What it cannot do it leaves undone, all of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from escalade.store import claims, schema
from escalade.store.insert import Insert, insert_calls
from escalade.store.job import Job
from escalade.store.reading import select_calls
from escalade.store.room import Room
from escalade.store.rows import CallRow


class Group:
    """All groups of all processes go through the tables in one order, so that no two wait for each other."""

    def __init__(self, engine: Engine, worker: str, room: Room) -> None:
        """`worker` is who claims."""
        self.inserts = {table.name: Insert(engine, table) for table in (schema.calls, schema.records)}
        self._engine = engine
        self._worker = worker
        self._room = room

    def commit(self, jobs: Sequence[Job]) -> list[Any]:
        """Returns what each job's owner waits for."""
        with self._engine.begin() as connection:
            if any(job.kind != "find" for job in jobs):
                self._begin_writing(connection)
            full = self._room.settle(connection.exec_driver_sql, jobs)
            ours = claims.claim(
                connection, self._worker, [key for job in jobs if job.kind == "claim" for key in job.payload]
            )
            claims.release(connection, self._worker, [job.payload for job in jobs if job.kind == "release"])
            first = insert_calls(connection, self.inserts["calls"], [job.payload for job in jobs if job.kind == "call"])
            self.inserts["records"].run(connection, [job.payload for job in jobs if job.kind == "record"])
            found = select_calls(connection, [job.payload for job in jobs if job.kind == "find"])
        told: list[Any] = [None] * len(jobs)
        for place, job in enumerate(jobs):
            told[place] = full.get(place) if job.kind == "reserve" else _told(job, found, first, ours)
        return told

    def _begin_writing(self, connection: Connection) -> None:
        """What SQLite reads must not be changed by others before it is written: its lock is taken first."""
        if self._engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _told(job: Job, found: dict[str, CallRow], first: dict[str, CallRow], ours: set[str]) -> Any:
    if job.kind == "find":
        return found.get(job.payload)
    if job.kind == "claim":
        return ours.intersection(job.payload)
    return first.get(job.payload.call.id) if job.kind == "call" else None
