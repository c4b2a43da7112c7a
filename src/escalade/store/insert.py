"""Writing where others write too: what is there first stays, and what comes second is not lost."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from escalade.core.ids import fingerprint
from escalade.store.reading import select_calls
from escalade.store.rows import CallRow


class Insert:
    """An insert that leaves what is there alone, compiled once for the database at hand."""

    def __init__(self, engine: Engine, table: Table) -> None:
        dialect = sqlite if engine.dialect.name == "sqlite" else postgresql
        statement: Executable = dialect.insert(table).on_conflict_do_nothing()
        columns = [column.name for column in table.c]
        compiled = statement.compile(dialect=engine.dialect, column_keys=columns)  # type: ignore[attr-defined]
        if compiled.positiontup != columns:
            raise AssertionError(f"values of {table.name} are given in the order of its columns")
        self.sql = str(compiled)

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many of the rows, each the values of all columns in the table's order, were new."""
        if not rows:
            return 0
        return connection.exec_driver_sql(self.sql, list(rows), execution_options={"preserve_rowcount": True}).rowcount


def upsert(connection: Connection, table: Table, values: dict[str, object], *, keep: tuple[str, ...]) -> None:
    """Write a row, or bring the one of its key up to date but for the columns of `keep`."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    changes = {name: value for name, value in values.items() if name not in keep}
    statement = dialect.insert(table).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes))


def insert_calls(connection: Connection, insert: Insert, rows: list[CallRow]) -> dict[str, CallRow]:
    """Write Calls; return, by id, those that somebody else wrote first.

    Two processes may make the same call at the same time. The first answer is the journal's from then on; what the
    second one cost is kept as an attempt of its own.
    """
    rows = sorted(rows, key=lambda row: row.call.id)  # in one order by everybody, so that no two wait for each other
    if insert.run(connection, [row.values() for row in rows]) == len(rows):
        return {}
    there = select_calls(connection, [row.call.id for row in rows])
    second = [row for row in rows if there[row.call.id].call != row.call]
    insert.run(connection, [_as_attempt(row).values() for row in second])
    return {row.call.id: there[row.call.id] for row in second}


def _as_attempt(row: CallRow) -> CallRow:
    call = msgspec.structs.replace(row.call, id=f"{row.call.id}~{fingerprint(row.call)}")
    return msgspec.structs.replace(row, call=call, received=None, request=None)
