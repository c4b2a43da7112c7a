"""Forgetting Records of trials that failed, so that they are done again. Their Calls, and what they cost, stay."""

from sqlalchemy import Connection, delete, select

from escalade.core.error_codes import passing_codes
from escalade.core.errors import AnswerError
from escalade.store import schema
from escalade.store.packing import unpack
from escalade.store.record import Record


def forget_failed(connection: Connection, run: str) -> None:
    """Forget the run's trials that ended without an answer by an error that may be gone now."""
    t, codes = schema.records, passing_codes()
    query = select(t.c.system, t.c.item, t.c.sample, t.c.body).where(t.c.run == run, t.c.status == "failed")
    failed = [row[:3] for row in connection.execute(query) if ended_by(unpack(row[3]), codes)]
    for system, item, sample in failed:
        this = (t.c.run == run) & (t.c.system == system) & (t.c.item == item) & (t.c.sample == sample)
        connection.execute(delete(t).where(this))


def ended_by(record: Record, codes: frozenset[str]) -> bool:
    """Whether the trial ended without an answer by an error of these `codes`, be it its own or that of every call that
    was sent for it: the members of a vote, say, of which none answered.
    """
    if record.status != "failed":
        return False
    if record.error != AnswerError.code:
        return record.error in codes
    sent = [call.error for call in record.calls if not call.hit]
    return bool(sent) and codes.issuperset(sent)
