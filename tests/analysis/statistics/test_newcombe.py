"""Newcombe's interval of paired shares: his own table, agreement with the exact test, and coverage."""

from itertools import product

import numpy as np
import pytest

from escalade.analysis.statistics.interval import newcombe
from escalade.analysis.statistics.significance import mcnemar


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((36, 12, 2, 0), 0.0569, 0.3404),  # Newcombe 1998, Statistics in Medicine 17, 2635: table III, method 10
        ((20, 12, 2, 16), 0.0562, 0.3292),
        ((35, 14, 0, 1), 0.1461, 0.4175),
        ((18, 14, 0, 18), 0.1441, 0.3963),
        ((2, 97, 1, 0), 0.8721, 0.9854),
        ((0, 30, 0, 0), 0.8395, 1.0),
        ((54, 0, 0, 0), -0.0664, 0.0664),
        ((30, 0, 0, 24), -0.0358, 0.0358),
    ],
)
def test_paired_shares_agree_with_published_values(counts, low, high):
    """Newcombe's interval equals the figures of his table to four digits, also where phi is corrected or absent."""
    found = newcombe(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize("n", [2, 5, 6, 10, 19])
def test_where_the_exact_test_finds_a_difference_so_does_newcombe(n):
    """Of all results on n items, none has p below 0.05 and an interval around zero, or one that leaves -1 to 1."""
    for both, first, second in product(range(n + 1), repeat=3):
        if (neither := n - both - first - second) < 0:
            continue
        found = newcombe(both, first, second, neither)
        assert -1 - 1e-12 <= found.low <= (first - second) / n <= found.high <= 1 + 1e-12
        assert mcnemar(first, second) >= 0.05 or not found.low <= 0 <= found.high


@pytest.mark.parametrize(("n", "first", "second"), [(10, 0.3, 0.1), (30, 0.1, 0.02), (30, 0.2, 0.2), (100, 0.02, 0.07)])
def test_newcombe_covers_the_truth(n, first, second):
    """Of all results, weighed by their chances, at least 94 % have intervals that hold the true difference."""
    shares = 0.6 * (1 - first - second), first, second, 0.4 * (1 - first - second)
    drawn, counts = np.unique(np.random.default_rng(1).multinomial(n, shares, 4000), axis=0, return_counts=True)
    found = [newcombe(*map(int, row)) for row in drawn]
    held = [each.low <= first - second <= each.high for each in found]
    assert sum(counts[held]) / 4000 > 0.94


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_items_have_no_interval(n):
    """Nothing is known of their spread."""
    assert newcombe(n, 0, 0, 0) is None
