"""Watcher: whoever looks on while an experiment runs."""

from typing import Protocol

from escalade.ledger.call import Call
from escalade.store import Record


class Watcher(Protocol):
    """Is told what happens, as it happens; decides nothing."""

    def begin(self, total: int, done: int) -> None: ...

    def call(self, call: Call) -> None: ...

    def trial(self, record: Record) -> None: ...

    def elsewhere(self, done: int) -> None:
        """So many more trials were finished by other processes of the run."""

    def waiting(self, why: str) -> None:
        """There is nothing to do but to wait, for this reason; "": there is again."""
