"""What logging a run did and what it cost, for whoever asked for it."""

from typing import Any

import msgspec
from msgspec import Struct

from escalade.track.settings import Detail


class Tracked(Struct, frozen=True, kw_only=True):
    """What was logged and what it cost."""

    experiment: str
    """The MLflow experiment."""
    detail: Detail
    trials: int
    """Whose figures were logged."""
    logged: int
    """Trials whose question was logged by itself, now and not before."""
    doubles: int = 0
    """MLflow runs that were deleted, since two processes had logged the same."""
    seconds: float
    """Spent logging, beside the run or after it."""
    cpu_s: float
    """Of these, what kept a processor busy here."""
    start_s: float
    """Spent before anything could be logged: MLflow's own start, and looking up what it has."""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told

    @property
    def sentence(self) -> str:
        """What was done, for a terminal."""
        new = "" if self.detail == "summary" else f" ({self.logged:,} logged one by one, the others were there)"
        new += f", {self.doubles:,} doubles were deleted" if self.doubles else ""
        each = f", {1000 * self.cpu_s / self.trials:.1f} ms of CPU a trial" if self.trials else ""
        took = f"in {self.seconds:.1f} s{each}, and {self.start_s:.1f} s to start"
        return f"MLflow experiment {self.experiment}: {self.trials:,} trials{new} {took}"
