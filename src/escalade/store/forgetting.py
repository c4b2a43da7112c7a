"""Forgetting Records of trials that failed, so that they are done again. Their Calls, and what they cost, stay."""

from sqlalchemy import Connection, delete, select

from escalade.core.errors import passing_codes
from escalade.store import schema
from escalade.store.packing import unpack


def forget_failed(connection: Connection, run: str) -> None:
    """Forget the run's trials that ended without an answer by an error that may be gone now."""
    t, codes = schema.records, passing_codes()
    query = select(t.c.system, t.c.item, t.c.sample, t.c.body).where(t.c.run == run, t.c.status == "failed")
    failed = [row[:3] for row in connection.execute(query) if unpack(row[3]).error in codes]
    for system, item, sample in failed:
        this = (t.c.run == run) & (t.c.system == system) & (t.c.item == item) & (t.c.sample == sample)
        connection.execute(delete(t).where(this))
