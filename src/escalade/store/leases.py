"""Leases: which processes work on a run now, by the database's clock.

A worker's lease is renewed while it works. One that runs out, or whose process is known to be gone, is taken from it
with all that it had claimed, which others may then do. What it had announced under a budget stays: it may have been
billed. Nobody is asked whether he is alive, and no clock but the database's counts.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, literal_column, select, update

from escalade.core.errors import ConfigError
from escalade.ledger.limits import Counted, Limits
from escalade.store import schema
from escalade.store.alive import forget, is_dead
from escalade.store.clock import now
from escalade.store.insert import upsert
from escalade.store.record import Run
from escalade.store.runs import begin_run
from escalade.store.store import Store

LEASE_S = 60.0
_RENEW_S = 10.0
"""Well within a lease, so that one or two renewals may fail or be late."""


class Worker(Struct, frozen=True):
    """Another process that works on the run now."""

    id: str
    sharing: bool
    """Whether it claims what it does."""
    limits: Limits | None


class Lease:
    """This process's place among the workers of one run. Every method waits for the database."""

    def __init__(self, store: Store, run: Run, limits: Limits | None, *, lasts_s: float = LEASE_S) -> None:
        """`limits` are the run's, as they were told to this process."""
        self._store = store
        self._run = run.id
        self._described = run
        self._limits = limits
        self._lasts_s = lasts_s
        self._renewed = 0.0
        self.sharing = False
        """Whether the others know that everything done here is claimed."""
        self.ended_before = ""
        """How the run had ended when this process joined."""

    def join(self) -> list[Worker]:
        """Begin the run, or go on with it, as one of its workers; who the others are.

        Of two that join at once, one at least sees the other. Raises ConfigError where others work on it under other
        limits; whatever is raised, nothing has changed.
        """
        self._store.show_life()
        with self._alone() as connection:
            r = schema.runs
            self.ended_before = connection.scalar(select(r.c.ended).where(r.c.id == self._run)) or ""
            begin_run(connection, self._described)
            others = self._others(connection)
            _check(others, self._limits)
            self._enter(connection, sharing=bool(others) or self._store.claims.shared)
        return others

    def look(self) -> list[Worker]:
        """Who the others are now; renews the lease where it is time to."""
        with self._store.connected() as connection:
            others, gone = self._found(connection)
        if gone or time.monotonic() - self._renewed > min(_RENEW_S, self._lasts_s / 4):
            with self._alone() as connection:
                others = self._others(connection)
                if not self._renewed_now(connection):
                    self._enter(connection, sharing=False)
        return others

    def share(self) -> None:
        """Tell the others that everything done here is claimed from now on."""
        with self._store.connected() as connection:
            connection.execute(update(schema.workers).where(self._mine()).values(sharing=True))
        self.sharing = True

    def leave(self, how: str) -> None:
        """Work on the run no more. It ended as in `how`, unless that is "" or others go on with it."""
        r = schema.runs
        with self._alone() as connection:
            connection.execute(delete(schema.workers).where(self._mine()))
            others = self._others(connection)
            if how == "finished" or (how and not others):
                connection.execute(update(r).where(r.c.id == self._run).values(ended=how))
        self._store.joined.discard(self._run)

    def count(self, also: tuple[str, ...] = (), *, keep: bool) -> Counted:
        """What is gone for good of the run's room, with what the runs in `also` spent.

        With `keep`, the store gives out that room from now on, to this process too.
        """
        with self._alone() as connection:
            return self._store.room.count_anew(connection, self._run, also, keep=keep)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction that no other worker of this run is in at the same time."""
        with self._store.connected() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                r = schema.runs
                connection.execute(select(r.c.id).where(r.c.id == self._run).with_for_update())
            yield connection

    def _found(self, connection: Connection) -> tuple[list[Worker], list[str]]:
        """The others that are alive, and those that are not."""
        w = schema.workers
        living = (w.c.expires > _now(connection)).label("living")
        query = select(w.c.run, w.c.id, w.c.sharing, w.c.limits, living).where(w.c.id != self._store.worker)
        alive, gone = [], []
        for run, name, sharing, limits, expected in connection.execute(query.order_by(w.c.id)):
            if not expected or is_dead(name):
                gone.append(name)
            elif run == self._run:
                alive.append(Worker(name, sharing, msgspec.json.decode(limits, type=Limits | None)))
        return alive, gone

    def _others(self, connection: Connection) -> list[Worker]:
        """The others that are alive. What the dead had claimed is free afterwards, whatever run they were of."""
        alive, gone = self._found(connection)
        for name in gone:
            connection.execute(delete(schema.workers).where(schema.workers.c.id == name))
            forget(name)
        self._free(connection)
        return alive

    def _free(self, connection: Connection) -> None:
        """End the claims of those that work on nothing, however they went."""
        working = select(schema.workers.c.id)
        connection.execute(delete(schema.claims).where(schema.claims.c.worker.not_in(working)))

    def _enter(self, connection: Connection, *, sharing: bool) -> None:
        values = {
            "run": self._run,
            "id": self._store.worker,
            "expires": _now(connection) + self._lasts_s,
            "sharing": sharing,
            "limits": msgspec.json.encode(self._limits).decode(),
        }
        upsert(connection, schema.workers, values, keep=("run", "id"))
        self._store.joined.add(self._run)
        self.sharing = sharing
        self._renewed = time.monotonic()

    def _renewed_now(self, connection: Connection) -> bool:
        """False if the lease had run out and was taken."""
        expires = _now(connection) + self._lasts_s
        kept = connection.execute(update(schema.workers).where(self._mine()).values(expires=expires)).rowcount
        self._renewed = time.monotonic()
        return bool(kept)

    def _mine(self) -> ColumnElement[bool]:
        w = schema.workers
        return (w.c.run == self._run) & (w.c.id == self._store.worker)


def _now(connection: Connection) -> ColumnElement[float]:
    return literal_column(now(connection.dialect.name), schema.workers.c.expires.type)


def _check(others: Sequence[Worker], limits: Limits | None) -> None:
    """All processes of a run keep to one budget, or there is none."""
    for other in others:
        if other.limits != limits:
            raise ConfigError(
                f"another process works on this run with {_said(other.limits)}, and this one has {_said(limits)}",
                hint="give both the same budget, or wait until the other has ended",
            )


def _said(limits: Limits | None) -> str:
    if limits is None:
        return "no budget"
    amounts = {"USD": limits.usd, "calls": limits.calls, "tokens": limits.tokens}
    return "a budget of " + ", ".join(f"{amount} {what}" for what, amount in amounts.items() if amount is not None)
