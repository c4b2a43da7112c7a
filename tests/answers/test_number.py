"""Reading numbers exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import canonical, read, same
from escalade.answers.number import number, spelt
from escalade.core.messages import Expects

NUMBER = Expects("number")


@pytest.mark.parametrize(
    ("text", "value", "method"),
    [
        ("The answer is $1,234.50.", "1234.5", "last declaration"),
        ("Adding up:\n#### 42", "42", "last declaration"),
        ("Answer: 3 + 4 = 7", "7", "last declaration"),
        ("Answer: 10 apples (of 12)", "10", "last declaration"),
        ("The answer is 50%", "50", "last declaration"),
        ("so \\boxed{\\frac{1}{3}}, not 2", "1/3", "boxed"),
        ("\\boxed{3\\frac12}", "3.5", "boxed"),
        ("I get 3, then 7", "7", "last number"),
        ("It is \N{MINUS SIGN}3", "-3", "last number"),
        ("about 2 \\times 10^{3}", "2000", "last number"),
        ("1e5", "100000", "last number"),
        ("10{,}000", "10000", "last number"),
        (".5", "0.5", "last number"),
    ],
)
def test_number_is_read(text: str, value: str, method: str) -> None:
    """The number and how it was found."""
    answer = read(text, NUMBER)
    assert answer is not None
    assert (answer.value, answer.method) == (value, method)


@pytest.mark.parametrize("text", ["", "no digits", "1/0", "1e400", "x^2"])
def test_no_number(text: str) -> None:
    """What is no number, or none that may be computed, is no answer."""
    assert read(text, NUMBER) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1/2", "0.5"),
        ("\\frac{1}{2}", "\\dfrac12"),
        ("1,000", "1000.0"),
        ("$5", "5 dollars"),
        ("50\\%", "50"),
        ("30^\\circ", "30 degrees"),
        ("12\\text{ cm}^2", "12"),
        ("1 1/2", "3/2"),
        ("-0", "0"),
    ],
)
def test_same_number(a: str, b: str) -> None:
    """Spellings of one number are the same."""
    assert same(a, b, NUMBER)


@pytest.mark.parametrize(("a", "b"), [("1", "2"), ("0.333", "1/3"), ("5", "-5"), ("1,2", "12"), ("3", "three")])
def test_different_numbers(a: str, b: str) -> None:
    """Different numbers, and near ones, are not the same."""
    assert not same(a, b, NUMBER)


@given(st.fractions(max_denominator=10**9))
def test_spelling_round_trips(value: Fraction) -> None:
    """The canonical spelling of any fraction is read as that fraction, and is its own canonical spelling."""
    assert number(spelt(value)) == value
    assert canonical(spelt(value), NUMBER) == spelt(value)


@given(st.integers(-(10**15), 10**15))
def test_grouping_commas_do_not_count(value: int) -> None:
    """1,234,567 is 1234567."""
    assert number(f"{value:,}") == value
