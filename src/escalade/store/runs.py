"""Runs: what was asked for, and how it ended. What came of it is in the records."""

import msgspec
from sqlalchemy import Connection, func, select, update

from escalade.store import schema
from escalade.store.insert import upsert
from escalade.store.record import Run

_decoder = msgspec.json.Decoder(Run)


def begin_run(connection: Connection, run: Run) -> None:
    """Write the run down; one of that id goes on, and has not ended."""
    values = {"id": run.id, "at": run.at, "ended": "", "body": msgspec.json.encode(run)}
    upsert(connection, schema.runs, values, keep=("id", "at"))


def end_run(connection: Connection, run_id: str, how: str) -> None:
    connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(ended=how))


def all_runs(connection: Connection) -> list[tuple[Run, str, int]]:
    """Every run with how it ended and how many records it has, newest first."""
    r, c = schema.runs, schema.records
    counts = select(c.c.run, func.count().label("n")).group_by(c.c.run).subquery()
    query = select(r.c.body, r.c.ended, func.coalesce(counts.c.n, 0)).join(counts, counts.c.run == r.c.id, isouter=True)
    rows = connection.execute(query.order_by(r.c.at.desc(), r.c.id)).all()
    return [(_decoder.decode(body), ended, n) for body, ended, n in rows]


def runs_named(connection: Connection, start: str) -> list[tuple[Run, str]]:
    """The run of that id alone, or else those whose ids start so, each with how it ended."""
    t = schema.runs
    rows = connection.execute(
        select(t.c.id, t.c.body, t.c.ended).where(t.c.id.startswith(start, autoescape=True))
    ).all()
    exact = [row for row in rows if row[0] == start] or rows
    return [(_decoder.decode(body), ended) for _, body, ended in exact]
