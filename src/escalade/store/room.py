"""Room: what is left under a run's limits, given out to all its processes by one row of the store.

A worst case is added in the transaction that announces it, and replaced by what the call took in the one that books it,
so that no order of events can exceed a limit. What a killed process had announced stays: it may have been billed. A
run without such a row has no limits here.

On SQLite, a process that is alone only announces, and its own budgets are the wall. The row is made when others come,
in a transaction that is alone in the file, so that nothing falls between. A server's transactions are not alone, and a
row more costs it little: there it is kept from the beginning.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

from escalade.core.money import subtract
from escalade.ledger.limits import Counted, Spending
from escalade.store.clock import now
from escalade.store.job import Job
from escalade.store.rows import MOST_INTEGER, ReservationRow

Execute = Callable[[str, tuple[Any, ...]], Any]
"""Executes SQL with its values on a connection of whatever kind; what it gives has `fetchone` and `fetchall`."""


class Room:
    """The SQL for one kind of database."""

    def __init__(self, engine: Engine) -> None:
        self.counting = engine.dialect.name != "sqlite"
        """Whether the row is kept."""
        served, clock = engine.dialect.name == "postgresql", now(engine.dialect.name)

        def spelt(sql: str) -> str:
            # SQLite has one lock, which the transaction has already.
            return sql.replace("?", "%s") if served else sql.removesuffix(" FOR UPDATE")

        self._held = spelt("SELECT usd, calls, tokens FROM budgets WHERE run = ? FOR UPDATE")
        self._hold = spelt("UPDATE budgets SET usd = ?, calls = ?, tokens = ? WHERE run = ?")
        self._found = spelt("INSERT INTO budgets VALUES (?, '0', 0, 0) ON CONFLICT DO NOTHING")
        self._announce = spelt("INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        self._drop = spelt("DELETE FROM reservations WHERE id = ?")
        self._end = spelt("DELETE FROM reservations WHERE id = ? RETURNING run, worker, usd, tokens")
        self._announced = spelt("SELECT usd, tokens FROM reservations WHERE run = ?")
        self._under_way = spelt(
            "SELECT usd, tokens FROM reservations"
            " WHERE run = ? AND worker IN (SELECT id FROM workers WHERE run = ? AND expires > NOW)"
        ).replace("NOW", clock)
        self._booked = spelt("SELECT held_usd, held_tokens FROM calls WHERE run = ? AND account = 'system'")

    def settle(self, execute: Execute, jobs: Sequence[Job]) -> dict[int, Counted]:
        """End the reservations that the jobs end and announce those that they ask for, in the order of the jobs.

        Returns, by the job's place, what is gone for good where there was no room.
        """
        if not self.counting:
            self._only_announced(execute, jobs)
            return {}
        runs = {job.payload.run for job in jobs if job.kind == "call" and job.reservation}
        runs |= {job.payload.run for job in jobs if job.kind == "reserve" and job.payload.worker}
        # Locked in one order, so that no two groups wait for each other.
        before = {run: self._read(execute, run) for run in sorted(runs)}
        held = dict(before)
        refused: dict[int, str] = {}
        for place, job in enumerate(jobs):
            if job.reservation:
                self._ended(execute, job, held)
            elif job.kind == "reserve" and not self._given(execute, job.payload, held):
                refused[place] = job.payload.run
        for run, counted in held.items():
            if counted is not None and counted != before.get(run):
                self._write(execute, run, counted)
        gone = {run: self._gone(execute, run, held[run]) for run in set(refused.values())}
        return {place: gone[run] for place, run in refused.items()}

    def count_anew(self, connection: Connection, run: str, also: Sequence[str], *, keep: bool) -> Counted:
        """Make the run's row from what is booked and announced, for it and for the runs in `also`.

        With `keep`, it is kept from now on. Returns what of it is gone for good: all but what living processes have
        under way. The transaction must be one that nobody else can write in.
        """
        self.counting = self.counting or keep

        def execute(sql: str, values: tuple[Any, ...]) -> Any:
            return connection.exec_driver_sql(sql, values)

        execute(self._found, (run,))
        execute(self._held, (run,))
        spent = [row for one in (run, *also) for row in execute(self._booked, (one,)).fetchall()]
        spent += [row for one in (run, *also) for row in execute(self._announced, (one,)).fetchall()]
        held = Counted.of(spent)
        self._write(execute, run, held)
        return self._gone(execute, run, held)

    def _only_announced(self, execute: Execute, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.kind == "reserve":
                execute(self._announce, job.payload.values())
            elif job.reservation:
                execute(self._drop, (job.reservation,))

    def _ended(self, execute: Execute, job: Job, held: dict[str, Counted | None]) -> None:
        """What a call took counts in place of its worst case, which counts no more."""
        row = execute(self._end, (job.reservation,)).fetchone()
        if row is None or not row[1]:
            return
        run, worst = row[0], Spending(Decimal(row[2]), row[3])
        counted = held[run] if run in held else self._read(execute, run)
        if counted is not None:
            counted = counted.minus(worst)
            held[run] = counted.plus(job.payload.held) if job.kind == "call" else counted

    def _given(self, execute: Execute, wanted: ReservationRow, held: dict[str, Counted | None]) -> bool:
        """Whether there was room, so that it is announced."""
        counted = held.get(wanted.run) if wanted.worker else None
        if counted is not None:
            counted = counted.plus(wanted.worst)
            if counted.lacking(wanted.limits):
                return False
            held[wanted.run] = counted
        execute(self._announce, wanted.values())
        return True

    def _read(self, execute: Execute, run: str) -> Counted | None:
        row = execute(self._held, (run,)).fetchone()
        return None if row is None else Counted(Decimal(row[0]), row[1], row[2])

    def _write(self, execute: Execute, run: str, held: Counted) -> None:
        execute(self._hold, (str(held.usd), held.calls, min(held.tokens, MOST_INTEGER), run))

    def _gone(self, execute: Execute, run: str, held: Counted | None) -> Counted:
        """All that is held but for what living workers have under way."""
        under_way = Counted.of(execute(self._under_way, (run, run)).fetchall())
        held = held or Counted()
        return Counted(subtract(held.usd, under_way.usd), held.calls - under_way.calls, held.tokens - under_way.tokens)
