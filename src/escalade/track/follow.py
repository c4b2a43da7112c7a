"""Logging while a run goes on, on a thread of its own: trials hand their Records over and never wait.

The hand-over is bounded: when MLflow is slower than the run, Records are left out and logged at the end, from the
store, as is everything that failed. A failure is kept, told once and ends the following, never the run. Where another
process of the run logs it already, nothing is logged before the end.
"""

import queue
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from escalade.analysis import Summary
from escalade.core.errors import EscaladeError
from escalade.ledger.call import Call
from escalade.store import Record, Run, Store
from escalade.track.settings import Settings
from escalade.track.trace import Question
from escalade.track.tracked import Tracked
from escalade.track.tracker import Progress, Tracker
from escalade.track.turn import LoggedElsewhere, tracking

_AT_MOST = 2000
"""Records that wait to be logged; some tens of kilobytes each."""
_GROUP = 100
_GATHER_S = 0.5
"""How long a group is gathered, so that few requests carry many Records."""


class Follower:
    """A watcher of a Runner; `finish` completes what it began. `close` ends its thread in any case."""

    def __init__(self, store: Store, settings: Settings, asked: Mapping[str, Question] | None = None) -> None:
        self.error: EscaladeError | None = None
        """What stopped the following, if anything did."""
        self._store = store
        self._settings = settings
        self._asked = asked or {}
        self._records: queue.Queue[Record] = queue.Queue(_AT_MOST)
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._followed: Tracker | None = None

    def begin(self, total: int, done: int) -> None:
        """Nothing happens before the first trial."""

    def call(self, call: Call) -> None:
        """Calls are logged with their trials."""

    def trial(self, record: Record) -> None:
        """Hand a Record over, at once. Of a summary nothing is logged before the end."""
        if self._settings.detail == "summary" or self._ending.is_set():
            return
        try:
            self._records.put_nowait(record)
        except queue.Full:
            return  # `finish` finds it in the store
        if self._thread is None:
            self._thread = threading.Thread(target=self._follow, args=(record.run,), name="escalade-track", daemon=True)
            self._thread.start()

    def elsewhere(self, done: int) -> None:
        """What other processes of the run finish is logged at the end, from the store."""

    def waiting(self, why: str) -> None:
        """Nothing is logged of waiting."""

    def finish(
        self, run: Run, summary: Summary, *, progress: Progress | None = None, files: Sequence[Path] = ()
    ) -> Tracked:
        """Log what is left, and the figures. Raises the TrackingError of whatever could not be logged."""
        self.close()
        if self.error is not None:
            raise self.error
        with tracking(run, self._store, self._settings, self._asked) as tracker:
            tracker.add(self._followed)
            return tracker.finish(summary, progress=progress, files=files)

    def close(self) -> None:
        """Let the thread end with the group that it is at."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()

    def _follow(self, run_id: str) -> None:
        try:
            run, _ = self._store.run(run_id)
            with tracking(run, self._store, self._settings, self._asked) as tracker:
                while not self._ending.is_set():
                    self._log(tracker, self._group())
                self._followed = tracker
        except LoggedElsewhere:
            self._ending.set()  # `finish` finds out whether that one has done it
        except EscaladeError as error:
            self.error = error
            self._ending.set()

    def _log(self, tracker: Tracker, records: list[Record]) -> None:
        """A trial's Calls are committed before its Record is handed over, so that their texts can be read."""
        tracker.log(sorted(records, key=lambda record: record.system))

    def _group(self) -> list[Record]:
        """What has come within a short while, at most a group."""
        found: list[Record] = []
        until = time.monotonic() + _GATHER_S
        while len(found) < _GROUP and (left := until - time.monotonic()) > 0 and not self._ending.is_set():
            try:
                found.append(self._records.get(timeout=min(left, 0.1)))
            except queue.Empty:
                continue
        return found
