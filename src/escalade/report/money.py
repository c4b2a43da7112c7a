"""Money for human eyes, in one place: sensible digits, "~" for estimates, and unknown said as unknown.

Rounds for reading only; exact figures are in the summary's JSON.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from escalade.analysis.spending import Cost, Spent
from escalade.core.money import Total

_CENT = Decimal("0.01")
_SPELT = range(-15, 16)
"""Powers of ten whose digits are written out: nobody counts more zeros."""


def money(amount: Total | Spent | Decimal | None) -> str:
    """Such as "$1.23", "$0.0123", "~$0.40" where token counts were guessed, or "unknown (3 of 412 calls)"."""
    match amount:
        case Total():
            return _in_words(amount.usd, amount.unknown, amount.calls, estimated=amount.estimated > 0)
        case Spent():
            return _in_words(amount.usd, amount.unknown_calls, amount.calls, estimated=amount.estimated_calls > 0)
        case _:
            return _in_words(amount, 0, 0, estimated=False)


def share_of(cost: Cost, part: Decimal | None) -> str:
    """A quotient of a system's cost, such as that per question; "-" where there is nothing to divide by."""
    if part is None and not cost.unknown_calls:
        return "-"
    return _in_words(part, cost.unknown_calls, cost.calls, estimated=cost.estimated_calls > 0)


def _in_words(usd: Decimal | None, unknown: int, calls: int, *, estimated: bool) -> str:
    if usd is None:
        return f"unknown ({unknown:,} of {calls:,} calls)" if calls else "unknown"
    return f"{'~' if estimated else ''}{'-' if usd < 0 else ''}${_digits(abs(usd))}"


@lru_cache(maxsize=1024)
def _digits(usd: Decimal) -> str:
    """Cents from a dollar on, three significant digits below, never fewer than cents."""
    if usd == 0:
        return "0"
    if usd.adjusted() not in _SPELT:
        return f"{usd:.2e}"
    if usd >= 1:
        return f"{usd.quantize(_CENT, ROUND_HALF_EVEN):,f}"
    short = usd.quantize(Decimal(1).scaleb(usd.adjusted() - 2), ROUND_HALF_EVEN).normalize()
    return f"{short:f}" if short.as_tuple().exponent < -2 else f"{short.quantize(_CENT):f}"  # type: ignore[operator]
