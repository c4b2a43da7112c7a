"""Money for human eyes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.spending import Spent
from escalade.core.money import Total
from escalade.report.money import money


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        ("0", "$0"),
        ("0.012345", "$0.0123"),
        ("0.00000012", "$0.00000012"),
        ("0.1", "$0.10"),
        ("0.99999", "$1.00"),
        ("1.234", "$1.23"),
        ("1234567.891", "$1,234,567.89"),
        ("-0.5", "-$0.50"),
        ("1E+3", "$1,000.00"),
        ("1E+15", "$1,000,000,000,000,000.00"),
        ("1.234E+400", "$1.23e+400"),
        ("1.234E-40", "$1.23e-40"),
    ],
)
def test_sensible_digits(usd, shown):
    """Cents from a dollar on, three significant digits below, no exponents where digits can be read."""
    assert money(Decimal(usd)) == shown


def test_unknown_says_how_many_calls():
    """A sum with an unknown part shows the counts and no digits."""
    assert money(Total(Decimal("1.5"), 412, 3, 0)) == "unknown (3 of 412 calls)"
    assert money(Spent(usd=None, calls=2, unknown_calls=2, estimated_calls=0)) == "unknown (2 of 2 calls)"
    assert money(None) == "unknown"


def test_estimates_are_marked():
    """A sum with a part from guessed token counts starts with a tilde."""
    assert money(Total(Decimal("0.4"), 9, 0, 1)) == "~$0.40"


@given(st.decimals("0.0000001", "100000", places=9))
def test_what_is_shown_is_within_half_a_percent_or_cent(usd):
    """Rounding for reading moves an amount by less than half a percent or half a cent."""
    shown = Decimal(money(usd).replace("$", "").replace(",", ""))
    assert abs(shown - usd) <= max(usd * Decimal("0.005"), Decimal("0.005") if usd >= 1 else Decimal(0))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_amount_is_shown(usd):
    """However large or small: a report is never lost to one figure."""
    assert len(money(usd)) < 40
