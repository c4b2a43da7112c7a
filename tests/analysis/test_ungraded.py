"""Answers that no grader could read: what is left of quality and of cost per right answer."""

from decimal import Decimal

import pytest
from hand_made import RIGHT, WRONG, call, leaf, run_of, trial

from escalade.analysis.tally import Tally
from escalade.core.grade import Grade

UNGRADED = Grade(outcome="grader_failed")
FAILED = {"status": "failed", "answer": "", "error": "timeout"}


def summed(*grades):
    """One system over a question for each grade, None for a failure, a cent each."""
    run = run_of(len(grades), one=leaf("small"))
    tally = Tally(run)
    for n, grade in enumerate(grades):
        tally.add(trial("one", f"q{n}", grade, call("0.01"), **(FAILED if grade is None else {})))
    return tally.summary({}).systems[0]


@pytest.mark.parametrize("grades", [[UNGRADED] * 3, [UNGRADED] * 24 + [None] * 16])
def test_no_quality_is_made_up_where_no_answer_was_graded(grades):
    """Failures are losses beside graded answers only: alone they would make a quality of nothing."""
    found = summed(*grades)
    assert (found.quality.mean, found.quality.n, found.ungraded) == (None, 0, grades.count(UNGRADED))


@pytest.mark.parametrize(("grades", "mean"), [([RIGHT, UNGRADED, None], 0.5), ([None] * 2, 0.0), ([WRONG, None], 0.0)])
def test_failures_stay_losses_where_anything_was_graded_or_nothing_answered(grades, mean):
    """One graded answer makes them losses, and so does silence, which no grader failed on."""
    assert summed(*grades).quality.mean == mean


def test_a_right_answer_costs_what_the_graded_trials_cost():
    """Of four cents, two went where right and wrong are unknown: one of two graded answers is right, for two cents."""
    cost = summed(RIGHT, WRONG, UNGRADED, UNGRADED).cost
    assert (cost.total, cost.per_item, cost.per_correct) == (Decimal("0.04"), Decimal("0.01"), Decimal("0.02"))


def test_failures_are_part_of_what_a_right_answer_costs():
    """They are graded as losses."""
    assert summed(RIGHT, None, UNGRADED).cost.per_correct == Decimal("0.02")
