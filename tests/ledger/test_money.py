from decimal import Decimal
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError
from escalade.core.money import NOTHING, UNKNOWN, Money, Total, subtract, total, usd

AMOUNTS = st.decimals(min_value=0, max_value=1000, places=9)
KNOWN = st.builds(Money, AMOUNTS, st.sampled_from(["reported", "config", "catalogue"]), st.booleans())
MONEYS = st.lists(KNOWN | st.just(UNKNOWN) | st.just(NOTHING))


@given(MONEYS)
def test_one_unknown_makes_a_sum_unknown(moneys):
    """It is never a silent part-sum, and it says how many calls are unknown, of how many."""
    result = total(moneys)
    unknown = [money for money in moneys if money.usd is None]
    assert (result.calls, result.unknown) == (len(moneys), len(unknown))
    assert (result.usd is None) == bool(unknown)
    assert result.known == sum((money.usd for money in moneys if money.usd is not None), Decimal(0))


@given(st.lists(st.integers(0, 10**15)))
def test_sums_are_exact(billionths):
    """To the last digit of what providers report."""
    result = total(Money(Decimal(n).scaleb(-9), "reported") for n in billionths)
    assert result.usd == Decimal(sum(billionths)).scaleb(-9)


@given(st.lists(MONEYS))
def test_totals_add_up_whatever_the_order(groups):
    """The total of all is the sum of the groups' totals, from the left or from the right."""
    of_all = total(money for group in groups for money in group)
    totals = [total(group) for group in groups]
    assert reduce(add, totals, Total()) == reduce(add, reversed(totals), Total()) == of_all


@given(MONEYS)
def test_guesses_are_counted(moneys):
    """A total says how many of its calls were priced from guessed tokens."""
    assert total(moneys).estimated == sum(money.estimated for money in moneys)


def test_nothing_is_known_and_unknown_is_not_nothing():
    """A call that was certainly not billed cost 0; one of unknown price has no amount."""
    assert (NOTHING.usd, UNKNOWN.usd) == (Decimal(0), None)
    assert total([]).usd == Decimal(0)


@pytest.mark.parametrize(("spelling", "amount"), [("0.02", Decimal("0.02")), (3, Decimal(3)), (Decimal(1), Decimal(1))])
def test_amounts_are_written_exactly(spelling, amount):
    """As text, a whole number or a Decimal."""
    assert usd(spelling) == amount


@given(st.integers(0, 10**11), st.integers(0, 10**60), st.integers(0, 30))
def test_equal_amounts_have_one_spelling(whole, fraction, zeros):
    """Zeros at the end and exponents make no difference, and no digit is lost."""
    written = f"{whole}.{fraction:061}"
    exact = usd(written)
    assert exact == Decimal(written)
    assert str(exact) == str(usd(written + "0" * zeros))
    assert str(usd(f"{whole}e0")) == str(usd(f"{whole}.{'0' * zeros}")) == str(whole)


def test_a_float_is_refused():
    """It is not exact, and the error says what to write."""
    with pytest.raises(TypeError, match=r"usd\('0.1'\)"):
        usd(0.1)


@pytest.mark.parametrize("amount", [True, None, b"1", [1], 1j])
def test_only_numbers_and_texts_are_amounts(amount):
    """Anything else is a slip of the program, and is told as one."""
    with pytest.raises(TypeError, match="USD is text, a whole number or a Decimal"):
        usd(amount)


@pytest.mark.parametrize(
    "amount", ["abc", "", "1,5", "$1", "nan", "sNaN", "inf", "-inf", "-0.01", -1, "1e13", "1e999999", "1e-999999"]
)
def test_what_is_no_amount_is_refused_in_words(amount):
    """As an error of ours that shows what was given, never as one of the decimal library."""
    with pytest.raises(ConfigError, match="amount in USD") as caught:
        usd(amount)
    assert repr(amount) in str(caught.value)


@given(st.text() | st.decimals() | st.integers())
def test_an_amount_is_exact_or_refused(amount):
    """Whatever is given, what comes back is a finite sum of at least 0 that is spelt the same."""
    try:
        found = usd(amount)
    except ConfigError:
        return
    assert found.is_finite()
    assert found >= 0
    assert found == Decimal(amount)


@given(st.lists(st.decimals(min_value=0, max_value=10**12, places=40), min_size=2), st.randoms())
def test_a_sum_does_not_depend_on_its_order(amounts, random):
    """Beyond the 28 digits to which Python adds, too; and what was added can be taken away again."""
    one = total(Money(amount, "reported") for amount in amounts).usd
    random.shuffle(amounts)
    assert total(Money(amount, "reported") for amount in amounts).usd == one
    assert reduce(add, (total([Money(amount, "reported")]) for amount in amounts), Total()).usd == one
    assert reduce(subtract, amounts, one) == 0
