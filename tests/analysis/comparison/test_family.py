"""The family of a report: every comparison by score once, judged with all the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.comparison.family import Family, turned
from escalade.analysis.trial import PerItem


def figures(right, usd=1.0, *, right_or_wrong=True):
    items = [f"q{n:02}" for n in range(len(right))]
    return PerItem(dict(zip(items, right, strict=True)), dict.fromkeys(items, usd), right_or_wrong)


def seed(*names):
    return len("".join(names))


BETTER, SAME = figures([1.0] * 9 + [0.0] * 11, 3.0), figures([0.0] * 20)


def test_a_pair_counts_once_and_has_one_p_wherever_it_stands():
    """Added again, and the other way round, it is the same comparison, and dilutes no other."""
    family = Family(seed)
    family.add(("a", "b", ""), BETTER, SAME)
    alone = family.comparisons()["a", "b", ""]
    family.add(("a", "b", ""), BETTER, SAME)
    family.add(("b", "a", ""), SAME, BETTER)
    found = family.comparisons()
    assert found["a", "b", ""] == alone
    assert found["b", "a", ""].p_holm == alone.p == 2 / 2**9
    assert (found["b", "a", ""].verdict, found["b", "a", ""].difference) == ("worse", -alone.difference)


def test_another_pair_is_a_further_chance():
    """What is no system is a comparison of its own, also where a system is called like it."""
    family = Family(seed)
    family.add(("a", "oracle", ""), BETTER, SAME)
    family.add(("a", "", "oracle"), BETTER, SAME)
    assert {found.p_holm for found in family.comparisons().values()} == {2 * 2 / 2**9}


def test_strangers_are_no_comparison():
    """Without an item in common there is none, and it is no chance either."""
    family = Family(seed)
    family.add(("a", "b", ""), BETTER, SAME)
    family.add(("a", "c", ""), BETTER, PerItem({"other": 1.0}, {}, True))
    assert set(family.comparisons()) == {("a", "b", ""), ("b", "a", "")}
    assert family.comparisons()["a", "b", ""].p_holm == 2 / 2**9


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=20, max_size=20), st.floats(0.01, 9))
def test_turned_it_says_the_same_of_the_other(right, usd):
    """As if the two had been set against each other the other way round."""
    one, other = figures(right, usd), figures([1.0, 0.0] * 10, 2.0)
    there, back = Family(seed), Family(seed)
    there.add(("a", "b", ""), one, other)
    back.add(("b", "a", ""), other, one)
    straight, again = there.comparisons()["b", "a", ""], back.comparisons()["b", "a", ""]
    for field in straight.__struct_fields__:
        assert getattr(straight, field) == pytest.approx(getattr(again, field)), field
    assert turned(turned(straight)).verdict == straight.verdict
