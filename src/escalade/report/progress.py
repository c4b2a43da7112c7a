"""Progress of a long run: a live view on a terminal, a plain line now and then elsewhere, nothing when quiet.

It counts what it is told of and asks nobody. Money shown is what this run paid, with the count of unknown prices.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from escalade.analysis.standing import Standing
from escalade.core.money import Total, total
from escalade.ledger.budget import Budget
from escalade.ledger.call import Call
from escalade.report import standing as words
from escalade.store.record import Record

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_EVERY_S = 30.0
_REDRAWN_S = 0.1
"""A fast run tells of thousands of calls a second, which nobody could read."""


class Progress:
    """A context manager around a run, which `begin` tells how many trials there are.

    `stream` is stderr unless given, since stdout holds results.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._clock = clock
        self._said = clock()
        self._standing = Standing(0, 0, self._said)
        self._paid = Total()
        self._cost = Total()
        self._budget: Budget | None = None
        self._elsewhere = 0
        self._waiting = ""
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def limited_by(self, budget: Budget) -> None:
        """Show what is spent under this budget, if it limits dollars."""
        self._budget = budget

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._show(at_once=True)
            self._bar.stop()
        elif self._standing.total and not self._quiet:  # else it never began, and there is nothing to tell of
            self._say()

    def begin(self, total: int, done: int) -> None:
        """There are `total` trials, and `done` of them were finished before."""
        self._said = self._clock()
        self._standing = Standing(total, done, self._said)
        if not self._quiet and self._stream.isatty():
            self._open_bar()

    def trial(self, record: Record) -> None:
        """One trial is finished."""
        self._standing.add(record, self._clock())
        if self._bar is not None:
            self._show()
        elif not self._quiet and self._standing.done < self._standing.total and self._is_due():
            self._say()

    def elsewhere(self, done: int) -> None:
        """So many more trials were finished by other processes of the run."""
        self._standing.done += done
        self._elsewhere += done
        self._show()

    def waiting(self, why: str) -> None:
        """There is nothing to do but to wait, for this reason; "": there is again."""
        self._waiting = why
        if self._bar is not None:
            self._show(at_once=True)
        elif why and not self._quiet:
            print(self.line() if self._standing.total else why, file=self._stream, flush=True)

    def call(self, call: Call) -> None:
        """One call is finished, or the journal answered it."""
        self._paid += total([call.paid])
        self._cost += total([call.cost])
        if self._bar is not None:
            self._show()

    def line(self) -> str:
        """The state in words: "120 of 500 trials, 2.1/s, 2 failed, $0.42 paid, about 3 min left"."""
        return ", ".join(part for part in (*self._work(), self._spent(), self._accepted(), self._left()) if part)

    def _lines(self) -> str:
        """The same on two lines."""
        first, second = (*self._work(), self._left()), (self._spent(), self._accepted())
        return "\n".join(", ".join(part for part in parts if part) for parts in (first, second))

    def _work(self) -> tuple[str, ...]:
        now, standing = self._clock(), self._standing
        others = f"{self._elsewhere:,} of them by other processes" if self._elsewhere else ""
        return words.trials(standing), others, words.rate(standing, now), words.failures(standing)

    def _spent(self) -> str:
        limit = self._budget.limits.usd if self._budget else None
        held = self._budget.usd if self._budget else None
        return words.spent(words.Amounts(paid=self._paid, cost=self._cost, held=held, limit=limit))

    def _accepted(self) -> str:
        return words.acceptance(self._standing)

    def _left(self) -> str:
        return self._waiting or words.left(self._standing, self._clock())

    def _is_due(self) -> bool:
        standing = self._standing
        return standing.done % max(1, standing.total // 10) == 0 or self._clock() - self._said >= _EVERY_S

    def _say(self) -> None:
        self._said = self._clock()
        print(self.line(), file=self._stream, flush=True)

    def _open_bar(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (wanted only on a terminal)
        from rich.progress import BarColumn, TextColumn  # noqa: PLC0415  (as above)
        from rich.progress import Progress as Bar  # noqa: PLC0415  (as above)

        columns = (BarColumn(bar_width=24), TextColumn("{task.description}", markup=False))
        self._bar = Bar(*columns, console=Console(file=self._stream), refresh_per_second=4)
        self._task = self._bar.add_task(self._lines(), total=self._standing.total)
        self._bar.start()

    def _show(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if self._bar is not None and self._task is not None and (at_once or now - self._said >= _REDRAWN_S):
            self._said = now
            self._bar.update(self._task, completed=self._standing.done, description=self._lines())
