"""TrialFigures: what is left of a Record once it is reduced to the numbers that statistics need, about 200 bytes.

No text, call or span outlives the reduction; a run of any length fits in memory.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from msgspec import Struct

from escalade.analysis.statistics.interval import mean
from escalade.core.grade import Grade
from escalade.store.record import Record


class TrialFigures(Struct, frozen=True, kw_only=True, gc=False):
    item: str
    sample: int
    score: float | None
    """0 to 1; None where the grader failed, which says nothing of the answer."""
    others: tuple[tuple[str, float | None], ...] | None
    """Scores by further graders; None where there was nothing to grade, a loss for each of them."""
    cost: float | None
    """USD; None where the price of any call is unknown."""
    latency_s: float | None
    """None where it was not measured, as in imported runs."""
    answered: bool


class PerItem(Struct, frozen=True):
    """One system's figures item by item: means over its samples."""

    scores: dict[str, float]
    """Items with at least one graded trial; none where the grader failed on every answer (`measured`)."""
    costs: dict[str, float]
    """USD; items with an unknown part are missing."""
    right_or_wrong: bool
    """True where each item has one trial and each score is 0 or 1."""

    def on(self, items: Collection[str]) -> "PerItem":
        """The figures on these items alone, in their order; items that are not there are passed over."""
        scores = {item: self.scores[item] for item in items if item in self.scores}
        costs = {item: self.costs[item] for item in items if item in self.costs}
        return PerItem(scores, costs, self.right_or_wrong)

    @property
    def mean_score(self) -> float | None:
        """None without any."""
        return mean(list(self.scores.values())) if self.scores else None

    @property
    def mean_cost(self) -> float | None:
        """USD per item that has a score; None where that of any is unknown, or there is none."""
        if not self.scores or not self.scores.keys() <= self.costs.keys():
            return None
        return mean([self.costs[item] for item in self.scores])


def answered(record: Record) -> bool:
    return record.status != "failed" and (record.text is not None or bool(record.answer))


def score_of(grade: Grade | None) -> float | None:
    """The score of an answer: 0 where there was none to grade, None where the grader failed."""
    if grade is None:
        return 0.0
    return None if grade.outcome == "grader_failed" else grade.score


def is_right(grade: Grade | None) -> bool | None:
    """Whether an answer was right; None where it was not graded, or graded as partly right."""
    if grade is None or grade.outcome in ("partial", "grader_failed"):
        return None
    return grade.outcome == "right"


def rungs(record: Record) -> set[int]:
    """The rungs of the outermost cascade that were asked: what a span inside one carries as its level."""
    levels = [span.level for span in record.spans] or [record.level, *(step.level for step in record.steps)]
    return {level for level in levels if level is not None}


def measured(trials: Iterable[TrialFigures], grader: str = "") -> bool:
    """Whether any answer was graded, or there was none to grade.

    Failures are losses beside answers that were graded. Where the grader failed on every answer, nothing says what a
    failure lost, and failures alone must not make up a quality.
    """
    answers = [_score_by(trial, grader) for trial in trials if trial.answered]
    return not answers or any(score is not None for score in answers)


def per_item(trials: Sequence[TrialFigures], grader: str = "") -> PerItem:
    """Figures by item, of the main grader or of a further one. `trials` are ascending by item and sample."""
    scores, costs, once, known = {}, {}, True, measured(trials, grader)
    for item, group in groupby(trials, key=lambda trial: trial.item):
        samples = list(group)
        once = once and len(samples) == 1
        graded = [score for trial in samples if (score := _score_by(trial, grader)) is not None]
        if graded and known:
            scores[item] = mean(graded)
        priced = [trial.cost for trial in samples if trial.cost is not None]
        if len(priced) == len(samples):
            costs[item] = mean(priced)
    return PerItem(scores, costs, once and all(score in (0.0, 1.0) for score in scores.values()))


def _score_by(trial: TrialFigures, grader: str) -> float | None:
    if not grader:
        return trial.score
    return 0.0 if trial.others is None else dict(trial.others).get(grader)
