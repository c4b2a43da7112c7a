"""Logging to MLflow while `run` runs, and what `run` and `track` share: settings, the report to attach, a count."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from escalade.cli.output import say
from escalade.core.errors import ConfigError, EscaladeError

if TYPE_CHECKING:
    from escalade.config.tracking import TrackSpec
    from escalade.experiment import Experiment, Watcher
    from escalade.ledger.call import Call
    from escalade.store import Record, Run, Store
    from escalade.tasks import Item
    from escalade.track import Detail, Follower, Settings
    from escalade.track.trace import Question
    from escalade.track.tracker import Progress

_REDRAWN_S = 0.2


def mlflow_settings(
    spec: "TrackSpec | None",
    said: str | None,
    config: Path | None,
    *,
    detail: "Detail | None" = None,
    experiment: str | None = None,
    offline: bool = False,
) -> "Settings | None":
    """Where and how to log, by the command line and the config; None where neither asks for it, or one says off.

    With `offline` nothing is logged over a network, and the user is told how to do it later.
    Raises ConfigError where MLflow is not installed, so that it is known before anything is run.
    """
    if said == "off" or (said is None and spec is None):
        return None
    from escalade.config.tracking import TrackSpec, mlflow_address  # noqa: PLC0415  (heavy: --help is quick)
    from escalade.track import Settings  # noqa: PLC0415

    if find_spec("mlflow") is None:
        raise ConfigError("MLflow is not installed", hint="install it with pip install 'escalade[mlflow]'")
    spec = spec or TrackSpec()
    where = mlflow_address(None if said == "on" else said, spec, config.parent if config else Path())
    if offline and not where.here:
        typer.echo(f"not logged to MLflow at {where.shown}: --offline forbids it; `escalade track RUN` can", err=True)
        return None
    return Settings(
        where=where,
        detail=detail or spec.detail,
        experiment=experiment or spec.experiment,
        versioned=spec.versioned,
    )


class Tracking:
    """Logs what one command runs. With no settings it does nothing; whatever fails is told once and ends nothing."""

    def __init__(self, settings: "Settings | None", command: "Callable[[str, Settings], str]", *, report: bool) -> None:
        """`command` is what completes the log of a run."""
        self._settings = settings
        self._command = command
        self._report = report
        self._follower: Follower | None = None

    async def beside(self, watcher: "Watcher", experiment: "Experiment", store: "Store") -> "Watcher":
        """`watcher`, and one that logs beside it."""
        if self._settings is None:
            return watcher
        from escalade.track import Follower  # noqa: PLC0415  (heavy: --help is quick)

        self._follower = Follower(store, self._settings, questions(await experiment.items()))
        return _Both(watcher, self._follower)

    def finish(self, run: "Run", store: "Store", *, quiet: bool) -> None:
        """Log what is left, and say what it took. Ctrl-C leaves the rest to `escalade track`."""
        if self._follower is None or self._settings is None:
            return
        from escalade.experiment.figures import summary_of  # noqa: PLC0415  (heavy: --help must be quick)
        from escalade.track import LoggedElsewhere  # noqa: PLC0415

        command = self._command(run.id, self._settings)
        try:
            self._follower.close()  # its thread may be importing what a report imports too, which two must not at once
            with report_of(store, run.id, wanted=self._report) as files, counting(quiet=quiet) as progress:
                tracked = self._follower.finish(run, summary_of(store, run.id), progress=progress, files=files)
        except KeyboardInterrupt:
            say(f"logging to MLflow was interrupted; {command} completes it")
        except LoggedElsewhere as error:
            say(f"not logged to MLflow here: {error}; {command} completes the log")
        except EscaladeError as error:
            say(f"not all was logged to MLflow: {error}; {command} completes it")
            if error.hint:
                say(f"  try: {error.hint}")
        else:
            if not quiet:
                say(tracked.sentence)


class _Both:
    """Two watchers of one run."""

    def __init__(self, first: "Watcher", second: "Watcher") -> None:
        self._watchers = (first, second)

    def begin(self, total: int, done: int) -> None:
        for watcher in self._watchers:
            watcher.begin(total, done)

    def call(self, call: "Call") -> None:
        for watcher in self._watchers:
            watcher.call(call)

    def trial(self, record: "Record") -> None:
        for watcher in self._watchers:
            watcher.trial(record)

    def elsewhere(self, done: int) -> None:
        for watcher in self._watchers:
            watcher.elsewhere(done)

    def waiting(self, why: str) -> None:
        for watcher in self._watchers:
            watcher.waiting(why)


def questions(items: "Sequence[Item]") -> "dict[str, Question]":
    """What traces say was asked, by item."""
    from escalade.track.trace import Question  # noqa: PLC0415  (heavy: --help is quick)

    return {item.id: Question("\n\n".join(item.turns), item.gold) for item in items}


@contextmanager
def report_of(store: "Store", run_id: str, *, wanted: bool) -> Iterator[list[Path]]:
    """The run's HTML report as a file that is gone afterwards; nothing where it is not wanted or cannot be drawn."""
    if not wanted or find_spec("altair") is None or find_spec("vl_convert") is None:
        yield []
        return
    from escalade.report.html import Choices, build_report  # noqa: PLC0415  (heavy: --help is quick)

    with TemporaryDirectory(prefix="escalade-") as folder:
        file = Path(folder) / "report.html"
        build_report(store, [run_id], file, Choices(), lambda _: None)
        yield [file]


@contextmanager
def counting(*, quiet: bool) -> Iterator["Progress | None"]:
    """A line on a terminal that counts what is logged; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    drawn = 0.0

    def count(done: int, whole: int) -> None:
        nonlocal drawn
        if time.monotonic() - drawn >= _REDRAWN_S or done == whole:
            drawn = time.monotonic()
            typer.echo(f"\rlogging to MLflow: {done:,} of {whole:,}", err=True, nl=False)

    try:
        yield count
    finally:
        if drawn:
            typer.echo("\r\x1b[K", err=True, nl=False)
