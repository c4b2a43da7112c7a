"""Headway: how many of a run's trials are done, here or elsewhere, and what its watcher is told of it."""

from collections.abc import Callable

from escalade.experiment.watcher import Watcher
from escalade.ledger.call import Call
from escalade.store import Record


class Headway:
    """Tells each thing once; with nobody to tell, it only counts."""

    def __init__(self, watcher: Watcher | None) -> None:
        self._watcher = watcher
        self._why = ""
        self.total = self.done = 0
        self.on_call: Callable[[Call], None] | None = watcher.call if watcher else None

    @property
    def is_complete(self) -> bool:
        return self.done == self.total

    def begin(self, total: int, done: int) -> None:
        self.total, self.done = total, done
        if self._watcher:
            self._watcher.begin(total, done)

    def trial(self, record: Record) -> None:
        """One is done here."""
        self.done += 1
        if self._watcher:
            self._watcher.trial(record)

    def elsewhere(self, done: int, waiting: int | None) -> None:
        """So many more were done by other processes, and so many of theirs are waited for, None: as before."""
        self.done += done
        if self._watcher and done:
            self._watcher.elsewhere(done)
        if waiting is not None:
            trials = "1 trial" if waiting == 1 else f"{waiting:,} trials"
            self.waiting(f"waiting for {trials} of other processes" if waiting else "")

    def waiting(self, why: str) -> None:
        """There is nothing to do but to wait, for this reason; "": there is again."""
        if self._watcher and why != self._why:
            self._watcher.waiting(why)
        self._why = why
