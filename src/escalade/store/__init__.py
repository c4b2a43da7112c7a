"""The SQL store of Calls and Records: one SQLite file, or PostgreSQL by URL, with the same code."""

from escalade.store.record import Record, Run, Step
from escalade.store.rows import CallRow, ReservationRow
from escalade.store.store import Store

__all__ = ["CallRow", "Record", "ReservationRow", "Run", "Step", "Store"]
