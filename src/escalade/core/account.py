"""Account: what a question took. It refuses to guess: of a call of unknown price, the sum is unknown.

What a call is, is said in `ledger.call`; here is what an account, which errors carry too, needs of it.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from escalade.core.money import Money, Total, total
from escalade.core.usage import Usage


class Booked(Protocol):
    """A Call as an account sees it."""

    @property
    def model(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def usage(self) -> Usage | None: ...
    @property
    def cost(self) -> Money: ...
    @property
    def paid(self) -> Money: ...
    @property
    def hit(self) -> bool: ...
    @property
    def latency_s(self) -> float: ...


class Account(Struct, frozen=True, kw_only=True):
    """The calls that a question took, failed attempts among them, and what they cost."""

    calls: Sequence[Booked]

    @property
    def cost(self) -> Total:
        """What the work is worth; `cost.usd` is None if any part is unknown."""
        return total(call.cost for call in self.calls)

    @property
    def paid(self) -> Total:
        """What was spent on it now: less than `cost` where the journal answered."""
        return total(call.paid for call in self.calls)
