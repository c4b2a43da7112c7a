"""Settings of the wrong kind or out of range are refused where they are given."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.checked import able, choice, number, whole
from escalade.core.errors import ConfigError
from escalade.core.messages import Expects, Sampling
from escalade.ledger.limits import Limits


@pytest.mark.parametrize("given", [1.0, "1", True, None, Decimal(1)])
def test_a_whole_number_is_an_int(given):
    """Not a float, text or a truth value, however whole it looks."""
    with pytest.raises(TypeError, match="count is a whole number"):
        whole(given, "count")


@pytest.mark.parametrize("given", ["1", True, None, Decimal(1), 1j])
def test_a_number_is_a_real_one(given):
    """Not text, a truth value or an amount of money."""
    with pytest.raises(TypeError, match="share is a number"):
        number(given, "share")


@given(st.integers(-(2**53), 2**53))
def test_equal_numbers_come_out_alike(value):
    """Of one type, however they were written."""
    assert {repr(number(same, "it")) for same in (value, float(value), Fraction(value))} == {repr(float(value))}


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda: whole(0, "n", 1), "n is a whole number from 1, not 0"),
        (lambda: whole(16, "n", 2, 15), "n is a whole number from 2 to 15, not 16"),
        (lambda: number(-0.5, "x", 0), "x is a number from 0, not -0.5"),
        (lambda: number(2, "x", 0, 1), "x is a number from 0 to 1, not 2"),
        (lambda: number(0, "x", None, 1, above=0), "x is a number above 0 to 1, not 0"),
        (lambda: number(float("nan"), "x"), "x is a number, not nan"),
        (lambda: number(float("inf"), "x", 0), "x is a number from 0, not inf"),
        (lambda: choice("foo", "form", ("full", "ring")), "there is no form 'foo'"),
    ],
)
def test_what_is_out_of_range_is_refused(check, said):
    """With the range."""
    with pytest.raises(ConfigError) as error:
        check()
    assert str(error.value) == said


def test_another_thing_altogether_is_refused():
    """With what is wanted; a class is not yet a value of it."""
    for value, got in (("x", "a str"), (Sampling, "the class Sampling")):
        with pytest.raises(TypeError, match=f"a stage is wanted, not {got}"):
            able(value, "over", "a stage")
    with pytest.raises(TypeError, match="form is text"):
        choice(["full"], "form", ("full",))


@pytest.mark.parametrize(
    "wrong",
    [{"max_tokens": 0}, {"max_tokens": -1_000_000}, {"temperature": -0.1}, {"top_p": 0}, {"top_p": 1.1}]
    + [{name: float("nan")} for name in ("temperature", "top_p", "frequency_penalty", "presence_penalty")],
)
def test_sampling_that_no_server_takes_is_refused(wrong):
    """A bound below 1 would let a budget through besides."""
    with pytest.raises(ConfigError, match=f"sampling.{next(iter(wrong))}"):
        Sampling(**wrong)


@pytest.mark.parametrize("wrong", [{"max_tokens": 5.0}, {"temperature": "0"}, {"seed": 1.5}, {"stop": "END"}])
def test_sampling_of_another_kind_is_refused(wrong):
    """Text is no number, and one text is no tuple of texts."""
    with pytest.raises(TypeError, match=next(iter(wrong))):
        Sampling(**wrong)


@pytest.mark.parametrize("wrong", [{"usd": "-1"}, {"calls": -1}, {"tokens": -1}, {"seconds": -3.0}])
def test_limits_below_nothing_are_refused(wrong):
    """As in a config."""
    with pytest.raises(ConfigError):
        Limits(**wrong)


@pytest.mark.parametrize("wrong", [{"usd": 0.5}, {"calls": 1.5}, {"tokens": "5"}, {"seconds": "60"}])
def test_limits_of_another_kind_are_refused(wrong):
    """Before anything is counted against them."""
    with pytest.raises(TypeError):
        Limits(**wrong)


def test_limits_hold_an_exact_amount():
    """Text is turned into the Decimal that budgets count with."""
    assert isinstance(Limits(usd="0.5").usd, Decimal)


def test_a_form_of_answer_that_there_is_not_is_refused():
    """It would be read as another form, without a word."""
    with pytest.raises(ConfigError, match="no form of answer 'numbr'"):
        Expects("numbr")
