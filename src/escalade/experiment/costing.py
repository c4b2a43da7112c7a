"""Costs computed anew from the tokens that calls used. Nothing is asked, and what was paid is never touched.

A call without usage keeps its cost, since there is nothing to compute it from; so does one that was certainly not
billed, and, unless told otherwise, one whose cost a provider reported: that is better evidence than any list.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from escalade.core.money import Money
from escalade.ledger.call import Call
from escalade.prices import Price
from escalade.store import Record


def price_from(values: Mapping[str, Any]) -> Price:
    """A Price from its JSON form."""
    return msgspec.convert(values, Price)


def price_values(price: Price) -> dict[str, Any]:
    """A Price as JSON values."""
    values: dict[str, Any] = msgspec.to_builtins(price)
    return values


def repriced(record: Record, prices: Mapping[str, Price], *, reported: bool = False) -> Record:
    """The record with the costs of the named models' calls computed from their usage, on both accounts."""
    return msgspec.structs.replace(
        record,
        calls=[_call(call, prices, reported=reported) for call in record.calls],
        grading=[_call(call, prices, reported=reported) for call in record.grading],
    )


def _call(call: Call, prices: Mapping[str, Price], *, reported: bool) -> Call:
    price = prices.get(call.model)
    if price is None or call.usage is None or not _may_change(call.cost, reported=reported):
        return call
    return msgspec.structs.replace(call, cost=price.of(call.usage))


def _may_change(cost: Money, *, reported: bool) -> bool:
    return cost.source != "nothing" and (reported or cost.source != "reported")


def as_if(record: Record, price: Price) -> tuple[Money, ...]:
    """What the calls of the system's account would have cost, had `price` been that of every model.

    Hypothetical: another model would have used other tokens. Calls that were not billed cost nothing here either;
    those whose usage is unknown are unknown.
    """
    return tuple(
        call.cost if call.cost.source == "nothing" else Money() if call.usage is None else price.of(call.usage)
        for call in record.calls
    )
