"""Interruptions: what Ctrl-C, SIGTERM and SIGHUP do to a command that pays for calls.

Where much may be in flight, the first lets no further call begin and waits a while, and the second cuts what is left; a
single question is cut at once. What is cut is booked as unknown. Where no call can be under way, Python ends a command
as it ends any other.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

import typer

if TYPE_CHECKING:
    from escalade.ledger.budget import Budget

_SIGNALS = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a polite kill, and a terminal that was closed."""


class Stoppable(Protocol):
    def stop(self) -> None:
        """Gently, and a second time at once."""


def stop_on_interrupt(work: Stoppable) -> None:
    """Ctrl-C stops gracefully, a second one at once; so does SIGTERM. For work on the running event loop."""
    presses = 0

    def stop() -> None:
        nonlocal presses
        presses += 1
        if presses == 1:
            typer.echo("\nstopping: waiting for the calls in flight; press Ctrl-C again to cut them", err=True)
        work.stop()

    _on_interrupt(stop)


class OneByOne:
    """Several works, one after the other: what was said to stop between two of them holds for the next."""

    def __init__(self) -> None:
        self._work: Stoppable | None = None
        self._stops = 0

    def begin(self, work: Stoppable) -> None:
        """From now on it is this one that is stopped."""
        self._work = work
        for _ in range(self._stops):
            work.stop()

    def stop(self) -> None:
        self._stops += 1
        if self._work is not None:
            self._work.stop()


def _on_interrupt(do: Callable[[], None]) -> None:
    for number in _SIGNALS:
        if number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
            continue  # under nohup, which is meant to outlive its terminal
        asyncio.get_running_loop().add_signal_handler(number, do)


def leave_interrupts_to_python() -> None:
    """What follows is not done by the loop, which alone could hear them otherwise."""
    for number in _SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)


@asynccontextmanager
async def interruptible(budget: "Budget | None" = None) -> AsyncIterator[None]:
    """What is done inside may be interrupted: it then ends with KeyboardInterrupt.

    Calls in flight that are paid under `budget` are waited for; without one, the first interruption cuts them.
    """
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("only a task can be interrupted")
    work = _Cut(task) if budget is None else _Paying(task, budget)
    if budget is None:
        _on_interrupt(work.stop)
    else:
        stop_on_interrupt(work)
    try:
        yield
    except asyncio.CancelledError:
        if not work.stopped:
            raise
        raise KeyboardInterrupt from None
    finally:
        leave_interrupts_to_python()
        work.end()


class _Cut:
    """A task that is cut at once."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True
        self._task.cancel()

    def end(self) -> None:
        """Nothing is left to be cut."""


class _Paying(_Cut):
    """A task whose calls are paid under `budget`: those in flight may finish."""

    def __init__(self, task: asyncio.Task[Any], budget: "Budget") -> None:
        super().__init__(task)
        self._budget = budget
        self._finishing: asyncio.Task[None] | None = None

    def stop(self) -> None:
        if self._finishing is not None:
            super().stop()
            return
        from escalade.experiment.finishing import finish_within  # noqa: PLC0415  (heavy: --help must be quick)

        self.stopped = True
        self._budget.close()
        self._finishing = asyncio.create_task(finish_within([self._budget], [self._task]))

    def end(self) -> None:
        if self._finishing is not None:
            self._finishing.cancel()
