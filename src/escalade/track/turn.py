"""Logging a run, by one process at a time: two that log it together would each make a run for the same question.

Whoever comes while another logs is told who that is, and may complete the log afterwards. Who dies leaves his turn.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from escalade.analysis import Summary
from escalade.core.errors import TrackingError
from escalade.experiment.revised import revised
from escalade.store import Run, Store
from escalade.store.alone import alone
from escalade.tasks.mlflow_server import opened
from escalade.track.experiment import place_of
from escalade.track.sending import Sender
from escalade.track.settings import Settings
from escalade.track.trace import Question
from escalade.track.tracked import Tracked
from escalade.track.tracker import Progress, Tracker


class LoggedElsewhere(TrackingError):
    """Another process logs the run now."""


@contextmanager
def tracking(
    run: Run, store: Store, settings: Settings, asked: Mapping[str, Question] | None = None
) -> Iterator[Tracker]:
    """A Tracker of `run`. `asked` holds what is known of the questions, by item.

    Raises LoggedElsewhere, TrackingError, ConfigError, StoreError.
    """
    began = time.monotonic()
    with alone(store, f"the log of {run.id}") as other:
        if other:
            raise LoggedElsewhere(
                f"{other} logs the run {run.id} now",
                hint="leave it to that one; when it has ended, `escalade track` completes what may be missing",
            )
        with opened(settings.where) as client:
            seen = revised(store, run.id)
            sender = Sender(client, settings.where, place_of(client, run, settings), run, revision=seen.number)
            tracker = Tracker(run, seen, sender, settings, asked or {})
            tracker.start_s = time.monotonic() - began
            yield tracker


def track(
    run: Run,
    store: Store,
    summary: Summary,
    settings: Settings,
    *,
    asked: Mapping[str, Question] | None = None,
    progress: Progress | None = None,
    files: Sequence[Path] = (),
) -> Tracked:
    """Log a run that is in the store, or what is missing of it. Raises as `tracking` does."""
    with tracking(run, store, settings, asked) as tracker:
        return tracker.finish(summary, progress=progress, files=files)
