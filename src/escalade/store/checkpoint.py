"""Checkpoint: SQLite's log brought into its file and begun anew. If that fails, the next write will say so."""

from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

_READERS_WAITED_FOR_MS = 100


def checkpoint(engine: Engine) -> None:
    """Most of it while others write on; the rest, since a log that is always added to never ends, with the lock.

    Who wants to write meanwhile is sent to the thread that does this and comes next; readers of old pages are not
    waited for.
    """
    with suppress(SQLAlchemyError), engine.connect() as connection:
        patience = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_READERS_WAITED_FOR_MS}")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(RESTART)")
        finally:  # the connection goes back to the pool, and whoever writes with it is patient
            connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
