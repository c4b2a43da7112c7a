"""The summary of hand-made records, beside figures worked out by hand."""

import random
from decimal import Decimal

import msgspec
import pytest
from hand_made import RIGHT, WRONG, call, graded, leaf, made_of, run_of, rung, step, trial
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.spending import Spent
from escalade.analysis.summary import to_json
from escalade.analysis.tally import Tally
from escalade.core.errors import DataError
from escalade.core.grade import Grade
from escalade.core.money import Total
from escalade.core.usage import Usage
from escalade.report.cells import simulated

LADDER = made_of("cascade", leaf("small"), leaf("big"), gate=leaf("judge"))


def summed(run, records, paid=None, *, finished=True):
    tally = Tally(run)
    for record in records:
        tally.add(record)
    return tally.summary(paid or {}, finished=finished)


def ladder_records():
    """Four trials: accepted rightly, accepted wrongly, mended by the second rung, lost to a time-out."""
    low, gate = call("0.001", level=1), call("0.0005", "judge", "gate", 1)
    high, gate2 = call("0.01", "big", level=2), call("0.0005", "judge", "gate", 2)
    return [
        trial("ladder", "a", RIGHT, low, gate, spans=[rung(1)], steps=[step(1, RIGHT, accepted=True)], seconds=1.0),
        trial("ladder", "b", WRONG, low, gate, spans=[rung(1)], steps=[step(1, WRONG, accepted=True)], seconds=2.0),
        trial(
            "ladder", "c", RIGHT, low, gate, high, gate2,
            spans=[rung(1), rung(2)],
            steps=[step(1, WRONG, accepted=False), step(2, RIGHT, accepted=None)],
            seconds=6.0,
        ),
        trial("ladder", "d", None, low, spans=[rung(1)], status="failed", error="timeout", answer="", seconds=60.0),
    ]  # fmt: skip


def test_a_ladder_by_hand():
    """Quality, coverage, money by part, funnel, gate and flips are those that four trials on paper give."""
    found = summed(run_of(4, ladder=LADDER), ladder_records()).systems[0]
    assert (found.quality.mean, found.quality.n, found.coverage) == (0.5, 4, 0.75)
    assert (found.failures, found.statuses) == ({"timeout": 1}, {"answered": 3, "failed": 1})
    cost = found.cost
    assert (cost.total, cost.per_item, cost.per_correct) == (Decimal("0.0160"), Decimal("0.004"), Decimal("0.008"))
    assert {role: part.usd for role, part in cost.by_role.items()} == {
        "gate": Decimal("0.002"),
        "worker": Decimal("0.014"),
    }
    assert [(part.level, part.spent.usd, part.spent.calls) for part in cost.by_level] == [
        (1, Decimal("0.0055"), 7),
        (2, Decimal("0.0105"), 2),
    ]
    assert [(at.level, at.reached, at.stopped) for at in found.funnel] == [(1, 4, 3), (2, 1, 1)]
    gate = found.gate
    assert (gate.judged, gate.accepted, gate.compared, gate.false_accepts, gate.false_rejects) == (3, 2, 3, 1, 0)
    flips = found.flips
    assert (flips.compared, flips.to_right, flips.to_wrong, flips.lost) == (3, 1, 0, 0)
    assert found.latency_s is not None
    assert (found.latency_s.mean, found.latency_s.p50) == (3.0, 2.0)
    assert (found.tokens.input, found.tokens.output) == (900, 90)


def test_wilson_is_the_interval_of_right_or_wrong():
    """Two right of four have Wilson's interval of a half."""
    quality = summed(run_of(4, ladder=LADDER), ladder_records()).systems[0].quality
    assert (quality.low, quality.high) == pytest.approx((0.1500, 0.8500), abs=1e-4)


def test_a_right_answer_that_was_lost():
    """A right first answer that ends wrong is a flip to wrong and a loss; rejecting it was a false reject."""
    record = trial("ladder", "a", WRONG, steps=[step(1, RIGHT, accepted=False), step(2, WRONG, accepted=None)])
    found = summed(run_of(1, ladder=LADDER), [record]).systems[0]
    assert (found.flips.to_wrong, found.flips.lost, found.gate.false_rejects) == (1, 1, 1)


@given(st.lists(st.one_of(st.none(), st.decimals("0", "5", places=9)), min_size=1, max_size=12))
@settings(max_examples=40)
def test_unknown_money_never_becomes_a_part_sum(prices):
    """One call without a price makes every sum and quotient that it is part of null, with the count beside it."""
    records = [trial("one", f"q{i}", RIGHT, call(None if usd is None else str(usd))) for i, usd in enumerate(prices)]
    cost = summed(run_of(len(prices), one=leaf("small")), records).systems[0].cost
    unknown = prices.count(None)
    known = None if unknown else sum(prices, Decimal(0))
    assert (cost.total, cost.unknown_calls, cost.calls) == (known, unknown, len(prices))
    assert cost.by_role["worker"].usd == cost.by_model["small"].usd == known
    assert (cost.per_item is None) == (cost.per_correct is None) == bool(unknown)


def test_an_unknown_part_leaves_other_parts_known():
    """Sums that an unpriced call is no part of stay known."""
    record = trial("ladder", "a", RIGHT, call("0.5", level=1), call(None, "judge", "gate", 1))
    cost = summed(run_of(1, ladder=LADDER), [record]).systems[0].cost
    assert (cost.total, cost.by_role["gate"].usd, cost.by_role["worker"].usd) == (None, None, Decimal("0.5"))


def test_the_laboratorys_account_is_apart():
    """What graders cost is no part of a system's cost."""
    record = trial("one", "a", RIGHT, call("0.1"), grading=[call("7", "judge", "grader")])
    found = summed(run_of(1, one=leaf("small")), [record])
    assert (found.systems[0].cost.total, found.grading.usd) == (Decimal("0.1"), Decimal(7))


def test_paid_comes_from_outside():
    """`paid` is what the store says, unknown parts included, and null for a system that it does not name."""
    run = run_of(1, one=leaf("small"), two=leaf("big"))
    one, two = summed(run, [], {"one": Total(Decimal("0.3"), 4, 1, 2)}).systems
    assert one.paid == Spent(usd=None, calls=4, unknown_calls=1, estimated_calls=2)
    assert two.paid is None


def test_grader_failures_are_left_out_and_said():
    """A failed grader is no loss of the system's: the trial leaves quality, and a note counts it."""
    grades = [RIGHT, Grade(outcome="grader_failed"), Grade(outcome="no_answer")]
    found = summed(run_of(3, one=leaf("small")), [trial("one", f"q{i}", g) for i, g in enumerate(grades)])
    system = found.systems[0]
    assert (system.quality.mean, system.quality.n, system.ungraded, system.unparsed) == (0.5, 2, 1, 1)
    assert any("grader failed on 1 answer" in note for note in found.notes)


def test_a_system_that_never_answered_is_noted():
    """Beside one that did, its zeros would look like its quality."""
    run = run_of(2, up=leaf("small"), down=leaf("big"))
    lost = {"status": "failed", "answer": "", "error": "server"}
    up, down = trial("up", "q0", RIGHT), [trial("down", f"q{i}", None, **lost) for i in range(2)]
    found = summed(run, [up, *down])
    assert [note for note in found.notes if "answered" in note] == [
        "down: none of its trials was answered; its figures say nothing of its answers."
    ]


@pytest.mark.parametrize(
    ("outcomes", "lost"),
    [
        (["no_answer"] * 5, "none could be read"),
        (["no_answer"] * 4 + ["wrong"], "not one is right"),
        (["wrong"] * 5 + ["grader_failed"], "not one is right"),
        (["wrong"] * 4, None),
        (["no_answer"] * 9 + ["right"], None),
    ],
)
def test_that_no_answer_at_all_is_right_is_noted(outcomes, lost):
    """It is rather a sign that task and grading do not fit than a quality of 0 %."""
    grades = [Grade(outcome=outcome, score=float(outcome == "right")) for outcome in outcomes]
    run = run_of(len(grades), one=leaf("small"))
    found = summed(run, [trial("one", f"q{i}", grade) for i, grade in enumerate(grades)])
    assert [lost in note for note in found.notes if "graded answers" in note] == ([True] if lost else [])


def test_further_graders_count_failures_as_losses_too():
    """A further grader's mean is over all trials, those without an answer as losses."""
    both = Grade(outcome="right", score=1.0, others={"strict": Grade(outcome="wrong")})
    only = Grade(outcome="wrong", others={"strict": Grade(outcome="right", score=1.0)})
    records = [
        trial("one", "a", both),
        trial("one", "b", only),
        trial("one", "c", None, status="failed", error="server", answer=""),
    ]
    others = summed(run_of(3, one=leaf("small")), records).systems[0].others
    assert others["strict"].mean == pytest.approx(1 / 3)
    assert others["strict"].n == 3


def test_samples_of_one_item_are_one_unit():
    """Ten samples of two items count two items, each once, with a bootstrap's interval."""
    records = [trial("one", "a", graded(float(i < 8)), sample=i) for i in range(10)]
    records += [trial("one", "b", WRONG, sample=0)]
    quality = summed(run_of(2, one=leaf("small")), records).systems[0].quality
    assert (quality.mean, quality.n) == (pytest.approx(0.4), 2)
    assert (quality.low, quality.high) == (0.0, 0.8)


def versus(scores, other_scores):
    run = run_of(len(scores), reference="two", one=leaf("small"), two=leaf("big"))
    records = [trial("one", f"q{i:03}", graded(s), call("0.02")) for i, s in enumerate(scores)]
    records += [trial("two", f"q{i:03}", graded(s), call("0.04")) for i, s in enumerate(other_scores)]
    return summed(run, records).systems[0]


def test_right_or_wrong_is_tested_by_mcnemar():
    """Ten items that only one got right and none that only the other did: p is 2 / 2**10, at half the cost."""
    found = versus([1.0] * 10 + [0.0] * 10, [0.0] * 20)
    compared = found.versus_reference
    assert compared is not None
    assert (compared.method, compared.p, compared.difference, compared.n) == ("mcnemar", 2 / 2**10, 0.5, 20)
    assert (compared.verdict, compared.cost_ratio) == ("better", 0.5)
    assert found.sentence.startswith("one is better than two, at 0.5 times its cost: +50.0 points")


def test_partial_scores_are_tested_by_the_bootstrap():
    """Where answers are partly right, items are resampled."""
    compared = versus([0.5, 0.75, 0.25, 0.5] * 5, [0.25, 0.5, 0.5, 0.25] * 5).versus_reference
    assert compared is not None
    assert (compared.method, compared.difference) == ("paired_bootstrap", pytest.approx(0.125))
    assert compared.low is not None
    assert compared.low < 0.125


def test_chance_is_called_chance():
    """Three items more of twenty are no finding, and the sentence says how many would show it."""
    found = versus([1.0] * 12 + [0.0] * 8, [1.0] * 8 + [0.0, 1.0] + [0.0] * 10)
    assert found.versus_reference is not None
    assert found.versus_reference.verdict == "not_distinguishable"
    assert "one is not distinguishable from two" in found.sentence
    assert "would take about" in found.sentence


def test_an_unfinished_run_compares_what_both_finished():
    """Quality is over each system's own trials, a comparison over the items in common, and a note says so."""
    run = run_of(4, reference="two", one=leaf("small"), two=leaf("big"))
    records = [trial("one", item, RIGHT) for item in "abc"] + [trial("two", item, WRONG) for item in "bcd"]
    found = summed(run, records, finished=False)
    one = found.systems[0]
    assert one.versus_reference is not None
    assert (one.quality.n, one.versus_reference.n, found.run.finished) == (3, 2, False)
    assert any("not finished" in note for note in found.notes)
    assert "one: 3 of 4 trials finished." in found.notes


def test_nothing_finished_is_nothing_claimed():
    """A run without records has figures that are absent, not zero."""
    found = summed(run_of(4, reference="two", one=leaf("small"), two=leaf("big"), ladder=LADDER), [], finished=False)
    for system in found.systems:
        assert (system.quality.mean, system.coverage, system.latency_s) == (None, None, None)
        assert (system.cost.per_item, system.versus_reference) == (None, None)
    assert found.advice == ""


@pytest.mark.parametrize("stranger", [{"system": "other"}, {"run": "another"}])
def test_strangers_are_refused(stranger):
    """A record of another run or of an unknown system is an error, not a silent addition."""
    record = msgspec.structs.replace(trial("one", "a", RIGHT), **stranger)
    with pytest.raises(DataError, match="does not belong"):
        Tally(run_of(1, one=leaf("small"))).add(record)


def test_simulated_and_estimated_are_said():
    """What was simulated or estimated says so in its figures and in a note."""
    run = run_of(1, one=leaf("small"))
    run.systems["one"] = msgspec.structs.replace(run.systems["one"], simulated=True)
    found = summed(run, [trial("one", "a", RIGHT, call("0.1", usage=Usage(input=5, estimated=True)))])
    assert (found.systems[0].simulated, found.systems[0].estimated) == (True, True)
    assert len([note for note in found.notes if "one" in note]) == 2


def test_grades_of_a_simulated_judge_are_said():
    """Real answers, graded by no real model: the figures are marked, and the report begins with it."""
    real = trial("one", "a", RIGHT, call("0.1"), grading=[call("7", "judge", "grader")])
    tossed = trial("one", "a", RIGHT, call("0.1"), grading=[call("7", "judge", "grader", provider="simulated")])
    by_whom = [summed(run_of(1, one=leaf("small")), [record]) for record in (real, tossed)]
    assert [found.systems[0].graded_by_simulation for found in by_whom] == [False, True]
    assert [simulated(found.systems) for found in by_whom] == ["", "the judge that graded the answers"]


def test_a_grader_that_is_measured_is_said():
    """A grader with a part in a measured system is named with it in a note; one without has no note."""
    structures = {"alone": leaf("small"), "ladder": LADDER}
    records = [
        trial("alone", "a", RIGHT, call("0.1"), grading=[call("7", "judge", "grader")]),
        trial("ladder", "a", RIGHT, call("0.1"), call("1", "judge", "gate"), grading=[call("7", "judge", "grader")]),
    ]
    apart = summed(run_of(1, **structures), records[:1])
    named = trial("alone", "a", RIGHT, call("0.1", asked="maker/9"), grading=[call("7", "strict", asked="maker/9")])
    assert any(
        "maker/9 graded answers and works in alone too" in n for n in summed(run_of(1, **structures), [named]).notes
    )
    both = summed(run_of(1, **structures), records)
    assert not [note for note in apart.notes if "judge" in note]
    assert [note.partition(":")[0] for note in both.notes if "judge" in note] == [
        "judge graded answers and works in ladder too"
    ]


def mixed_records():
    rng = random.Random(4)
    records = []
    for system, skill in (("small", 0.5), ("big", 0.7), ("ladder", 0.65)):
        for i in range(40):
            for sample in range(2):
                usd = str(Decimal(rng.randrange(1, 10**6)) / 10**11)
                grade = None if rng.random() < 0.05 else graded(rng.choice((0.0, 0.3, 1.0)) * (rng.random() < skill))
                status = "failed" if grade is None else "answered"
                calls = (call(usd, level=1), call(usd, "big", level=2))
                seconds = rng.random()
                records.append(trial(system, f"q{i}", grade, *calls, status=status, sample=sample, seconds=seconds))
    return records


def test_order_changes_no_byte():
    """The same records in any order give the same JSON to the byte."""
    run = run_of(40, reference="big", small=leaf("small"), big=leaf("big"), ladder=LADDER)
    records = mixed_records()
    first = to_json(summed(run, records))
    for seed in range(3):
        random.Random(seed).shuffle(records)
        assert to_json(summed(run, records)) == first


def test_json_spells_money_plainly_and_absence_as_null():
    """Tiny amounts have no exponent, unknown ones are null, and every documented key is there."""
    run = run_of(2, one=leaf("small"), two=leaf("big"))
    records = [trial("one", "a", RIGHT, call("0.00000012")), trial("two", "a", RIGHT, call(None))]
    found = msgspec.json.decode(to_json(summed(run, records)))
    one, two = found["systems"]
    assert one["cost"]["total"] == "0.00000012"
    assert two["cost"]["total"] is None
    assert two["cost"]["unknown_calls"] == 1
    assert {"run", "task", "items", "reference", "systems", "notes", "advice"} <= found.keys()
    assert {"quality", "coverage", "failures", "cost", "paid", "tokens", "latency_s", "funnel"} <= one.keys()
