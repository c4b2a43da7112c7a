"""Rows to put into stores."""

from decimal import Decimal

from escalade.core.money import Money
from escalade.ledger.budget import Spending
from escalade.ledger.call import Call
from escalade.store import CallRow, Record, Run

RUN = Run(id="r", experiment="e", task="t", items=1)


def call_row(
    key: str, *, usd: str = "0", tokens: int = 0, paid: Money | None = None, at: float = 0.0, **more
) -> CallRow:
    """A call of run "r" and system "s" that cost `usd`."""
    cost = paid or Money(Decimal(usd), "config")
    row = {"run": "r", "system": "s", "item": "i", "received": b"{}", "held": Spending(cost.usd, tokens)}
    return CallRow(call=Call(id=key, model="m", cost=cost, paid=cost, at=at), **row | more)


def record(*, run: str = "r", system: str = "s", item: str = "i", sample: int = 0, text: str = "") -> Record:
    return Record(run=run, system=system, item=item, sample=sample, status="answered", text=text)
