"""Intervals: against published values, in their coverage, and at the edges where resampling would lie."""

import random
from math import isclose

import numpy as np
import pytest

from escalade.analysis.statistics.interval import (
    RESAMPLES,
    Interval,
    Resampled,
    mean,
    mean_interval,
    paired,
    quantile,
    resampled_means,
    wilson,
)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_values(right, n, low, high):
    """The score interval equals the figures of Newcombe's comparison of methods to four digits."""
    found = wilson(right, n)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_is_symmetric_and_ends_at_certainty():
    """Swapping right and wrong mirrors the interval, and all right ends exactly at 1."""
    some, rest = wilson(7, 10), wilson(3, 10)
    assert some is not None
    assert rest is not None
    assert isclose(some.low, 1 - rest.high)
    every = wilson(10, 10)
    assert every is not None
    assert every.high == 1.0


@pytest.mark.parametrize("n", [0, 1])
def test_no_spread_is_known_of_fewer_than_two(n):
    """Fewer than two items give no interval at all."""
    assert wilson(n, n) is None
    assert mean_interval([0.5] * n, 1) is None
    assert paired([0.5] * n, 1) is None


def test_agreeing_items_are_not_certainty():
    """Where all items agree, the interval still allows for items that were not seen."""
    found = mean_interval([1.0] * 30, 1)
    assert found is not None
    assert found.high == 1.0
    assert isclose(found.low, 0.025 ** (1 / 30))


@pytest.mark.parametrize(("value", "p"), [(0.0, 1.0), (-3.8, 2 / (RESAMPLES + 1)), (1.5, 2 / (RESAMPLES + 1))])
def test_differences_that_are_all_alike_have_no_interval(value, p):
    """How far unseen items may differ is unknown, on a scale without bounds too; rounding is no spread."""
    assert paired([value] * 10, 1) == paired([value, value + 1e-15] * 5, 1) == Resampled(None, p)


def test_few_distinct_values_are_resampled_like_many():
    """Drawing how many of each value gives the distribution that drawing items gives."""
    values = [0.0] * 120 + [1.0] * 80
    quick = resampled_means(values, 1)
    slow = resampled_means([value + i * 1e-12 for i, value in enumerate(values)], 2)
    for share in (0.025, 0.25, 0.5, 0.75, 0.975):
        assert isclose(quantile(quick, share), quantile(slow, share), abs_tol=0.006)


def test_blocks_bound_memory_and_cover_all_draws(monkeypatch):
    """Drawing in small blocks gives as many means as drawing at once."""
    monkeypatch.setattr("escalade.analysis.statistics.interval._DRAWS_AT_ONCE", 70_000)
    means = resampled_means([i / 100 for i in range(100)], 3)
    assert len(means) == 10_000
    assert means == sorted(means)


def test_equal_seeds_give_equal_intervals():
    """An interval depends on the values and the seed alone."""
    values = [i * i % 97 / 97 for i in range(200)]
    assert mean_interval(values, 7) == mean_interval(values, 7) != mean_interval(values, 8)


@pytest.mark.parametrize("effect", [0.0, 0.1])
def test_paired_intervals_cover_the_truth(effect):
    """About 95 % of the intervals of 300 simulated experiments hold the true difference."""
    rng, held = random.Random(11), 0
    for trial in range(300):
        differences = [rng.choices((-1.0, 0.0, 1.0), (0.15, 0.7 - effect, 0.15 + effect))[0] for _ in range(150)]
        found = paired(differences, trial)
        assert found is not None
        held += found.interval.low <= effect <= found.interval.high
    assert 0.915 <= held / 300 <= 0.98


def test_repeating_questions_does_not_narrow_a_bootstrap():
    """Five equal samples of each of 40 items, averaged, are worth 40 items: the interval is as wide as theirs."""
    rng = random.Random(3)
    items = [float(rng.random() < 0.6) for _ in range(40)]
    once = mean_interval(items, 1)
    assert once is not None
    assert once.high - once.low > 0.25
    assert mean_interval([sum([item] * 5) / 5 for item in items], 1) == once


def test_p_and_interval_tell_the_same_story():
    """The interval leaves zero out where p is clearly below 0.05, and holds it where p is clearly above."""
    rng = random.Random(9)
    for shift in (0.0, 0.05, 0.1, 0.2):
        found = paired([rng.gauss(shift, 0.3) for _ in range(60)], 1)
        assert found is not None
        outside = not found.interval.low <= 0 <= found.interval.high
        assert abs(found.p - 0.05) < 0.003 or outside == (found.p < 0.05)


def test_an_interval_is_a_value():
    """Intervals with equal ends are equal."""
    assert Interval(0.1, 0.2) == Interval(0.1, 0.2)


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.25, 2.5), (0.5, 4.0), (0.75, 7.0), (0.9, 8.8), (1.0, 10.0)]
)
def test_quantiles_are_interpolated_between_neighbours(share, value):
    """As by hand: of 1, 4 and 10, a quarter lies below the middle of 1 and 4."""
    assert isclose(quantile([1.0, 4.0, 10.0], share), value)
    assert quantile([3.0], share) == 3.0


def test_a_mean_is_rounded_once():
    """Tenths that do not add up in floats have their mean all the same, in any order."""
    assert mean([0.1] * 10) == 0.1
    assert mean([1e16, 1.0, -1e16]) == mean([1.0, 1e16, -1e16]) == 1 / 3


def test_no_p_is_smaller_than_the_draws_can_show():
    """Where no resample reaches zero, p is that of one more draw that would."""
    above = paired([0.1, 0.2, 0.3, 0.25], 1)
    below = paired([-0.1, -0.2, -0.3, -0.25], 1)
    assert above.p == below.p == 2 / (RESAMPLES + 1)


def test_a_mean_interval_is_the_central_part():
    """Of many items it is what the normal distribution says: 1.96 standard errors to either side."""
    rng = random.Random(5)
    values = [rng.random() for _ in range(900)]
    found = mean_interval(values, 1)
    error = float(np.std(values)) / 30
    assert isclose(found.low, mean(values) - 1.96 * error, abs_tol=0.04 * error + 1e-6)
    assert isclose(found.high, mean(values) + 1.96 * error, abs_tol=0.04 * error + 1e-6)
