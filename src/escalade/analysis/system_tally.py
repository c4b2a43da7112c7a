"""One system's running tally: exact accounts, counts, and one small TrialFigures per record."""

from collections import Counter, defaultdict

from escalade.analysis.behaviour import BehaviourTally
from escalade.analysis.part_failures import PartTally
from escalade.analysis.running import RunningTokens, RunningTotal
from escalade.analysis.spending import LevelSpent, Spent, spent
from escalade.analysis.summary import Flips, GateFacts, Level
from escalade.analysis.trial import TrialFigures, answered, is_right, rungs, score_of
from escalade.core.money import Total, total
from escalade.store.record import Record


class SystemTally:
    """Add records in any order; what is read from it afterwards does not depend on that order."""

    def __init__(self) -> None:
        self.trials: list[TrialFigures] = []
        self.cost = Total()
        self.graded_cost = Total()
        """Of the trials that have a score."""
        self.grading = Total()
        self.tokens = RunningTokens()
        self.statuses: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.behaviours = BehaviourTally()
        self.parts = PartTally()
        self.simulated = False
        """Whether a simulated model had a part in its answers, as the replies say: over HTTP no config knows it."""
        self.graded_by_simulation = False
        self.asked: set[str] = set()
        """The ids of the models that it asked."""
        self.graders: set[str] = set()
        """The ids of those that graded its answers."""
        self.unparsed = 0
        self.ungraded = 0
        self._roles: defaultdict[str, RunningTotal] = defaultdict(RunningTotal)
        self._models: defaultdict[str, RunningTotal] = defaultdict(RunningTotal)
        self._levels: defaultdict[int | None, RunningTotal] = defaultdict(RunningTotal)
        self._reached: Counter[int] = Counter()
        self._stopped: Counter[int] = Counter()
        self._gate: Counter[str] = Counter()
        self._flips: Counter[str] = Counter()

    def add(self, record: Record, item: str) -> None:
        """Reduce one record to numbers. `item` is its item's id, one object for all records of that item."""
        cost = self._book(record)
        grade, has_answer = record.grade, answered(record)
        self.statuses[record.status] += 1
        if not has_answer:
            self.failures[record.error or record.status] += 1
        elif record.stopped:
            self.endings[record.stopped] += 1
        if grade is not None:
            self.unparsed += grade.outcome == "no_answer"
            self.ungraded += grade.outcome == "grader_failed"
        if (score := score_of(grade)) is not None:
            self.graded_cost += cost
        others = None if grade is None else tuple((name, score_of(g)) for name, g in sorted(grade.others.items()))
        self.trials.append(
            TrialFigures(
                item=item,
                sample=record.sample,
                score=score,
                others=others,
                cost=None if cost.usd is None else float(cost.usd),
                latency_s=record.latency_s,
                answered=has_answer,
            )
        )
        self._count_rungs(record)
        self._count_decisions(record)
        self.behaviours.add(record)
        self.parts.add(record)

    def _book(self, record: Record) -> Total:
        """Book all calls; what those of the system are worth."""
        cost = total(call.cost for call in record.calls)
        self.cost += cost
        for call in record.calls:
            self.tokens.book(call)
            self.simulated |= call.provider == "simulated"
            self.asked.add(call.asked or call.model)
            self._roles[call.role].book(call.cost)
            self._models[call.model].book(call.cost)
            self._levels[call.level].book(call.cost)
        self.grading += total(call.cost for call in record.grading)
        for call in record.grading:
            self.graded_by_simulation |= call.provider == "simulated"
            self.graders.add(call.asked or call.model)
        return cost

    def _count_rungs(self, record: Record) -> None:
        asked = rungs(record)
        self._reached.update(asked)
        if asked:
            self._stopped[max(asked)] += 1

    def _count_decisions(self, record: Record) -> None:
        seen: list[bool] = []
        for step in record.steps:
            right = is_right(step.grade)
            if right is not None:
                seen.append(right)
            if step.accepted is None:
                continue
            self._gate["judged"] += 1
            self._gate["accepted"] += step.accepted
            if right is not None:
                self._gate["compared"] += 1
                self._gate["false_accepts"] += step.accepted and not right
                self._gate["false_rejects"] += right and not step.accepted
        final = is_right(record.grade)
        if seen and final is not None:
            self._flips["compared"] += 1
            self._flips["to_right"] += final and not seen[0]
            self._flips["to_wrong"] += seen[0] and not final
            self._flips["lost"] += any(seen) and not final
        self._count_revisions(record)

    def _count_revisions(self, record: Record) -> None:
        right = {step.path: is_right(step.grade) for step in record.steps}
        noted = (note for span in record.spans for note in span.notes if note.get("kind") == "revised")
        # Rounds are noted in order, so that the last revision of an answer is the one that stays.
        for first, last in {str(note["first"]): str(note["path"]) for note in noted}.items():
            before, after = right.get(first), right.get(last)
            if before is None or after is None:
                continue
            self._flips["revised"] += 1
            self._flips["revised_to_right"] += after and not before
            self._flips["revised_to_wrong"] += before and not after

    def sort(self) -> None:
        """Put the trials in the one order that all figures are computed in."""
        self.trials.sort(key=lambda trial: (trial.item, trial.sample))

    def by_role(self) -> dict[str, Spent]:
        return {role: spent(self._roles[role].total) for role in sorted(self._roles)}

    def by_model(self) -> dict[str, Spent]:
        return {model: spent(self._models[model].total) for model in sorted(self._models)}

    def by_level(self) -> list[LevelSpent]:
        order = sorted(self._levels, key=lambda level: (level is None, level or 0))
        return [LevelSpent(level=level, spent=spent(self._levels[level].total)) for level in order]

    def funnel(self) -> list[Level]:
        return [
            Level(level=level, reached=self._reached[level], stopped=self._stopped[level])
            for level in sorted(self._reached)
        ]

    def gate(self) -> GateFacts:
        return GateFacts(**{field: self._gate[field] for field in GateFacts.__struct_fields__})

    def flips(self) -> Flips:
        return Flips(**{field: self._flips[field] for field in Flips.__struct_fields__})
