"""What calls are worth, in figures: sums of money and tokens, with the counts of what is not known of them.

Money is exact, but for quotients and for what was averaged in floating point. A sum with an unknown part is None, and
a quotient of it too: neither a part of it nor zero ever stands for the whole. Which calls belong to a sum is decided
where they are counted, not here.
"""

from decimal import Context, Decimal

from msgspec import Struct

from escalade.core.money import Total

_TWELVE_DIGITS = Context(prec=12)


class Spent(Struct, frozen=True, kw_only=True):
    """A sum of money over calls."""

    usd: Decimal | None
    """None where the price of any of the calls is unknown."""
    calls: int
    unknown_calls: int
    estimated_calls: int
    """Calls priced from guessed token counts."""


def spent(total: Total) -> Spent:
    return Spent(usd=total.usd, calls=total.calls, unknown_calls=total.unknown, estimated_calls=total.estimated)


class LevelSpent(Struct, frozen=True, kw_only=True):
    level: int | None
    """The outermost rung, counted from 1; None for calls made for no rung."""
    spent: Spent


class Cost(Struct, frozen=True, kw_only=True):
    """What the system's calls are worth, those answered by the journal included. Quotients have 12 digits."""

    total: Decimal | None
    per_item: Decimal | None
    """Of one question asked once, over all finished trials."""
    per_correct: Decimal | None
    """What the graded trials cost over the sum of their scores: per right answer where answers are right or wrong. None
    without any."""
    calls: int
    unknown_calls: int
    estimated_calls: int
    by_role: dict[str, Spent]
    by_level: list[LevelSpent]
    by_model: dict[str, Spent]


class Tokens(Struct, frozen=True, kw_only=True):
    """Sums over the calls that said what they used; `cached` is part of `input`, `reasoning` of `output`."""

    input: int
    output: int
    cached: int
    cache_write: int
    reasoning: int
    unknown_calls: int
    """Calls that may have used tokens and did not say how many."""
    estimated_calls: int


def quotient(amount: Decimal | None, parts: float) -> Decimal | None:
    """`amount` over `parts` to 12 digits; None where the amount is unknown or there are no parts."""
    if amount is None or parts <= 0:
        return None
    return _TWELVE_DIGITS.divide(amount, Decimal(parts)).normalize()


def twelve_digits(amount: float) -> Decimal:
    """Money that was averaged in floating point, to the digits that it is good for."""
    return _TWELVE_DIGITS.create_decimal_from_float(amount).normalize()
