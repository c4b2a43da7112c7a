"""Paired costs: Student's law against tables, Fieller's interval by its definition, and how often both hold."""

import random
from math import isclose

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from escalade.analysis.statistics.interval import mean
from escalade.analysis.statistics.significance import mcnemar
from escalade.analysis.statistics.studentised import PairedCosts, paired_costs, standard_error, t_quantile, t_tails

AMOUNTS = st.floats(1e-4, 1.0)


@pytest.mark.parametrize(
    ("df", "quantile"),
    [(1, 12.7062), (2, 4.3027), (5, 2.5706), (9, 2.2622), (10, 2.2281), (29, 2.0452), (120, 1.9799), (10_000, 1.9602)],
)
def test_student_s_law_agrees_with_tables(df, quantile):
    """The two-sided 5 % points to four digits, odd and even, and back from them."""
    assert round(t_quantile(df), 4) == quantile
    assert isclose(t_tails(-quantile, df), 0.05, abs_tol=2e-5)


def test_tails_end_at_certainty():
    """Nothing is as far as zero from zero; what is too far for the series has its least p, not none."""
    assert t_tails(0.0, 7) == t_tails(0.0, 8) == 1.0
    assert t_tails(1e9, 30) == 1e-12


def simulated(draws, n, *, ratio):
    """Costs that go with the difficulty of a question, and vary beside it."""
    difficulty = draws.lognormal(sigma=0.7, size=n)
    above, below = (difficulty * draws.lognormal(sigma=0.5, size=n) for _ in range(2))
    return paired_costs((ratio * above).tolist(), below.tolist())


@pytest.mark.parametrize("n", [2, 5, 6, 10, 30])
def test_equal_costs_are_rarely_called_different(n):
    """Of 1,000 experiments with equal mean costs, one in twenty is called different at most; of few items none."""
    draws = np.random.default_rng(n)
    wrong = sum(simulated(draws, n, ratio=1).p < 0.05 for _ in range(1000))
    assert wrong <= (62 if n > 5 else 0)


@pytest.mark.parametrize("n", [6, 10, 30, 100])
def test_ratio_intervals_cover_the_truth(n):
    """Of 500 experiments, about 95 % of the intervals hold the true ratio, however few items there are."""
    draws = np.random.default_rng(n)
    found = [around for _ in range(500) if (around := simulated(draws, n, ratio=3).ratio) is not None]
    assert len(found) > 350
    assert sum(around.low < 3 < around.high for around in found) / len(found) > 0.92


@pytest.mark.parametrize(("n", "given_", "held"), [(10, 0.65, 0.998), (30, 0.957, 0.897), (100, 1.0, 0.914)])
def test_a_dear_rung_that_is_rarely_asked_is_told_from_many_items(n, given_, held):
    """Of a ladder that climbs on one question in ten, intervals hold the truth about as often as the docs say."""
    draws, found = np.random.default_rng(4), []
    for _ in range(400):
        difficulty, climbed = draws.lognormal(sigma=0.5, size=n), draws.random(n) < 0.1
        around = paired_costs((difficulty * (0.3 + 10 * climbed)).tolist(), (10 * difficulty).tolist()).ratio
        found += [around] if around else []
    assert len(found) / 400 == pytest.approx(given_, abs=0.07)
    assert sum(around.low <= 0.13 <= around.high for around in found) / len(found) == pytest.approx(held, abs=0.04)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=6, max_size=40), st.floats(0.2, 5))
def test_p_and_both_intervals_never_contradict_each_other(pairs, ratio):
    """A p below 0.05 leaves zero out of the difference and one out of the ratio, whose ends are the test's own."""
    above, below = [ratio * a for a, _ in pairs], [b for _, b in pairs]
    found = paired_costs(above, below)
    assume(found.difference is not None)
    assume(abs(found.p - 0.05) > 1e-6)
    shown = found.p < 0.05
    assert shown == (not found.difference.low <= 0 <= found.difference.high)
    if found.ratio is not None:
        assert shown == (not found.ratio.low <= 1 <= found.ratio.high)
        for end in (found.ratio.low, found.ratio.high):
            left = [a - end * b for a, b in zip(above, below, strict=True)]
            reached = t_quantile(len(left) - 1) * standard_error(left)
            assert end == 0 or isclose(abs(mean(left)), reached, rel_tol=1e-4, abs_tol=1e-9)


def test_costs_without_spread_have_no_interval():
    """A ladder that never climbed, or prices that differ by a factor: unseen items may differ, and nothing says how."""
    assert paired_costs([0.3] * 10, [10.0] * 10) == PairedCosts(None, None, mcnemar(10, 0))
    tripled = paired_costs([3.0, 6.0, 9.0] * 4, [1.0, 2.0, 3.0] * 4)
    assert tripled.ratio is None
    assert tripled.difference.low < 4 < tripled.difference.high


def test_no_p_is_below_what_the_items_can_show():
    """Two items that differ alike, as five do, are no finding, and have no interval that would claim one."""
    assert paired_costs([0.011, 0.02], [0.01, 0.012]) == PairedCosts(None, None, 0.5)
    assert paired_costs([0.2, 0.3, 0.4, 0.5, 0.6], [0.1] * 5).p >= mcnemar(5, 0)


def test_equal_costs_are_not_told_apart():
    """Also where they are nothing at all, and where sums in another order differ by rounding."""
    rng = random.Random(1)
    costs = [rng.random() for _ in range(20)]
    assert paired_costs(costs, costs) == PairedCosts(None, None, 1.0)
    assert paired_costs([cost * (1 + 1e-16) + 1e-18 for cost in costs], costs).p == 1.0
    assert paired_costs([0.0] * 9, [0.0] * 9) == PairedCosts(None, None, 1.0)


def test_a_free_system_has_no_ratio():
    """A ratio to nothing is absent, not infinite; what it costs more is told all the same."""
    found = paired_costs([0.1, 0.2, 0.3] * 3, [0.0] * 9)
    assert found.ratio is None
    assert found.difference.low < 0.2 < found.difference.high
    assert found.p < 0.05


def test_a_mean_that_may_be_nothing_is_not_divided_by():
    """One dear question among free ones: the ratio might be any."""
    assert paired_costs([0.5, 0.6, 0.7] * 3, [0.0] * 8 + [1.0]).ratio is None


def test_a_ratio_is_never_below_nothing():
    """Where one question made nearly all of a small cost, the interval begins at zero."""
    assert paired_costs([0.01] * 9 + [5.0], [9.0, 10.0] * 5).ratio.low == 0.0


def test_intervals_keep_their_digits_however_small():
    """A millionth of a dollar is not rounded away."""
    found = paired_costs([1.5e-9, 2.5e-9, 3.5e-9] * 9, [1e-9] * 27).difference
    assert 0 < found.low < 1.5e-9 < found.high < 3e-9


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_items_say_nothing(n):
    """There is no spread to judge by."""
    assert paired_costs([0.1] * n, [0.2] * n) is None
