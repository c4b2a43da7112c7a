"""Reading Calls by their ids, and Records by their keys, many in one query."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from escalade.store import schema
from escalade.store.record import TrialKey
from escalade.store.rows import CallRow

_MOST_AT_ONCE = 500
"""Below every database's limit of parameters."""


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


def records_after(
    connection: Connection, run: str, last: TrialKey | None, *, item: str | None, page: int
) -> Sequence[Any]:
    """A page of a run's records, all or one item's, in the order of their keys: (system, item, sample, body)."""
    t = schema.records
    query = select(t.c.system, t.c.item, t.c.sample, t.c.body).where(t.c.run == run)
    if item is not None:
        query = query.where(t.c.item == item)
    if last is not None:
        system, of_item, sample = last
        query = query.where(
            or_(
                t.c.system > system,
                and_(t.c.system == system, t.c.item > of_item),
                and_(t.c.system == system, t.c.item == of_item, t.c.sample > sample),
            )
        )
    return connection.execute(query.order_by(t.c.system, t.c.item, t.c.sample).limit(page)).all()


def finished_trials(connection: Connection, run: str, items: Collection[str] | None) -> set[TrialKey]:
    """Every finished trial, of all items or of those named."""
    t = schema.records
    query = select(t.c.system, t.c.item, t.c.sample).where(t.c.run == run)
    if items is not None:
        query = query.where(t.c.item.in_(items))
    return {TrialKey(*row) for row in connection.execute(query)}
