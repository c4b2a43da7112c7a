"""Rivals: what could have been asked instead of an orchestration, and the advice that follows."""

from itertools import pairwise

import pytest
from hand_made import RIGHT, WRONG, call, leaf, made_of, run_of, trial
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from escalade.analysis.rivals.mixing import Point, best_mixture, hull
from escalade.analysis.tally import Tally
from escalade.core.structure import Structure

SMALL, BIG = leaf("small"), leaf("big")
LADDER = made_of("cascade", SMALL, BIG, gate=leaf("judge"))


def summed(run, **outcomes):
    """A summary of systems given as (which items are right, USD per item)."""
    tally = Tally(run)
    for system, (right, usd) in outcomes.items():
        for i, letter in enumerate(right):
            tally.add(trial(system, f"q{i:03}", RIGHT if letter == "+" else WRONG, call(usd)))
    return tally.summary({})


def rivals_of(summary, name):
    found = next(system for system in summary.systems if system.name == name)
    return {rival.kind: rival for rival in found.rivals}


def test_best_single_is_the_best_that_costs_no_more():
    """A dearer model is no rival at equal cost; the best of the affordable ones is, with the paired difference."""
    run = run_of(4, small=SMALL, tiny=leaf("tiny"), big=BIG, ladder=LADDER)
    found = summed(run, small=("++--", "0.01"), tiny=("+---", "0.001"), big=("++++", "0.1"), ladder=("+++-", "0.05"))
    best = rivals_of(found, "ladder")["best_single"]
    assert (best.system, best.quality, str(best.cost_per_item)) == ("small", 0.5, "0.01")
    assert best.versus is not None
    assert (best.versus.difference, best.versus.cost_ratio) == (0.25, pytest.approx(5))


def test_random_mixing_interpolates_between_models():
    """At a cost half way between two models, the mixture asks each half of the time and is half way as good."""
    run = run_of(4, small=SMALL, big=BIG, ladder=LADDER)
    found = summed(run, small=("+---", "0.02"), big=("+++-", "0.06"), ladder=("++--", "0.04"))
    mixing = rivals_of(found, "ladder")["random_mixing"]
    assert mixing.mixture == pytest.approx({"small": 0.5, "big": 0.5})
    assert mixing.quality == pytest.approx(0.5)
    assert mixing.versus is not None
    assert mixing.versus.difference == pytest.approx(0.0)


def test_majority_vote_is_that_of_the_same_panel():
    """A vote of the same models is the rival; one of other models is not."""
    run = run_of(2, small=SMALL, big=BIG, ladder=LADDER, panel=made_of("vote", BIG, SMALL), duo=made_of("vote", SMALL))
    found = summed(run, small=("+-", "1"), big=("++", "1"), ladder=("+-", "2"), panel=("++", "2"), duo=("--", "2"))
    vote = rivals_of(found, "ladder")["majority_vote"]
    assert (vote.system, vote.quality, vote.versus.cost_ratio) == ("panel", 1.0, 1.0)
    assert rivals_of(found, "panel")["majority_vote"].reason == "it is one itself"


def test_self_consistency_is_the_largest_affordable_vote_of_one_model():
    """Of votes over 2, 3 and 4 samples of a member, the largest that costs no more is taken."""
    votes = {f"vote{n}": made_of("vote", *[SMALL] * n) for n in (2, 3, 4)}
    run = run_of(2, small=SMALL, ladder=LADDER, **votes)
    found = summed(
        run,
        small=("+-", "1"),
        ladder=("++", "3.5"),
        vote2=("++", "2"),
        vote3=("+-", "3"),
        vote4=("++", "4"),
    )
    assert rivals_of(found, "ladder")["self_consistency"].system == "vote3"
    assert not [note for note in found.notes if "vote3" in note]


def test_self_consistency_far_below_the_money_is_noted():
    """The ladder costs seven times as much as the largest vote that the run has."""
    run = run_of(2, small=SMALL, ladder=LADDER, vote2=made_of("vote", SMALL, SMALL))
    found = summed(run, small=("+-", "1"), ladder=("++", "14"), vote2=("++", "2"))
    [note] = [note for note in found.notes if "vote2" in note]
    assert note.startswith("ladder costs 7 times as much as vote2, the largest vote of samples in this run")


def test_the_oracle_is_right_where_any_single_model_is():
    """The oracle routes to a single model that is right; nobody can buy it. A router needs two models."""
    run = run_of(4, small=SMALL, big=BIG, ladder=LADDER)
    found = summed(run, small=("+---", "1"), big=("-++-", "1"), ladder=("+---", "1"))
    oracle = rivals_of(found, "ladder")["oracle"]
    assert (oracle.quality, oracle.cost_per_item) == (0.75, None)
    assert oracle.versus is not None
    assert oracle.versus.difference == -0.5
    alone = summed(run_of(1, small=SMALL, ladder=LADDER), small=("+", "1"), ladder=("+", "1"))
    assert "fewer than two single models" in rivals_of(alone, "ladder")["oracle"].reason


def test_the_oracle_is_no_ceiling():
    """A ladder may be right where no single model of the run is."""
    run = run_of(3, small=SMALL, big=BIG, ladder=LADDER)
    found = summed(run, small=("+--", "1"), big=("-+-", "1"), ladder=("+++", "1"))
    assert rivals_of(found, "ladder")["oracle"].versus.difference > 0


def test_all_comparisons_of_a_report_are_one_family():
    """big is the reference and a ladder's best single model: one comparison, with one p, of the four that there are."""
    run = run_of(20, reference="big", small=SMALL, big=BIG, ladder=LADDER)
    big, ladder = "+" * 10 + "-" * 10, "+" * 18 + "--"
    found = summed(run, small=("+" * 7 + "-" * 13, "0.01"), big=(big, "0.02"), ladder=(ladder, "0.03"))
    system = next(system for system in found.systems if system.name == "ladder")
    best = rivals_of(found, "ladder")["best_single"]
    assert (best.system, best.versus) == ("big", system.versus_reference)
    assert best.versus == rivals_of(found, "ladder")["random_mixing"].versus
    p = best.versus.p
    assert (p, best.versus.p_holm) == (2 / 2**8, 3 * p), "small against big, ladder against big and against the oracle"


def test_an_unfinished_model_narrows_no_other_comparison():
    """Chosen on the four items that all finished, the best single model is compared on all that both finished."""
    run = run_of(8, reference="small", small=SMALL, big=BIG, ladder=LADDER)
    found = summed(run, small=("++------", "0.01"), big=("+---", "0.01"), ladder=("++++----", "0.03"))
    system = next(system for system in found.systems if system.name == "ladder")
    for kind in ("best_single", "random_mixing"):
        best = rivals_of(found, "ladder")[kind]
        assert (best.quality, best.versus) == (0.25, system.versus_reference)
    assert system.versus_reference.n == 8


def test_the_reference_may_be_the_orchestration():
    """Its best single model stands against it in one table and the other way round in the other, with one p."""
    run = run_of(20, reference="ladder", small=SMALL, ladder=LADDER)
    found = summed(run, small=("+" * 10 + "-" * 10, "0.01"), ladder=("+" * 18 + "--", "0.03"))
    small = next(system for system in found.systems if system.name == "small").versus_reference
    best = rivals_of(found, "ladder")["best_single"].versus
    assert (small.p_holm, best.p_holm) == (2 / 2**8, 2 / 2**8)
    assert (small.difference, small.verdict, best.difference, best.verdict) == (-0.4, "worse", 0.4, "better")


def test_missing_rivals_have_reasons_and_no_figures():
    """What the run holds no records of is said, not guessed."""
    found = summed(run_of(2, ladder=LADDER), ladder=("++", "1"))
    for rival in rivals_of(found, "ladder").values():
        assert rival.reason
        assert (rival.quality, rival.versus, rival.cost_per_item) == (None, None, None)


def test_unknown_cost_means_no_rival_at_equal_cost():
    """Where the orchestration's cost is unknown, nothing can be said to cost as much."""
    found = summed(run_of(2, small=SMALL, ladder=LADDER), small=("++", "1"), ladder=("++", None))
    assert rivals_of(found, "ladder")["best_single"].reason == "the cost of ladder is unknown"


def test_the_advice_is_to_use_the_single_model_when_it_did_as_well():
    """A model that did as well on the same items and costs no more is recommended alone."""
    run = run_of(30, small=SMALL, ladder=LADDER)
    found = summed(run, small=("++-" * 10, "0.01"), ladder=("++-" * 10, "0.03"))
    assert found.advice == "Use model small alone: it costs no more, and here it did at least as well as ladder."


def test_as_well_is_said_of_the_items_in_common():
    """Over its own items the model's mean is higher; on those that both finished, the ladder's is."""
    run = run_of(40, small=SMALL, ladder=LADDER)
    found = summed(run, small=("+" * 9 + "-" * 11 + "+" * 20, "0.01"), ladder=("+" * 10 + "-" * 10, "0.03"))
    assert "unless more items show otherwise" in found.advice


@pytest.mark.parametrize(
    ("usd", "reason"), [("0.001", "every single model in this run costs more"), (None, "the cost of odd is unknown")]
)
def test_what_nothing_can_be_said_of_silences_no_other(usd, reason):
    """One orchestration has no best single model: the others have their advice, and it is named with the reason."""
    run = run_of(30, small=SMALL, ladder=LADDER, odd=made_of("vote", leaf("tiny"), leaf("tiny")))
    found = summed(run, small=("+--" * 10, "0.01"), ladder=("++-" * 10, "0.03"), odd=("---" * 10, usd))
    assert found.advice.startswith("ladder earns its cost")
    assert found.advice.endswith(f" Of odd nothing can be said: {reason}.")


def test_the_advice_names_what_earns_its_cost():
    """An orchestration that beats the best single model at equal cost is said to."""
    run = run_of(30, small=SMALL, ladder=LADDER)
    found = summed(run, small=("+--" * 10, "0.01"), ladder=("++-" * 10, "0.03"))
    assert found.advice.startswith("ladder earns its cost: it is better than small")


def test_lack_of_evidence_is_not_called_equality():
    """An orchestration that looks better but may be so by chance gives a cautious advice with n."""
    run = run_of(6, small=SMALL, ladder=LADDER)
    found = summed(run, small=("++----", "0.01"), ladder=("+++---", "0.03"))
    assert "unless more items show otherwise" in found.advice
    assert "(n = 6)" in found.advice


@pytest.mark.parametrize(
    ("small", "ladder", "said"),
    [
        ("+", "+", "1 question decides nothing: it takes at least 6 to tell any difference from chance."),
        ("++", "+-", "2 questions decide nothing"),
        ("--+-+", "+-+++", "A true difference of the size seen would take about 22."),
        ("-----", "+++++", "5 questions decide nothing"),
    ],
)
def test_a_few_questions_advise_nothing(small, ladder, said):
    """Below what the exact test needs, not even an orchestration that wins them all is told from chance."""
    run = run_of(len(small), small=SMALL, ladder=LADDER)
    found = summed(run, small=(small, "0.01"), ladder=(ladder, "0.03"))
    assert said in found.advice
    assert "alone" not in found.advice
    assert "earns" not in found.advice


def test_as_many_as_can_show_something_advise():
    """Six questions that one side wins are the fewest that decide."""
    run = run_of(6, small=SMALL, ladder=LADDER)
    found = summed(run, small=("------", "0.01"), ladder=("++++++", "0.03"))
    assert found.advice.startswith("ladder earns its cost")


def test_no_advice_without_a_single_model():
    """A run of orchestrations alone cannot say whether to orchestrate."""
    assert summed(run_of(2, ladder=LADDER), ladder=("++", "1")).advice == ""


def test_gates_are_no_members():
    """A judge does not answer, so it is no part of the panel; repeated members are counted."""
    nested = made_of("cascade", made_of("vote", SMALL, SMALL), BIG, gate=leaf("judge"))
    assert convert(nested, Structure).models(without="gate") == {"small": 2, "big": 1}


costs = st.integers(1, 50).map(lambda cents: cents / 100)
places = st.lists(st.tuples(costs, st.floats(0, 1)), min_size=1, max_size=8)


@given(places, costs)
def test_no_pair_of_models_mixes_better_than_the_hull(models, cost):
    """The best mixture costs at most what may be spent, and no mixture of any two models beats it."""
    points = [Point(c, q, str(i)) for i, (c, q) in enumerate(models)]
    odds = best_mixture(points, cost)
    affordable = [p for p in points if p.cost <= cost]
    if odds is None:
        assert not affordable
        return
    by_name = {p.name: p for p in points}
    assert sum(odds.values()) == pytest.approx(1)
    assert sum(share * by_name[n].cost for n, share in odds.items()) <= cost * (1 + 1e-6)
    reached = sum(share * by_name[n].quality for n, share in odds.items())
    for cheap in affordable:
        for dear in points:
            share = 0.0 if dear.cost <= cheap.cost else min(1.0, (cost - cheap.cost) / (dear.cost - cheap.cost))
            assert cheap.quality + share * (dear.quality - cheap.quality) <= reached + 1e-9


@given(places)
def test_the_hull_rises_ever_less(models):
    """Along the hull, quality rises with cost, and each further cent buys less."""
    corners = hull(Point(c, q, str(i)) for i, (c, q) in enumerate(models))
    gains = [(b.quality - a.quality) / (b.cost - a.cost) for a, b in pairwise(corners)]
    assert all(gain > 0 for gain in gains)
    assert all(a > b for a, b in pairwise(gains))


def test_nobody_who_never_answered_is_recommended():
    """Where all trials failed, as with a server that is down, there is nothing to advise."""
    tally = Tally(run_of(3, small=SMALL, ladder=LADDER))
    for system in ("small", "ladder"):
        for item in ("a", "b", "c"):
            tally.add(trial(system, item, None, call("0"), status="failed", error="server", answer=""))
    assert tally.summary({}).advice == ""
