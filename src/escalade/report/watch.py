"""A run seen from outside: what the store says of it now, in lines and as one object. It reads and never writes."""

import time
from collections.abc import Callable

from msgspec import Struct

from escalade.analysis.spending import Spent, spent
from escalade.analysis.standing import Accepted, Standing
from escalade.core.money import Total, total
from escalade.report import standing as words
from escalade.store import Store
from escalade.store.following import Following

_SILENT_S = 300.0
"""Without anything new for so long, a run may have been killed: its store cannot say so."""


class Seen(Struct, frozen=True, kw_only=True):
    """What `--json` prints. Rates are trials a second, null when it has ended."""

    run: str
    ended: str
    """"" while it runs, or since it was killed."""
    trials: int
    done: int
    failed: int
    per_second: float | None
    seconds_left: float | None
    paid: Spent
    cost: Spent
    held_usd: str
    """What counts against the limit."""
    limit_usd: str | None
    accepted: list[Accepted]
    silent_s: float
    """Seconds since the last trial ended."""


class Watch:
    """Follows one run. Each `look` reads what is new."""

    def __init__(self, store: Store, run_id: str, *, clock: Callable[[], float] = time.time) -> None:
        run, self.ended = store.run(run_id)
        self.run_id = run.id
        self._store = store
        self._clock = clock
        self._following = Following(store, run.id)
        self._standing: Standing | None = None
        self._total = run.items * run.samples * len(run.systems)
        self._last = run.at
        self._cost = Total()
        self._money = words.Amounts(paid=Total(), cost=Total())

    def look(self) -> None:
        """Bring everything up to date."""
        run, self.ended = self._store.run(self.run_id)
        while (records := self._following.new()) != []:
            if records is None:
                self._standing, self._cost = None, Total()
                continue
            if self._standing is None:
                self._standing = Standing(self._total, 0, min(r.at - (r.seconds or 0.0) for r in records))
            for record in records:
                self._standing.add(record, record.at)
                self._cost += total(call.cost for call in (*record.calls, *record.grading))
                self._last = max(self._last, record.at)
        paid = sum(self._store.paid(self.run_id).values(), Total())
        held = self._store.owed(self.run_id).usd
        self._money = words.Amounts(paid=paid, cost=self._cost, held=held, limit=run.limit_usd)

    def seen(self) -> Seen:
        now, standing, amounts = self._now(), self._stand(), self._money
        return Seen(
            run=self.run_id,
            ended=self.ended,
            trials=standing.total,
            done=standing.done,
            failed=standing.failed,
            per_second=None if self.ended else standing.per_second(now),
            seconds_left=None if self.ended else standing.seconds_left(now),
            paid=spent(amounts.paid),
            cost=spent(amounts.cost),
            held_usd=f"{amounts.held or 0:f}",
            limit_usd=None if amounts.limit is None else f"{amounts.limit:f}",
            accepted=standing.accepted(),
            silent_s=round(self._silent(), 1),
        )

    def lines(self) -> list[str]:
        """The run, its work and its money, in three lines."""
        now, standing = self._now(), self._stand()
        rate = "" if self.ended else words.rate(standing, now)
        left = "" if self.ended else words.left(standing, now)
        work = (words.trials(standing), rate, words.failures(standing), left)
        spending = (words.spent(self._money), words.acceptance(standing))
        return [
            f"run {self.run_id}: {self._state()}",
            *(", ".join(p for p in parts if p) for parts in (work, spending)),
        ]

    def _state(self) -> str:
        if self.ended:
            return self.ended
        silent = self._silent()
        return "under way" if silent < _SILENT_S else f"nothing new for {silent / 60:.0f} min; it may have been killed"

    def _stand(self) -> Standing:
        return self._standing or Standing(self._total, 0, self._last)

    def _now(self) -> float:
        """A run that ended is seen at its end."""
        return self._last if self.ended else max(self._clock(), self._last)

    def _silent(self) -> float:
        return self._now() - self._last
