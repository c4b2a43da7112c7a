"""Looking one Call up in a SQLite file, on the spot.

A page that is in memory answers sooner than another thread can be asked; PostgreSQL's answers take a journey, and are
fetched in groups by the store's thread instead.
"""

import sqlite3
from typing import Any

from sqlalchemy import Engine

from escalade.store.engine import trouble
from escalade.store.rows import CallRow

_SQL = "SELECT fact, received FROM calls WHERE id = ?"


class LookUp:
    """A connection of its own, for one event loop."""

    def __init__(self, engine: Engine, shown: str) -> None:
        self._shown = shown
        self._pooled = engine.raw_connection()
        self._connection: Any = self._pooled.driver_connection

    def find(self, key: str) -> CallRow | None:
        """The Call without what was sent. Raises StoreError."""
        try:
            row = self._connection.execute(_SQL, (key,)).fetchone()
        except sqlite3.Error as error:
            raise trouble(self._shown, error) from error
        return CallRow.of(row[0], row[1], None) if row else None

    def close(self) -> None:
        self._pooled.close()
