"""The figures behind the report's charts, worked out by hand, and what must hold of them for any records."""

from decimal import Decimal
from math import isclose, log

import pytest
from hand_made import RIGHT, WRONG, call, graded, leaf, made_of, run_of, step, trial
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.calibration import Judgements
from escalade.analysis.cost_quality import cost_interval
from escalade.analysis.cumulative import CostTally
from escalade.analysis.curves import CurveTally
from escalade.analysis.lengths import LengthTally
from escalade.analysis.tally import Tally
from escalade.core.grade import Grade
from escalade.core.money import Total
from escalade.core.usage import Usage
from escalade.report.html.charts.plane import quality_cost
from escalade.store.record import Step


def judged(score, grade, accepted=None, level=1):
    return Step(path="/w", role="worker", name="m", level=level, grade=grade, accepted=accepted, score=score)


def judgements(*steps):
    tally = Judgements()
    tally.add(trial("s", "q", RIGHT, steps=list(steps)))
    return tally


def test_calibration_is_scores_beside_shares():
    """Two answers at 0.9 of which one is right, and one wrong at 0.1: Brier and error follow."""
    found = judgements(judged(0.9, RIGHT), judged(0.9, WRONG), judged(0.1, WRONG)).calibration()
    assert [(b.low, b.high, b.n, b.right) for b in found.bins] == [(0.1, 0.2, 1, 0.0), (0.9, 1.0, 2, 0.5)]
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.01) / 3)
    assert found.error == pytest.approx((2 * 0.4 + 0.1) / 3)
    assert found.bins[0].right_low is None
    assert found.bins[1].right_low < 0.5 < found.bins[1].right_high


def test_without_gold_nothing_is_calibrated():
    """Partly right and ungraded answers say neither yes nor no."""
    tally = judgements(judged(0.9, None, True), judged(0.9, graded(0.5), True), judged(None, RIGHT))
    assert tally.calibration() is None
    assert tally.decisions() == []


def test_decisions_are_counted_level_by_level():
    """A wrong answer accepted on rung 1 is a false accept of rung 1 alone."""
    first, second = judgements(step(1, WRONG, True), step(1, RIGHT, True), step(2, RIGHT, False)).decisions()
    assert (first.level, first.accepted_right, first.accepted_wrong) == (1, 1, 1)
    assert (second.level, second.rejected_right, second.accepted) == (2, 1, 0)


def test_lengths_are_those_of_the_answering_call_without_reasoning():
    """What a strategy composed is unmeasured, and a failed trial is neither."""
    tally = LengthTally()
    for grade, output in ((RIGHT, 30), (RIGHT, 50), (WRONG, 90)):
        said = call("0", usage=Usage(input=9, output=output, reasoning=10, estimated=output == 90))
        tally.add(trial("s", "q", grade, said, answer=said.id))
    tally.add(trial("s", "q", RIGHT, call("0"), answer="", text="composed"))
    tally.add(trial("s", "q", None, status="failed", answer=""))
    found = tally.lengths()
    assert (found.every.n, found.every.p50, found.every.mean) == (3, 40, pytest.approx(140 / 3))
    assert (found.right.n, found.right.p50, found.not_right.p50) == (2, 30, 80)
    assert (found.unmeasured, found.estimated) == (1, 1)


def grown(*ends):
    """The line of trials that ended at these times at these costs."""
    tally = CostTally()
    for at, usd in ends:
        tally.add(trial("s", f"q{at}", RIGHT, at=float(at)), None if usd is None else Decimal(usd))
    return [(point.trials, point.usd) for point in tally.line()]


def test_cost_grows_in_the_order_of_ending():
    """From nothing to the sum, exactly."""
    assert grown((2, "0.1"), (1, "0.5")) == [(0, 0), (1, Decimal("0.5")), (2, Decimal("0.6"))]


def test_cost_that_grows_is_not_rounded():
    """Beyond the 28 digits that `+` keeps."""
    assert grown((1, "1e11"), (2, "1e-20"))[-1] == (2, Decimal("100000000000.00000000000000000001"))


def test_an_unknown_price_leaves_no_line():
    """A part of a sum is never shown as the sum."""
    assert grown((1, "0.2"), (2, None)) == grown() == []


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=400))
def test_a_long_line_is_thinned_and_keeps_its_ends(micros):
    """However many trials, few points; the last one is the sum."""
    line = grown(*((at, Decimal(usd) / 10**6) for at, usd in enumerate(micros)))
    assert len(line) <= 122
    assert line[-1] == (len(micros), Decimal(sum(micros)) / 10**6)
    assert line == sorted(line)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.randoms())
def test_calibration_is_bounded_and_has_no_order(answers, random):
    """Every answer is in one bin; both measures are shares; their order does not matter."""
    steps = [judged(score, RIGHT if right else WRONG) for score, right in answers]
    found = judgements(*steps).calibration()
    assert sum(b.n for b in found.bins) == found.n == len(answers)
    assert 0 <= found.error <= 1
    assert 0 <= found.brier <= 1
    assert all(b.low - 1e-9 <= b.score <= b.high for b in found.bins)
    random.shuffle(steps)
    assert judgements(*steps).calibration().brier == found.brier


def test_a_cost_interval_is_around_its_mean_and_above_nothing():
    """Also where a few questions cost most of the money."""
    found = cost_interval([0.001] * 20 + [1.0])
    assert 0 < found.low < 1.02 / 21 < found.high
    few = cost_interval([1.0, 3.0])
    assert isclose(log(few.high / 2), 12.7062 / 2, rel_tol=1e-5)  # Student's point times half the mean
    assert cost_interval([1.0]) is None
    assert cost_interval([0.0, 0.0]) is None


def test_the_plane_has_every_priced_system_and_the_hull_of_single_models():
    """A model that is dearer and worse is off the hull; one of unknown price is named and has no place."""
    run = run_of(
        2, cheap=leaf("cheap"), dear=leaf("dear"), bad=leaf("bad"), free=leaf("free"),
        team=made_of("vote", leaf("cheap"), leaf("dear")),
    )  # fmt: skip
    tally, curves = Tally(run), CurveTally(run)
    for system, usd, grades in (
        ("cheap", "1", (RIGHT, WRONG)), ("dear", "4", (RIGHT, RIGHT)), ("bad", "3", (WRONG, WRONG)),
        ("free", None, (RIGHT, RIGHT)), ("team", "5", (RIGHT, WRONG)),
    ):  # fmt: skip
        for item, grade in zip("ab", grades, strict=True):
            record = trial(system, item, grade, call(usd, system), level=1 if system == "team" else None)
            tally.add(record)
            curves.add(record)
    summary = tally.summary(dict.fromkeys(run.systems, Total()))
    found = curves.curves(summary)
    assert [(spot.name, spot.cost, spot.single) for spot in found.plane.spots] == [
        ("cheap", 1.0, True), ("dear", 4.0, True), ("bad", 3.0, True), ("team", 5.0, False)
    ]  # fmt: skip
    assert [corner.name for corner in found.plane.hull] == ["cheap", "dear"]
    assert found.plane.unpriced == ["free"]
    assert [(r.level, r.quality.mean, r.quality.n) for r in found.systems["team"].rungs] == [(1, 0.5, 2)]
    assert found.systems["cheap"].rungs == []


def test_the_caption_names_what_it_compares_also_where_no_line_is_drawn():
    """Beside one single model there is no hull to point at: random mixing is named, not "it"."""
    run = run_of(2, small=leaf("small"), ladder=made_of("cascade", leaf("small"), leaf("small")))
    tally, curves = Tally(run), CurveTally(run)
    for record in (trial(system, item, RIGHT, call("1")) for system in run.systems for item in "ab"):
        tally.add(record)
        curves.add(record)
    summary = tally.summary({})
    caption = quality_cost(summary, curves.curves(summary).plane).says
    assert "dashed line" not in caption
    assert "Above what random mixing reaches at its cost: no orchestration." in caption


def test_repeated_questions_count_once_on_a_rung():
    """Two samples of one question are one item, worth their mean."""
    run = run_of(1, team=made_of("cascade", leaf("a"), leaf("b")))
    tally, curves = Tally(run), CurveTally(run)
    for sample, grade in enumerate((RIGHT, Grade(outcome="wrong"))):
        record = trial("team", "q", grade, call("1"), level=2, sample=sample)
        tally.add(record)
        curves.add(record)
    (rung,) = curves.curves(tally.summary({})).systems["team"].rungs
    assert (rung.quality.n, rung.quality.mean) == (1, 0.5)
