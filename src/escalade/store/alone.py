"""Doing alone what one process at a time may do, such as telling others of a run: a claim that outlives no worker.

Who holds it is written down with it, and renews a lease by the database's clock while it works. Where that runs out, or
the process is known to be gone, the next one takes over. In a store that cannot be written nobody is kept out.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, literal_column, select, update

from escalade.core.errors import ReadOnlyStore, StoreError
from escalade.core.ids import digest
from escalade.store import schema
from escalade.store.alive import is_dead
from escalade.store.claims import claim, release
from escalade.store.clock import now
from escalade.store.insert import upsert
from escalade.store.leases import LEASE_S
from escalade.store.store import Store

_RENEW_S = LEASE_S / 6


@contextmanager
def alone(store: Store, what: str) -> Iterator[str]:
    """Inside, "" where `what` is this process's to do, else who does it. Raises StoreError."""
    turn = _Turn(store, what)
    if other := turn.take():
        yield other
        return
    ending = threading.Event()
    renewing = threading.Thread(target=turn.keep, args=(ending,), name="escalade-turn", daemon=True)
    renewing.start()
    try:
        yield ""
    finally:
        ending.set()
        renewing.join()
        with suppress(StoreError):  # what was done is done; the lease will run out
            turn.leave()


class _Turn:
    def __init__(self, store: Store, what: str) -> None:
        self._store = store
        self._what = what
        self._key = digest("alone", what)

    def take(self) -> str:
        """Who has it, "" if it is ours now."""
        self._store.show_life()
        try:
            return self._taken()
        except ReadOnlyStore:
            return ""

    def _taken(self) -> str:
        with self._store.connected() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._free(connection)
            values = {
                "run": self._what,
                "id": self._store.worker,
                "expires": _now(connection) + LEASE_S,
                "sharing": False,
                "limits": msgspec.json.encode(_who()).decode(),
            }
            upsert(connection, schema.workers, values, keep=("run", "id"))
            if claim(connection, self._store.worker, [self._key]):
                return ""
            w, c = schema.workers, schema.claims
            holder = select(w.c.id, w.c.limits).join(c, c.c.worker == w.c.id)
            name, who = connection.execute(holder.where(w.c.run == self._what, c.c.key == self._key)).one()
            if name != self._store.worker:
                connection.execute(delete(w).where(self._mine()))
            return msgspec.json.decode(who, type=str)

    def keep(self, ending: threading.Event) -> None:
        """Renew the lease until the end. What fails is tried again: a lease may be late."""
        while not ending.wait(_RENEW_S):
            with suppress(StoreError), self._store.connected() as connection:
                until = _now(connection) + LEASE_S
                connection.execute(update(schema.workers).where(self._mine()).values(expires=until))

    def leave(self) -> None:
        with self._store.connected() as connection:
            release(connection, self._store.worker, [self._key])
            connection.execute(delete(schema.workers).where(self._mine()))

    def _free(self, connection: Connection) -> None:
        """End the claim of one that is there no more."""
        w, c = schema.workers, schema.claims
        living = (w.c.expires > _now(connection)).label("living")
        found = connection.execute(select(w.c.id, living).where(w.c.run == self._what)).all()
        here = [name for name, expected in found if expected and not is_dead(name)]
        connection.execute(delete(w).where(w.c.run == self._what, w.c.id.not_in(here)))
        connection.execute(delete(c).where(c.c.key == self._key, c.c.worker.not_in(here)))

    def _mine(self) -> ColumnElement[bool]:
        w = schema.workers
        return (w.c.run == self._what) & (w.c.id == self._store.worker)


def _now(connection: Connection) -> ColumnElement[float]:
    return literal_column(now(connection.dialect.name), schema.workers.c.expires.type)


def _who() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"
