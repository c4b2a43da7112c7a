"""Job: one thing that the store is asked to do, and who waits for it."""

import asyncio
from typing import Any, Literal

from msgspec import Struct

from escalade.store.packing import pack
from escalade.store.record import Record

Kind = Literal["find", "call", "reserve", "drop", "record", "flush", "checkpoint"]


class Job(Struct, frozen=True):
    kind: Kind
    payload: Any = None
    done: "asyncio.Future[Any] | None" = None
    """Set when it is committed; None if nobody waits."""
    reservation: str = ""
    """The reservation that ends with it."""


class Rows(Struct, frozen=True):
    """What a group of jobs writes, as values in the order of each table's columns."""

    reservations: list[tuple[Any, ...]] = []
    records: list[tuple[Any, ...]] = []
    ended: list[str] = []
    """The reservations that end."""

    @classmethod
    def of(cls, jobs: list[Job]) -> "Rows":
        return cls(
            [job.payload.values() for job in jobs if job.kind == "reserve"],
            [record_values(job.payload) for job in jobs if job.kind == "record"],
            [job.reservation for job in jobs if job.reservation],
        )


def record_values(record: Record) -> tuple[Any, ...]:
    """The columns of the table `records`."""
    return (record.run, record.system, record.item, record.sample, record.status, record.at, pack(record))
