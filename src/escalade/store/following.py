"""Following a run from outside: the Records that are new since the last look, by short reads that hold up no writer."""

from sqlalchemy import func, select

from escalade.store import schema
from escalade.store.packing import unpack
from escalade.store.record import Record
from escalade.store.store import Store

_LATE_S = 120.0
"""A Record may be committed after one that ended later, and clocks of several machines differ."""
_PAGE = 2000


class Following:
    """Each call of `new` gives what was committed since the one before, each Record once."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id
        self._seen: set[tuple[str, str, int]] = set()
        self._newest = 0.0

    def new(self) -> list[Record]:
        """By the time they ended, at most a page; call again until it is empty."""
        found = self._since(self._newest - _LATE_S)
        if not found and len(self._seen) < self._count():
            found = self._since(0.0)
        self._seen.update(_key(record) for record in found)
        self._newest = max((self._newest, *(record.at for record in found)))
        return found

    def _since(self, at: float) -> list[Record]:
        t = schema.records
        keys = select(t.c.system, t.c.item, t.c.sample).where(t.c.run == self._run, t.c.at >= at).order_by(t.c.at)
        found = []
        with self._store.connected() as connection:
            wanted = [
                key for system, item, n in connection.execute(keys) if (key := (system, item, n)) not in self._seen
            ]
            for system, item, sample in wanted[:_PAGE]:
                mine = (t.c.run == self._run) & (t.c.system == system) & (t.c.item == item) & (t.c.sample == sample)
                body = connection.execute(select(t.c.body).where(mine)).scalar_one()
                found.append(unpack(body))
        return found

    def _count(self) -> int:
        t = schema.records
        with self._store.connected() as connection:
            count: int = connection.execute(select(func.count()).where(t.c.run == self._run)).scalar_one()
        return count


def _key(record: Record) -> tuple[str, str, int]:
    return record.system, record.item, record.sample
