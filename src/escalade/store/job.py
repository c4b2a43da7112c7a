"""Job: one thing that the store is asked to do, and who waits for it."""

import asyncio
from typing import Any, Literal

from msgspec import Struct

from escalade.store.packing import pack
from escalade.store.record import Record
from escalade.store.rows import plain

Kind = Literal["find", "call", "reserve", "drop", "record", "claim", "release", "flush", "checkpoint"]


class Job(Struct, frozen=True):
    kind: Kind
    payload: Any = None
    reservation: str = ""
    """The reservation that ends with it."""
    done: "asyncio.Future[Any] | None" = None
    """Set when it is committed; None if nobody waits."""


def record_values(record: Record) -> tuple[Any, ...]:
    """The columns of the table `records`. Raises Unstorable: told to whoever gave it, before it is in a job."""
    return (record.run, record.system, record.item, record.sample, record.status, record.at, plain(pack(record)))
