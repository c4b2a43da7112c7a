"""The interval of a difference of two means over different items."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.statistics.interval import wilson
from escalade.analysis.summary import Quality
from escalade.search.optimism import difference_interval, optimism


def quality(right, n):
    around = wilson(right, n)
    return Quality(mean=right / n, low=around.low if around else None, high=around.high if around else None, n=n)


def test_it_is_newcombe_s():
    """His example: 56 of 70 less 48 of 80 has the interval 0.0524 to 0.3339 (method 10)."""
    low, high = difference_interval(quality(56, 70), quality(48, 80))
    assert low == pytest.approx(0.0524, abs=5e-5)
    assert high == pytest.approx(0.3339, abs=5e-5)


@given(st.integers(0, 40), st.integers(0, 60))
def test_it_holds_the_difference_and_turns_with_it(one, other):
    """Whatever the shares; swapped, both bounds change sign and place."""
    first, second = quality(one, 40), quality(other, 60)
    low, high = difference_interval(first, second)
    assert low - 1e-12 <= first.mean - second.mean <= high + 1e-12
    back = difference_interval(second, first)
    assert (low, high) == pytest.approx((-back[1], -back[0]))


def test_without_an_interval_there_is_none():
    """One item says nothing of its spread."""
    assert difference_interval(quality(1, 1), quality(5, 10)) == (None, None)


def test_each_earlier_part_is_set_against_the_last():
    """Train and selection less test; with no later part there is nothing to compare."""
    parts = {"train": quality(15, 20), "selection": quality(30, 50), "test": quality(50, 100)}
    found = optimism("A_1", "winner", parts)
    assert [(o.earlier, o.later, round(o.difference, 9)) for o in found] == [
        ("train", "test", 0.25),
        ("selection", "test", 0.1),
    ]
    assert optimism("A_1", "winner", {"train": quality(15, 20)}) == []
