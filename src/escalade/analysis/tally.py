"""Tally: the way from a run's stored Records to its Summary, one Record at a time.

Records may come in any order and in any number; none is kept. Each trial must be added once. The same records give
the same figures, to the byte, whatever their order.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from escalade.analysis.by_label import Labels, by_label
from escalade.analysis.comparison.family import Family, Place
from escalade.analysis.figures import cost, coverage, latency, others, quality
from escalade.analysis.notes import notes
from escalade.analysis.part_failures import PartTally
from escalade.analysis.rivals.alternative import Alternative, Competitor, alternatives, rival
from escalade.analysis.sentence import advice, against
from escalade.analysis.spending import spent
from escalade.analysis.summary import Comparison, Rival, RunFacts, Summary, SystemSummary, TaskFacts
from escalade.analysis.system_tally import SystemTally
from escalade.analysis.trial import PerItem, per_item
from escalade.core.errors import DataError
from escalade.core.ids import seed_of
from escalade.core.money import Total
from escalade.store.record import Record, Run


class Tally:
    """The running figures of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._systems = {name: SystemTally() for name in run.systems}
        self._items: dict[str, str] = {}
        self._labels = Labels()

    def add(self, record: Record) -> None:
        """Take one record in. Raises DataError for a record of another run, or of a system that the run lacks."""
        tally = self._systems.get(record.system)
        if record.run != self._run.id or tally is None:
            raise DataError(
                f"a record of run {record.run}, system {record.system} does not belong to run {self._run.id}",
                hint="read the records of one run with that run's own description",
            )
        if record.item not in self._items:
            self._items[record.item] = record.item
            self._labels.add(record.item, record.labels)
        tally.add(record, self._items[record.item])

    def summary(self, paid: Mapping[str, Total], *, finished: bool = True) -> Summary:
        """All figures so far. `paid` is what the store says each system really spent, interrupted attempts included."""
        run = self._run
        for tally in self._systems.values():
            tally.sort()
        figures = {name: per_item(tally.trials) for name, tally in self._systems.items()}
        beside = alternatives([self._competitor(name, figures[name]) for name in self._systems])
        compared = self._compared(figures, beside)
        groups = self._labels.groups()
        systems = [
            self._system(
                name,
                figures[name],
                paid.get(name),
                compared.get((name, run.reference, "")),
                [rival(alternative, compared.get(alternative.place(name))) for alternative in beside.get(name, [])],
                groups=groups,
            )
            for name in self._systems
        ]
        return Summary(
            run=RunFacts(
                id=run.id,
                experiment=run.experiment,
                seed=run.seed,
                samples=run.samples,
                version=run.version,
                finished=finished,
            ),
            task=TaskFacts(name=run.task, fingerprint=run.task_fingerprint, metric=run.metric),
            items=run.items,
            reference=run.reference or None,
            systems=systems,
            grading=spent(sum((tally.grading for tally in self._systems.values()), Total())),
            notes=notes(run, systems, self._measured_graders(), finished=finished),
            advice=self._advice(systems),
        )

    def _seed(self, *place: str) -> int:
        return seed_of(self._run.seed, *place)

    def _competitor(self, name: str, figures: PerItem) -> Competitor:
        facts = self._run.systems[name]
        members = facts.structure.models(without="gate")  # which judges and does not answer
        return Competitor(name, facts.structure.kind, members, figures, facts.rival)

    def _compared(
        self, figures: Mapping[str, PerItem], beside: Mapping[str, Sequence[Alternative]]
    ) -> dict[Place, Comparison]:
        """Every system less the reference, and every orchestration less its rivals, as one family."""
        family, reference = Family(self._seed), self._run.reference
        if reference in figures:
            for name in (name for name in figures if name != reference):
                family.add((name, reference, ""), figures[name], figures[reference])
        for team, rivals in beside.items():
            for alternative in rivals:
                if alternative.figures is not None:
                    family.add(alternative.place(team), figures[team], alternative.figures)
        return family.comparisons()

    def _system(
        self,
        name: str,
        figures: PerItem,
        paid: Total | None,
        compared: Comparison | None,
        beside: list[Rival],
        *,
        groups: Mapping[str, Mapping[str, Sequence[str]]],
    ) -> SystemSummary:
        tally, facts = self._systems[name], self._run.systems[name]
        return SystemSummary(
            name=name,
            kind=facts.structure.kind,
            simulated=facts.simulated or tally.simulated,
            graded_by_simulation=tally.graded_by_simulation,
            estimated=bool(tally.cost.estimated or tally.tokens.estimated),
            trials=len(tally.trials),
            statuses=dict(sorted(tally.statuses.items())),
            quality=quality(figures, self._seed("mean", name)),
            others=others(tally.trials, partial(self._seed, "mean", name)),
            by_label=by_label(figures, groups, partial(self._seed, "label", name)),
            coverage=coverage(tally.trials),
            failures=dict(sorted(tally.failures.items())),
            endings=dict(sorted(tally.endings.items())),
            part_failures=tally.parts.facts(),
            unparsed=tally.unparsed,
            ungraded=tally.ungraded,
            cost=cost(tally),
            grading=spent(tally.grading),
            paid=None if paid is None else spent(paid),
            tokens=tally.tokens.tokens(),
            latency_s=latency(tally.trials),
            funnel=tally.funnel(),
            gate=tally.gate(),
            flips=tally.flips(),
            behaviours=behaved if (behaved := tally.behaviours.behaviours()).counted else None,
            versus_reference=compared,
            rivals=beside,
            sentence="" if compared is None else against(name, self._run.reference, compared) + _but(tally.parts),
        )

    def _measured_graders(self) -> dict[str, list[str]]:
        """The systems that ask a model which also graded answers, by that model."""
        graders = sorted(set[str]().union(*(tally.graders for tally in self._systems.values())))
        return {
            grader: measured
            for grader in graders
            if (measured := [name for name, tally in self._systems.items() if grader in tally.asked])
        }

    def _advice(self, systems: list[SystemSummary]) -> str:
        if not any(system.coverage for system in systems):
            return ""  # nobody answered: that says nothing of whom to use
        beside = {system.name: system.rivals[0] for system in systems if system.rivals}
        return advice(beside, {name: why for name in beside if (why := self._systems[name].parts.broken())})


def _but(parts: PartTally) -> str:
    """What to add to a sentence on a system that never was what it should be; "" for others."""
    return f" But {why}." if (why := parts.broken()) else ""
