"""Money is Decimal USD or unknown, and says where it comes from. A sum with an unknown part is unknown.

No float ever holds money, and unknown is never 0.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation
from functools import reduce
from typing import Literal

from msgspec import Struct

from escalade.core.errors import ConfigError

Source = Literal["reported", "config", "catalogue", "nothing", "unknown"]
"""Reported by the provider, priced from the user's config, priced from the catalogue, certainly not billed, unknown."""


class Money(Struct, frozen=True, omit_defaults=True):
    """What one call is worth. `usd is None` exactly when `source == "unknown"`."""

    usd: Decimal | None = None
    source: Source = "unknown"
    estimated: bool = False
    """True where it was computed from guessed token counts."""


UNKNOWN = Money()
NOTHING = Money(Decimal(0), "nothing")

_MOST_USD = 10**12
_FINEST = -100
"""A power of ten. Sums with numbers beyond these, such as 1e-999999, would take for ever and mean nothing."""
_ALL_DIGITS = Context(prec=200)
"""Of any amount within these bounds, and of any sum of them."""


def usd(amount: str | int | Decimal) -> Decimal:
    """A sum of money from its exact spelling: `usd("0.02")`. Equal sums come out in one spelling: 1.50 as 1.5.

    Raises TypeError for floats, which are not exact, and ConfigError for what is no sum from 0 to 10^12 USD.
    """
    if isinstance(amount, float):
        raise TypeError(f"write the amount as text, such as usd('{amount}'): a float is not exact")
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise TypeError(f"an amount in USD is text, a whole number or a Decimal, not a {type(amount).__name__}")
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        raise ConfigError(f"{_cut(amount)} is no amount in USD", hint='write it as in usd("0.02")') from None
    if not is_amount(exact):
        raise ConfigError(f"an amount in USD is a number from 0 to {_MOST_USD:,}, not {_cut(amount)}")
    return Decimal(f"{exact.copy_abs().normalize(_ALL_DIGITS):f}")


def is_amount(usd: Decimal, most: int = _MOST_USD) -> bool:
    """Whether it is a number from 0 to `most`, and no finer than anybody counts."""
    exponent = usd.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _FINEST and 0 <= usd <= most


def _cut(amount: object) -> str:
    said = repr(amount)
    return said if len(said) <= 50 else f"{said[:50]}..."


def add(one: Decimal, other: Decimal) -> Decimal:
    """Their sum, exact, whereas `+` rounds to 28 digits, so that a sum would depend on its order."""
    return _ALL_DIGITS.add(one, other)


def subtract(one: Decimal, other: Decimal) -> Decimal:
    """Their difference, exact likewise: what was added can be taken away again."""
    return _ALL_DIGITS.subtract(one, other)


def summed(amounts: Iterable[Decimal]) -> Decimal:
    """Their sum, exact."""
    return reduce(add, amounts, Decimal(0))


class Total(Struct, frozen=True, omit_defaults=True):
    """A sum over calls: its known part, how many calls it covers and how many of them have no known price."""

    known: Decimal = Decimal(0)
    calls: int = 0
    unknown: int = 0
    estimated: int = 0

    @property
    def usd(self) -> Decimal | None:
        """The sum, or None if any part of it is unknown."""
        return None if self.unknown else self.known

    def __add__(self, other: "Total") -> "Total":
        return Total(
            add(self.known, other.known),
            self.calls + other.calls,
            self.unknown + other.unknown,
            self.estimated + other.estimated,
        )


def total(moneys: Iterable[Money]) -> Total:
    known, calls, unknown, estimated = Decimal(0), 0, 0, 0
    for money in moneys:
        calls += 1
        estimated += money.estimated
        if money.usd is None:
            unknown += 1
        else:
            known = add(known, money.usd)
    return Total(known, calls, unknown, estimated)
