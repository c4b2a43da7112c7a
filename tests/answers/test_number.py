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
        ("The answer is 42.", "42", "last declaration"),
        ("**Answer:** 42", "42", "last declaration"),
        ("Adding up:\n#### 42", "42", "last declaration"),
        ("Answer: 3 + 4 = 7", "7", "last declaration"),
        ("Answer: 10 apples (of 12)", "10", "last declaration"),
        ("Answer: 42, because 6*7=42", "42", "last declaration"),
        ("The answer is that he has 42 apples.", "42", "last declaration"),
        ("The answer is 50%", "50", "last declaration"),
        ("The answer is approximately 3.14 metres.", "3.14", "last declaration"),
        ("Answer: 60 km/h", "60", "last declaration"),
        ("so \\boxed{\\frac{1}{3}}, not 2", "1/3", "boxed"),
        ("\\boxed{3\\frac12}", "3.5", "boxed"),
        ("\\boxed{x = 42\\text{ cm}^2}", "42", "boxed"),
        ("So he has 42 apples.", "42", "statement"),
        ("He buys 3 bags of 14. So he has 42 apples.", "42", "statement"),
        ("It is \N{MINUS SIGN}3", "-3", "statement"),
        ("x = 42", "42", "statement"),
        ("so\n\\[ 6 \\times 7 = 42 \\]", "42", "statement"),
        ("so\n\\begin{align*}\n x &= 6 \\times 7\\\\\n &= 42\n\\end{align*}", "42", "statement"),
        ("Subtracting 9 from both sides, we get $x = 42$.", "42", "statement"),
        ("Dividing gives $\\frac{84}{2} = 42$.", "42", "statement"),
        ("The area is 12 cm^2.", "12", "statement"),
        ("**Total:** 42", "42", "statement"),
        ("Six times seven.\n\n**42**", "42", "lone number"),
        ("$42$", "42", "lone number"),
        ("42 km", "42", "lone number"),
        ("42 red apples", "42", "lone number"),
        ("42%", "42", "lone number"),
        ("approximately 3.14", "3.14", "lone number"),
        ("$1,234.50", "1234.5", "lone number"),
        ("about 2 \\times 10^{3}", "2000", "lone number"),
        ("1e5", "100000", "lone number"),
        ("10{,}000", "10000", "lone number"),
        (".5", "0.5", "lone number"),
        ("1 234 567", "1234567", "lone number"),
        ("Answer: 1\N{NARROW NO-BREAK SPACE}234\N{THIN SPACE}567.5", "1234567.5", "last declaration"),
        ("\N{FULLWIDTH DIGIT THREE}", "3", "lone number"),
        ("Answer: \N{ARABIC-INDIC DIGIT FOUR}\N{ARABIC-INDIC DIGIT TWO}", "42", "last declaration"),
        ("\N{VULGAR FRACTION ONE HALF}", "0.5", "lone number"),
        ("Answer: 1\N{VULGAR FRACTION ONE HALF}", "1.5", "last declaration"),
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
    "said",
    [
        "1,5", "1.234,50", "12,34,567", "1 million", "$5 million", "5k", "2 dozen", "3 and a half", "3 quarters",
        "2^10", "2^{10}", "2**10", "10^5", "sqrt 16", "sqrt(16)", "\N{SQUARE ROOT}16", "\\sqrt{16}", "3\\sqrt{2}", "5!",
        "0x10", "12:30", "5'11\"", "1'234", "1_000", "3.14...", "minus 5", "less than 5", "5x", "5 x", "5 + x", "5 + 6",
        "5 times 3", "3 or 4", "3, 4", "3-5", "3 to 5", "(3, 4)", "4 out of 5", "2 hours 30 minutes",
        "5 m + 6 m", "42\\text{ million}", "2x = 42", "12345678901234567890123456789012345678901234567890123456789012",
    ],
)  # fmt: skip
def test_no_prefix_is_taken_for_the_number(said: str) -> None:
    """Where what stands around a number makes another of it, or nobody can tell, there is no answer: however marked."""
    for text in (said, f"Answer: {said}", f"The answer is {said}.", f"So \\boxed{{{said}}}.", f"So that is {said}."):
        assert read(text, NUMBER) is None, text


@pytest.mark.parametrize(
    "text",
    [
        "I cannot answer. See section 5.",
        "Answer: See section 5.",
        "See page 5 for more",
        "I get 3, then 7",
        "It is 4 or 5.",
        "It is not 42.",
        "If he has 42 apples",
        "Is it 42?",
        "The speed is 12 m/s at t = 3.",
        "x^2 = 16",
        "3. Done",
        "- 42",
        "The answer is (D).",
        "He walks 5 km.\n\nI hope that helps!",
        "The answer is 42 or so. \\boxed{2^{10}}",
    ],
)
def test_no_number_is_guessed_from_prose(text: str) -> None:
    """A number that nothing states to be the result is no answer."""
    assert read(text, NUMBER) is None


def test_a_number_cut_by_the_window_is_not_read() -> None:
    """The digits at the edge of what is looked at are no number of their own."""
    for length in range(1990, 2010):
        assert read("word " * 500 + "9" * length, NUMBER) is None
        assert read("Answer: it " + "9 + " * 200 + "= " + "7" * (length - 1900), NUMBER) is None


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
        ("1 234 567", "1234567"),
        ("1\N{VULGAR FRACTION THREE QUARTERS}", "7/4"),
        ("\N{FULLWIDTH DIGIT THREE}.5", "3.5"),
    ],
)
def test_same_number(a: str, b: str) -> None:
    """Spellings of one number are the same."""
    assert same(a, b, NUMBER)


@pytest.mark.parametrize(
    ("a", "b"), [("1", "2"), ("0.333", "1/3"), ("5", "-5"), ("1,2", "12"), ("3", "three"), ("5\\text{ million}", "5")]
)
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
