"""Duels: scores of two systems side by side, for a family at once."""

import random

import msgspec
import pytest
from entrants import RUN, entrant, named, of_one
from hand_made import RIGHT, WRONG, call, graded, trial
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis import to_json
from escalade.analysis.comparison.compared import compared
from escalade.analysis.comparison.contestant import Contestant
from escalade.analysis.comparison.duel import Entrant, duels
from escalade.analysis.comparison.sentences import sentences
from escalade.analysis.statistics.significance import mcnemar
from escalade.report.cells import simulated


def test_right_or_wrong_is_mcnemar_s_test():
    """p comes from the items on which they disagree alone, and the four counts are told."""
    duel = of_one(entrant("one", named([1] * 20 + [0] * 4 + [1] * 16)), entrant("other", named([0] * 20 + [1] * 20)))
    assert (duel.wins.both, duel.wins.only_first, duel.wins.only_second, duel.wins.neither) == (16, 20, 4, 0)
    assert duel.score.method == "mcnemar"
    assert duel.score.p == mcnemar(20, 4)
    assert duel.score.difference == pytest.approx(0.4)
    assert duel.score.low < 0.4 < duel.score.high
    assert duel.score.verdict == "better"
    assert sentences(duel)[0].startswith("one is better than other: +40.0 points")


def test_scores_are_compared_by_the_bootstrap():
    """Where answers are partly right or items have samples; the item is the unit."""
    draws = random.Random(4)
    first = {(f"i{n}", k): graded(draws.choice([0.5, 1.0])) for n in range(30) for k in range(3)}
    second = {key: graded(draws.choice([0.0, 0.5])) for key in first}
    duel = of_one(entrant("one", first), entrant("other", second))
    assert (duel.score.method, duel.score.n, duel.trials, duel.wins) == ("paired_bootstrap", 30, 90, None)
    assert duel.score.verdict == "better"


@pytest.mark.parametrize("n", [2, 5])
def test_a_few_scores_that_are_alike_are_no_finding(n):
    """Resampling two items that differ alike knows of no others: they are not told from chance for that."""
    first = {(f"i{k}", 0): graded(0.9 - k / 100) for k in range(n)}
    second = {key: graded(0.4) for key in first}
    duel = of_one(entrant("one", first), entrant("other", second))
    assert (duel.score.method, duel.score.verdict) == ("paired_bootstrap", "not_distinguishable")
    assert duel.score.p == mcnemar(n, 0)


def test_repeating_a_sample_does_not_narrow_the_interval():
    """Twenty equal samples of each item say as much as two."""
    once = named([n % 3 > 0 for n in range(40)]), named([n % 2 > 0 for n in range(40)])
    two, twenty = (
        of_one(*(entrant(s, {(i, k): o[i] for i in o for k in range(n)}) for s, o in zip("ab", once, strict=True)))
        for n in (2, 20)
    )
    assert (twenty.score.low, twenty.score.high) == (two.score.low, two.score.high)
    assert twenty.trials == 10 * two.trials


def test_a_failure_is_a_loss():
    """It is compared as a wrong answer, and counted."""
    duel = of_one(entrant("one", dict.fromkeys(named([1] * 30))), entrant("other", named([1] * 30)))
    assert (duel.failed_first, duel.failed_second) == (30, 0)
    assert (duel.score.difference, duel.score.verdict) == (-1.0, "worse")


def test_equal_systems_are_not_distinguishable():
    """In score and in cost, and the sentence says so."""
    outcomes = named([n % 4 > 0 for n in range(40)])
    duel = of_one(entrant("one", outcomes), entrant("other", outcomes))
    assert (duel.score.p, duel.score.verdict) == (1.0, "not_distinguishable")
    assert (duel.cost.p, duel.cost.verdict) == (1.0, "not_distinguishable")
    assert "not distinguishable from" in sentences(duel)[0]


def test_many_comparisons_are_adjusted_together():
    """Holm's adjustment counts every pair that is compared; alone, the same pair has the smaller p."""
    first = entrant("one", named([1] * 12 + [0] * 28))
    second = entrant("other", named([0] * 4 + [1] * 2 + [0] * 34))
    third = entrant("third", named([1] * 11 + [0] * 29))
    alone = of_one(first, second)
    [beside, *_] = duels([(first, second), (first, third), (second, third)])
    assert alone.score.p == beside.score.p < 0.05
    assert alone.score.p_holm == alone.score.p
    assert beside.score.p_holm > alone.score.p


def test_groups_have_their_own_figures():
    """By every label with several values, adjusted over its groups; levels in their order."""
    contestants = []
    for system, rights in (("one", {"2": 1, "10": 1}), ("other", {"2": 0, "10": 1})):
        contestant = Contestant(RUN, system)
        for n in range(20):
            level = "2" if n < 10 else "10"
            grade = RIGHT if rights[level] else WRONG
            contestant.add(trial(system, f"i{n:02}", grade, call("1"), labels={"level": level, "all": "same"}))
        contestants.append(Entrant(system, contestant))
    duel = of_one(*contestants)
    assert list(duel.by_label) == ["level"]
    two, ten = duel.by_label["level"]
    assert [(g.value, g.score.n, g.first.mean, g.second.mean) for g in (two, ten)] == [
        ("2", 10, 1.0, 0.0),
        ("10", 10, 1.0, 1.0),
    ]
    assert two.score.p_holm == 2 * two.score.p
    assert (two.score.verdict, ten.score.verdict) == ("better", "not_distinguishable")


def test_nothing_in_common_is_said():
    """There is then no figure at all."""
    duel = of_one(entrant("one", {"a": RIGHT}), entrant("other", {"b": RIGHT}))
    assert (duel.score, duel.cost, duel.wins.both) == (None, None, 0)
    assert sentences(duel) == ["one and other have no graded trial in common."]


def test_the_gap_asked_about_is_planned_from_the_discordance():
    """Ten percent of the items are discordant here."""
    first, second = named([1] * 36 + [0] * 4), named([1] * 34 + [0] * 4 + [1] * 2)
    duel = of_one(entrant("one", first), entrant("other", second), gap=0.02)
    assert duel.needed.discordance == pytest.approx(0.1)
    assert duel.needed.items == 2059
    assert "2,059 items" in sentences(duel)[2]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=25))
@settings(max_examples=40)
def test_swapping_the_two_turns_the_signs(outcomes):
    """The difference is negated, p stays, better becomes worse."""
    one, other = entrant("one", named([a for a, _ in outcomes])), entrant("other", named([b for _, b in outcomes]))
    there, back = of_one(one, other), of_one(other, one)
    assert back.score.difference == -there.score.difference
    assert back.score.p == there.score.p
    turned = {"better": "worse", "worse": "better"}
    assert back.score.verdict == turned.get(there.score.verdict, "not_distinguishable")
    assert (back.wins.only_first, back.wins.only_second) == (there.wins.only_second, there.wins.only_first)


def test_the_same_comparison_gives_the_same_bytes():
    """Draws depend on who meets whom alone, and money is decimal text."""
    entrants = [
        entrant(system, named([n % k > 0 for n in range(40)]), usd=lambda item: f"0.00{item[-1]}1")
        for system, k in (("one", 3), ("other", 2), ("third", 5))
    ]
    first, again = (to_json(compared(entrants, gap=0.02)) for _ in range(2))
    assert first == again
    plain = msgspec.json.decode(first)
    assert len(plain["duels"]) == 3
    assert isinstance(plain["duels"][0]["cost"]["first"], str)
    assert len(compared(entrants, to_first=True).duels) == 2


def test_grades_of_a_simulated_judge_are_said():
    """Real answers that a simulated judge graded are compared under that name, not as if people or gold had spoken."""
    tossed = [call("0", "judge", "grader", provider="simulated")]
    entrants = []
    for system, grading in (("one", []), ("other", tossed)):
        contestant = Contestant(RUN, system)
        contestant.add(trial(system, "a", RIGHT, call("0.1"), grading=grading))
        entrants.append(Entrant(system, contestant))
    found = compared(entrants)
    assert [(e.simulated, e.graded_by_simulation) for e in found.entries] == [(False, False), (False, True)]
    assert simulated(found.entries) == "the judge that graded the answers"
