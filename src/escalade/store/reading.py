"""Reading Calls by their ids, many in one query."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from escalade.store import schema
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
