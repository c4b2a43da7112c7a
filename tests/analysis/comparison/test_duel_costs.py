"""Costs of two systems side by side."""

from decimal import Decimal

import pytest
from entrants import entrant, named, of_one
from hand_made import RIGHT

from escalade.analysis.comparison.sentences import sentences


def test_costs_are_compared_over_the_same_trials():
    """Difference, ratio and verdict; only common items count."""
    outcomes = named([1] * 40)
    dear = entrant("one", outcomes | {"alone": RIGHT}, usd=lambda item: "9" if item == "alone" else f"0.0{item[-1]}2")
    duel = of_one(dear, entrant("other", outcomes, usd="0.002"))
    assert (duel.cost.first, duel.cost.second, duel.cost.difference) == (
        Decimal("0.047"),
        Decimal("0.002"),
        Decimal("0.045"),
    )
    assert duel.cost.low < duel.cost.difference < duel.cost.high
    assert duel.cost.ratio == pytest.approx(23.5)
    assert duel.cost.ratio_low < duel.cost.ratio < duel.cost.ratio_high
    assert duel.cost.verdict == "dearer"
    assert duel.score.cost_ratio == duel.cost.ratio


def test_two_questions_show_no_difference_in_cost():
    """However far apart they are, as by score: no verdict, and no interval that would claim one."""
    dear = entrant("one", named([1] * 2), usd=lambda item: f"0.{item[-1]}2")
    cost = of_one(dear, entrant("other", named([1] * 2))).cost
    assert (cost.verdict, cost.ratio, cost.p) == ("not_distinguishable", pytest.approx(7), 0.5)
    assert (cost.low, cost.high, cost.ratio_low, cost.ratio_high) == (None, None, None, None)


def test_one_unknown_cost_leaves_costs_uncompared():
    """It is never taken for nothing; scores are compared all the same."""
    outcomes = named([1] * 10)
    duel = of_one(
        entrant("one", outcomes, usd=lambda item: None if item == "i003" else "1"), entrant("other", outcomes)
    )
    assert (duel.cost, duel.unpriced, duel.score.cost_ratio) == (None, 1, None)
    assert "1 of 10 pairs" in sentences(duel)[1]
