"""Following a run from outside: the Records that are new since the last look, by short reads that hold up no writer."""

from sqlalchemy import func, select

from escalade.store import schema
from escalade.store.packing import unpack
from escalade.store.record import Record, TrialKey
from escalade.store.store import Store

_LATE_S = 120.0
"""A Record may be committed after one that ended later, and clocks of several machines differ."""
_PAGE = 2000


class Following:
    """Each call of `new` gives what was committed since the one before, each Record once.

    Where a trial is forgotten, to be done again, what was given is void, and everything is given anew.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run = run_id
        self._begin()

    def _begin(self) -> None:
        self._seen: dict[TrialKey, float] = {}
        self._newest = 0.0

    def new(self) -> list[Record] | None:
        """By the time they ended, at most a page; call again until it is empty.

        None where one that was given is gone, or was done again: whoever counts begins anew, with the next call.
        """
        found = self._since(self._newest - _LATE_S)
        missed = 0 if found else self._count() - len(self._seen)
        if missed < 0 or any(record.key in self._seen for record in found):
            self._begin()
            return None
        if missed:
            found = self._since(0.0)
        self._seen.update((record.key, record.at) for record in found)
        self._newest = max((self._newest, *(record.at for record in found)))
        return found

    def _since(self, since: float) -> list[Record]:
        t = schema.records
        mine = (t.c.run == self._run) & (t.c.at >= since)
        keys = select(t.c.system, t.c.item, t.c.sample, t.c.at).where(mine).order_by(t.c.at)
        found = []
        with self._store.connected() as connection:
            wanted = [key for *row, at in connection.execute(keys) if self._seen.get(key := TrialKey(*row)) != at]
            for system, item, sample in wanted[:_PAGE]:
                this = (t.c.run == self._run) & (t.c.system == system) & (t.c.item == item) & (t.c.sample == sample)
                if (body := connection.execute(select(t.c.body).where(this)).scalar()) is not None:
                    found.append(unpack(body))
        return found

    def _count(self) -> int:
        t = schema.records
        with self._store.connected() as connection:
            count: int = connection.execute(select(func.count()).where(t.c.run == self._run)).scalar_one()
        return count
