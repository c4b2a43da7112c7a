"""What the store keeps of a call: the Call itself, the answer's bytes and what was sent."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from escalade.ledger.budget import Spending
from escalade.ledger.call import Call

_decoder = msgspec.json.Decoder(Call)
_encoder = msgspec.json.Encoder()
_MOST = 2**63 - 1
"""The largest integer of a database: a server may claim to have used more tokens than that."""


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

    def values(self) -> dict[str, object]:
        """The columns of the table `calls`."""
        call = self.call
        paid = call.paid.usd
        return {
            "id": call.id,
            "run": self.run,
            "system": self.system,
            "item": self.item,
            "sample": self.sample,
            "account": self.account,
            "paid_usd": None if paid is None else str(paid),
            "held_usd": str(self.held.usd or 0),
            "held_tokens": min(self.held.tokens, _MOST),
            "estimated": call.paid.estimated,
            "at": call.at,
            "fact": _encoder.encode(call),
            "received": self.received,
            "request": self.request,
        }

    @classmethod
    def of(cls, fact: bytes, received: bytes | None, request: bytes | None) -> "CallRow":
        return cls(call=_decoder.decode(fact), received=received, request=request)


class ReservationRow(Struct, frozen=True, kw_only=True):
    """The worst case of a call that is about to be sent under a budget."""

    id: str
    run: str
    system: str = ""
    worst: Spending

    def values(self) -> dict[str, object]:
        return {
            "id": self.id,
            "run": self.run,
            "system": self.system,
            "usd": str(self.worst.usd or 0),
            "tokens": self.worst.tokens,
        }
