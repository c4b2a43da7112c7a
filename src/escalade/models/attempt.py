"""Attempt: one try at a call under way, and the Call that it becomes, however it ends. Nothing here waits or sends."""

import asyncio
import secrets
import time
from decimal import Decimal

from msgspec import Struct

from escalade.core.duration import to_microseconds
from escalade.core.errors import BudgetExceeded, CallError
from escalade.core.money import Money
from escalade.ledger.budget import Spending
from escalade.ledger.call import Call
from escalade.ledger.span import Span
from escalade.models.backend import Received

_NOTHING_RECEIVED = Received(text="")


class Attempt(Struct):
    key: str
    """The journal's name of the call."""
    number: int
    """Counted from 1."""
    began: float
    """When waiting for it began (monotonic)."""
    sent: float = 0.0
    """When it went out (monotonic); 0 before."""
    announced: str = ""
    """The id under which a budgeted attempt is known before it is sent."""

    def announce(self) -> str:
        self.announced = self._failed_id()
        return self.announced

    def call(self, model: str, asked: str, span: Span, cost: Money, outcome: Received | BaseException) -> Call:
        """The Call of an attempt that ended now with `outcome` and was worth `cost`."""
        latency = time.monotonic() - self.sent
        received = outcome if isinstance(outcome, Received) else _NOTHING_RECEIVED
        error = outcome if isinstance(outcome, BaseException) else None
        return Call(
            id=self.key if error is None else self.announced or self._failed_id(),
            path=span.path,
            role=span.paid_as,
            level=span.level,
            model=model,
            asked=asked,
            answered=received.model,
            provider=received.provider,
            request_id=received.request_id,
            status="ok" if error is None else "unknown" if cost.usd is None else "failed",
            error="" if error is None else _code(error),
            finish=received.finish if error is None else "",
            attempt=self.number,
            usage=error.usage if isinstance(error, CallError) else received.usage,
            cost=cost,
            paid=cost,
            latency_s=to_microseconds(latency),
            waited_s=to_microseconds(self.sent - self.began),
            at=to_microseconds(time.time() - latency),
        )

    def _failed_id(self) -> str:
        return f"{self.key}~{secrets.token_hex(6)}"


def _code(error: BaseException) -> str:
    if isinstance(error, CallError | BudgetExceeded):
        return error.code
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "internal"


def spending(call: Call, worst: Spending) -> Spending:
    """What `call` takes of its budgets: the worst case of whatever is not known."""
    if call.cost.source == "nothing":
        return Spending(Decimal(0), 0)
    usd = worst.usd if call.cost.usd is None else call.cost.usd
    return Spending(usd, call.usage.input + call.usage.output if call.usage else worst.tokens)
