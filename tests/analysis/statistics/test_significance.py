"""McNemar, Holm and the number of items: against brute force and textbook values."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.statistics.significance import fewest_items, holm, items_needed, mcnemar, needed_for


@pytest.mark.parametrize("n", range(11))
def test_mcnemar_equals_the_enumeration_of_all_outcomes(n):
    """p is the share of all 2**n coin sequences that are at least as lopsided as the one seen."""
    for heads in range(n + 1):
        seen = abs(2 * heads - n)
        extreme = sum(abs(2 * sum(coins) - n) >= seen for coins in product((0, 1), repeat=n))
        assert mcnemar(heads, n - heads) == pytest.approx(extreme / 2**n, rel=1e-15)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_exact_binomial_tail(first, second):
    """p is twice the smaller tail in exact fractions, at most 1, and the same either way round."""
    n = first + second
    tail = Fraction(sum(comb(n, k) for k in range(min(first, second) + 1)), 2**n)
    assert mcnemar(first, second) == mcnemar(second, first) == float(min(Fraction(1), 2 * tail))


def test_mcnemar_stays_exact_for_thousands():
    """Thousands of discordant pairs neither overflow nor vanish: the tail is close to the normal law's."""
    assert mcnemar(5_000, 5_000) == 1.0
    assert mcnemar(2_000, 2_100) == pytest.approx(0.12206, abs=2e-4)
    assert 0 < mcnemar(4_500, 5_500) < 1e-20


def test_holm_equals_a_worked_example():
    """The step-down products are kept monotone and capped, in the given order."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms())
def test_holm_only_raises_and_ignores_order(ps, shuffler):
    """No adjusted value is below its own p, none is above Bonferroni's, and order does not matter."""
    adjusted = holm(ps)
    for p, found in zip(ps, adjusted, strict=True):
        assert p <= found <= min(1.0, p * len(ps)) * (1 + 1e-12)
    order = list(range(len(ps)))
    shuffler.shuffle(order)
    assert sorted(holm([ps[i] for i in order])) == sorted(adjusted)


def test_items_needed_agrees_with_connors_formula():
    """5 points of difference at 20 % disagreement need 626 items, and 39 more where the test is exact."""
    assert items_needed(0.05, 0.2, exact=False) == items_needed(-0.05, 0.2, exact=False) == 626
    assert items_needed(0.05, 0.2, exact=True) == items_needed(-0.05, 0.2, exact=True) == 665
    assert items_needed(0.0, 0.2, exact=True) is None


def power(n, difference, discordance):
    """How often the exact test finds the difference, over all results on n items."""
    first, second = (discordance + difference) / 2, (discordance - difference) / 2
    return sum(
        comb(n, a) * comb(n - a, b) * first**a * second**b * (1 - discordance) ** (n - a - b)
        for a, b in product(range(n + 1), repeat=2)
        if a + b <= n and mcnemar(a, b) < 0.05
    )


@pytest.mark.parametrize(
    ("difference", "discordance"),
    [(1.0, 1.0), (0.9, 0.9), (0.9, 1.0), (0.8, 0.8), (0.8, 1.0), (0.6, 0.8), (0.5, 0.5), (0.5, 0.8), (0.3, 0.4)],
)
def test_few_items_too_give_the_promised_power(difference, discordance):
    """Of all results on as many items as are planned, the exact test finds the difference in at least four of five."""
    assert power(items_needed(difference, discordance, exact=True), difference, discordance) >= 0.8


@pytest.mark.parametrize("exact", [True, False])
def test_no_plan_is_for_fewer_items_than_can_show_anything(exact):
    """A difference on every item still takes six: on five, no result is a finding."""
    assert items_needed(1.0, 1.0, exact=exact) == fewest_items() == 6
    assert mcnemar(5, 0) > 0.05 > mcnemar(6, 0)


@pytest.mark.parametrize(("gap", "discordance"), [(0.1, 0.3), (0.05, 0.2), (0.2, 0.25)])
def test_so_many_items_show_the_gap_in_four_of_five_experiments(gap, discordance):
    """Of simulated experiments of that size, the exact test finds at least 80 %, and not many more."""
    half = round(500 * (discordance + gap)), round(500 * (discordance - gap))
    observed = [1.0] * half[0] + [-1.0] * half[1] + [0.0] * (1000 - sum(half))
    needed = needed_for(gap, observed, right_or_wrong=True)
    assert needed.discordance == pytest.approx(discordance)
    draws = np.random.default_rng(1).multinomial(needed.items, [half[0] / 1000, half[1] / 1000, 1 - discordance], 3000)
    found = sum(mcnemar(int(first), int(second)) < 0.05 for first, second, _ in draws)
    assert 0.79 < found / 3000 < 0.89


def test_a_gap_makes_discordance_of_its_own():
    """Where the two have not disagreed yet, a gap of 10 points still means that they do on 10 % of the items."""
    assert needed_for(0.1, [0.0] * 50, right_or_wrong=True).discordance == 0.1
    assert needed_for(0.1, [], right_or_wrong=False).discordance == pytest.approx(0.01)
    assert needed_for(0.02, [0.5, -0.5] * 20, right_or_wrong=False).discordance == 0.25
