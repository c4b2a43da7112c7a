"""What the store keeps of a call: the Call itself, the answer's bytes and what was sent."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from escalade.ledger.call import Call
from escalade.ledger.limits import Limits, Spending

_decoder = msgspec.json.Decoder(Call)
_encoder = msgspec.json.Encoder()
MOST_INTEGER = 2**63 - 1
"""The largest integer of a database: a server may claim to have used more tokens than that."""


def plain(value: bytes | None) -> bytearray | None:
    """A value as every driver takes it. SQLite's looks for an adapter of whatever is bytes or a truth, which takes it
    longer than to write the row; a bytearray, or a digit for the truth, it takes as it is.
    """
    return None if value is None else bytearray(value)


class CallRow(Struct, frozen=True, kw_only=True):
    """One attempt with its texts. `received` and `request` are JSON that only their writers read."""

    call: Call
    received: bytes | None = None
    request: bytes | None = None
    run: str = ""
    system: str = ""
    item: str = ""
    sample: int = 0
    account: str = "system"
    held: Spending = Spending(Decimal(0), 0)
    """What counts against budgets: what it used, or the worst case where nobody knows."""

    def values(self) -> tuple[Any, ...]:
        """The columns of the table `calls`, in its order, as `plain` has them."""
        call = self.call
        paid = call.paid.usd
        return (
            call.id,
            self.run,
            self.system,
            self.item,
            self.sample,
            self.account,
            None if paid is None else str(paid),
            str(self.held.usd or 0),
            min(self.held.tokens, MOST_INTEGER),
            str(int(call.paid.estimated)),
            call.at,
            plain(_encoder.encode(call)),
            plain(self.received),
            plain(self.request),
        )

    @classmethod
    def of(cls, fact: bytes, received: bytes | None, request: bytes | None) -> "CallRow":
        return cls(call=_decoder.decode(fact), received=received, request=request)


class ReservationRow(Struct, frozen=True, kw_only=True):
    """The worst case of a call that is about to be sent under a budget."""

    id: str
    run: str
    system: str = ""
    worst: Spending
    worker: str = ""
    """Whose call it is, where it needs room among all processes of the run."""
    limits: Limits = Limits()
    """What these may spend together."""

    def values(self) -> tuple[Any, ...]:
        """The columns of the table `reservations`, in its order."""
        return (self.id, self.run, self.system, str(self.worst.usd or 0), self.worst.tokens, self.worker or None)
