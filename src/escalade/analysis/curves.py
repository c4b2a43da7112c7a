"""The figures that are drawn and not told: those that a Summary is too short for, from the same Records.

Records may come in any order; none is kept. Everything but `grown` is the same when a run is repeated.
"""

from msgspec import Struct

from escalade.analysis.by_rung import RungQuality, RungTally
from escalade.analysis.calibration import Calibration, Decisions, Judgements
from escalade.analysis.cost_quality import CostPerItem, Plane, plane
from escalade.analysis.cumulative import CostTally, Grown
from escalade.analysis.lengths import AnswerLengths, LengthTally
from escalade.analysis.summary import Summary
from escalade.core.ids import seed_of
from escalade.core.money import total
from escalade.store.record import Record, Run


class SystemCurves(Struct, frozen=True, kw_only=True):
    rungs: list[RungQuality]
    calibration: Calibration | None
    decisions: list[Decisions]
    lengths: AnswerLengths
    grown: list[Grown]


class Curves(Struct, frozen=True, kw_only=True):
    plane: Plane
    systems: dict[str, SystemCurves]
    """By name, in the order of the run."""


class _System:
    def __init__(self) -> None:
        self.rungs = RungTally()
        self.judgements = Judgements()
        self.lengths = LengthTally()
        self.grown = CostTally()
        self.costs = CostPerItem()

    def add(self, record: Record) -> None:
        for tally in (self.rungs, self.judgements, self.lengths):
            tally.add(record)
        usd = total(call.cost for call in record.calls).usd
        self.grown.add(record, usd)
        self.costs.add(record, usd)


class CurveTally:
    """The running figures of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._systems = {name: _System() for name in run.systems}

    def add(self, record: Record) -> None:
        """Take in a record of this run."""
        self._systems[record.system].add(record)

    def curves(self, summary: Summary) -> Curves:
        return Curves(
            plane=plane(summary, {name: system.costs for name, system in self._systems.items()}),
            systems={name: self._system(name, system) for name, system in self._systems.items()},
        )

    def _system(self, name: str, system: _System) -> SystemCurves:
        def seed(level: int) -> int:
            return seed_of(self._run.seed, "rung", name, level)

        return SystemCurves(
            rungs=system.rungs.rungs(seed),
            calibration=system.judgements.calibration(),
            decisions=system.judgements.decisions(),
            lengths=system.lengths.lengths(),
            grown=system.grown.line(),
        )
