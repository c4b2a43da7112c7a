"""Progress of a long run: a live line on a terminal, a plain line now and then elsewhere, nothing when quiet.

It counts what it is told of and asks nobody. Money shown is what this run paid, with the count of unknown prices.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from escalade.core.money import Total, total
from escalade.ledger.call import Call
from escalade.report.money import money
from escalade.store.record import Record

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_EVERY_S = 30.0


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
        self._total = 0
        self._before = 0
        self._quiet = quiet
        self._stream = stream or sys.stderr
        self._clock = clock
        self._started = self._said = clock()
        self._done = 0
        self._failed = 0
        self._paid = Total()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._show()
            self._bar.stop()
        elif not self._quiet:
            self._say()

    def begin(self, total: int, done: int) -> None:
        """There are `total` trials, and `done` of them were finished before."""
        self._total, self._done, self._before = total, done, done
        self._started = self._said = self._clock()
        if not self._quiet and self._stream.isatty():
            self._open_bar()

    def trial(self, record: Record) -> None:
        """One trial is finished."""
        self._done += 1
        self._failed += record.status == "failed"
        if self._bar is not None:
            self._show()
        elif not self._quiet and self._done < self._total and self._is_due():
            self._say()

    def call(self, call: Call) -> None:
        """One call is finished, or the journal answered it."""
        self._paid += total([call.paid])
        if self._bar is not None:
            self._show()

    def line(self) -> str:
        """The state in words: "120 of 500 trials, 2 failed, $0.42 paid, about 3 min left"."""
        parts = [f"{self._done:,} of {self._total:,} trials"]
        parts += [f"{self._failed:,} failed"] if self._failed else []
        parts += [f"{money(self._paid)} paid"]
        parts += [left] if (left := self._left()) else []
        return ", ".join(parts)

    def _left(self) -> str:
        now_done = self._done - self._before
        if now_done <= 0 or self._done >= self._total:
            return ""
        seconds = (self._clock() - self._started) / now_done * (self._total - self._done)
        if seconds < 90:
            return f"about {seconds:.0f} s left"
        return f"about {seconds / 60:.0f} min left" if seconds < 5400 else f"about {seconds / 3600:.1f} h left"

    def _is_due(self) -> bool:
        return self._done % max(1, self._total // 10) == 0 or self._clock() - self._said >= _EVERY_S

    def _say(self) -> None:
        self._said = self._clock()
        print(self.line(), file=self._stream, flush=True)

    def _open_bar(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (wanted only on a terminal)
        from rich.progress import BarColumn, TextColumn  # noqa: PLC0415  (as above)
        from rich.progress import Progress as Bar  # noqa: PLC0415  (as above)

        columns = (BarColumn(bar_width=24), TextColumn("{task.description}", markup=False))
        self._bar = Bar(*columns, console=Console(file=self._stream), refresh_per_second=4)
        self._task = self._bar.add_task(self.line(), total=self._total)
        self._bar.start()

    def _show(self) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done, description=self.line())
