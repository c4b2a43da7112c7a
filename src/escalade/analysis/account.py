"""Accounts: sums of money and tokens over Calls, exact in any order. An unknown part makes the sum unknown.

Only numbers are kept, never the Calls.
"""

from collections.abc import Iterable
from decimal import Decimal

from escalade.analysis.spending import Spent, Tokens
from escalade.core.money import Money, Total, add
from escalade.ledger.call import Call


class Account:
    """Money over calls."""

    __slots__ = ("calls", "estimated", "known", "unknown")

    def __init__(self) -> None:
        self.known = Decimal(0)
        self.calls = 0
        self.unknown = 0
        self.estimated = 0

    def book(self, money: Money) -> None:
        self.calls += 1
        self.estimated += money.estimated
        if money.usd is None:
            self.unknown += 1
        else:
            self.known = add(self.known, money.usd)

    def book_all(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self.book(call.cost)

    def include(self, other: "Account") -> None:
        self.known = add(self.known, other.known)
        self.calls += other.calls
        self.unknown += other.unknown
        self.estimated += other.estimated

    @property
    def usd(self) -> Decimal | None:
        return None if self.unknown else self.known

    def spent(self) -> Spent:
        return Spent(usd=self.usd, calls=self.calls, unknown_calls=self.unknown, estimated_calls=self.estimated)


def spent(total: Total) -> Spent:
    return Spent(usd=total.usd, calls=total.calls, unknown_calls=total.unknown, estimated_calls=total.estimated)


class TokenAccount:
    """Tokens over calls, bucket by bucket."""

    __slots__ = ("cache_write", "cached", "estimated", "input", "output", "reasoning", "unknown")

    def __init__(self) -> None:
        self.input = self.output = self.cached = self.cache_write = self.reasoning = 0
        self.unknown = self.estimated = 0

    def book(self, call: Call) -> None:
        usage = call.usage
        if usage is None:
            self.unknown += call.status != "failed"
            return
        self.input += usage.input
        self.output += usage.output
        self.cached += usage.cached
        self.cache_write += usage.cache_write
        self.reasoning += usage.reasoning
        self.estimated += usage.estimated

    def tokens(self) -> Tokens:
        return Tokens(
            input=self.input,
            output=self.output,
            cached=self.cached,
            cache_write=self.cache_write,
            reasoning=self.reasoning,
            unknown_calls=self.unknown,
            estimated_calls=self.estimated,
        )
