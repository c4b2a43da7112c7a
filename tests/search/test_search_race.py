"""Races: who goes after a heat, and why."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.trial import PerItem
from escalade.search.merit import merits, unpriced
from escalade.search.race import Racer, against, dropped, heats, order

scores = st.lists(st.sampled_from([0.0, 1.0]), min_size=12, max_size=12)


def entrant(name, found, cost=0.01, layers=0):
    items = [str(n) for n in range(len(found))]
    return Racer(name, PerItem(dict(zip(items, found, strict=True)), dict.fromkeys(items, cost), True), layers)


@given(st.integers(1, 300), st.integers(1, 300))
def test_heats_double_up_to_all(first, total):
    """Ascending, the last is all items, and none more than doubles the one before."""
    found = heats(first, total)
    assert found[-1] == total
    assert all(before < after <= 2 * before for before, after in pairwise(found))


@settings(max_examples=25)
@given(st.lists(scores, min_size=1, max_size=9), scores)
def test_a_heat_leaves_at_most_half_and_the_best(field, incumbent):
    """The lower half goes at least; the best of the field goes only where it is proven worse than the incumbent."""
    racing = [entrant(f"s{n}", found) for n, found in enumerate(field)]
    gone = dropped(racing, entrant("before", incumbent), alpha=0.05, seed=0)
    left = [one.name for one in racing if one.name not in gone]
    assert len(left) <= (len(racing) + 1) // 2
    best = min(racing, key=order).name
    assert best in left or gone[best].startswith("worse than before")
    assert gone == dropped(racing[::-1], entrant("before", incumbent), alpha=0.05, seed=0), "no order of arrival counts"


def test_proven_losers_go_beyond_half():
    """Nine of twelve lost and none won: out, though the field has room; the reason has the figures."""
    racing = [entrant("a", [1.0] * 12), entrant("b", [0.0] * 9 + [1.0] * 3), entrant("c", [0.0] * 9 + [1.0] * 3)]
    gone = dropped(racing, None, alpha=0.05, seed=0)
    assert set(gone) == {"b", "c"}
    assert gone["b"].startswith("worse than a: -75.0 points on 12 items, p = 0.0")
    assert set(dropped(racing, None, alpha=0.001, seed=0)) == {"c"}, "without proof, halving leaves two of three"


def test_cost_breaks_ties_and_then_simplicity():
    """Equal scores: the cheaper first, then the shallower, then the name; no figures come last."""
    field = [
        entrant("dear", [1.0, 0.0], 0.02),
        entrant("cheap", [0.0, 1.0]),
        entrant("deep", [1.0, 0.0], layers=2),
        Racer("none", PerItem({}, {}, True)),
    ]
    assert [one.name for one in sorted(field, key=order)] == ["cheap", "deep", "dear", "none"]


def test_merit_weighs_cost_in_right_answers():
    """At a dime for a right answer, a cent a question is a tenth of one."""
    figures = entrant("a", [1.0, 0.0, 1.0]).figures
    found = merits(figures, 0.10)
    assert [round(value, 9) for value in found.scores.values()] == [0.9, -0.1, 0.9]
    assert not found.right_or_wrong
    assert merits(figures, None) is figures


def test_an_unknown_cost_is_charged_like_the_dearest():
    """It is not taken for nothing, nor is its item left out; without any known cost there is no merit."""
    figures = PerItem({"1": 1.0, "2": 1.0, "3": 0.0}, {"1": 0.01, "2": 0.02}, True)
    assert [round(value, 9) for value in merits(figures, 0.10).scores.values()] == [0.9, 0.8, -0.2]
    assert unpriced(figures) == 1
    assert figures.mean_cost is None
    assert merits(PerItem({"1": 1.0}, {}, True), 0.10).scores == {}


def test_time_outs_are_losses_where_cost_weighs():
    """Half of its answers in time and right, at a price known for those alone: behind 70 % at the same price."""
    items = [str(n) for n in range(50)]
    steady = PerItem({i: float(n % 10 < 7) for n, i in enumerate(items)}, dict.fromkeys(items, 0.001), True)
    hanging = PerItem({i: float(n % 2 == 0) for n, i in enumerate(items)}, dict.fromkeys(items[::2], 0.001), True)
    field = [Racer("hanging", merits(hanging, 1.0)), Racer("steady", merits(steady, 1.0))]
    assert min(field, key=order).name == "steady"
    assert against(field[:1], field[1], 0)["hanging"].difference == pytest.approx(-0.2)
