"""The attempts of a cascade in a Record: which answers its rungs gave, what the gate said, what each part cost.

The ancestor's metrics are by attempt; a Record holds spans and calls, whose paths say what belongs to what.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from escalade.core.money import Total, total
from escalade.ledger.call import Call
from escalade.ledger.paths import above, gate_of, is_in
from escalade.ledger.span import SpanFact
from escalade.store import Record


class Attempt(Struct, frozen=True, kw_only=True):
    """One answer of one rung of the outermost cascade."""

    level: int
    number: int
    """Which attempt of its rung, counted from 1."""
    call: str
    """The Call that holds its text, "" where none does."""
    text: str | None
    """The text, where no Call holds it."""
    accepted: bool | None
    score: float | None
    model_cost: Total
    judge_cost: Total


def attempts(record: Record) -> list[Attempt]:
    """In the order in which they were made; none where the system has no rungs."""
    levels = {span.path: span.level for span in record.spans}
    numbers: Counter[int] = Counter()
    found = []
    for span in record.spans:
        if span.role != "worker" or span.level is None or levels.get(above(span.path)) is not None:
            continue
        numbers[span.level] += 1
        gate = gate_of(span.path)
        verdict = _verdict(record.spans, gate)
        inside = [call for call in record.calls if is_in(call.path, span.path)]
        judged = [call for call in record.calls if is_in(call.path, gate)]
        found.append(
            Attempt(
                level=span.level,
                number=numbers[span.level],
                call=span.call,
                text=span.text,
                accepted=verdict.get("accept"),
                score=verdict.get("score"),
                model_cost=spent(inside, judging=False),
                judge_cost=spent(inside, judging=True) + total(call.cost for call in judged),
            )
        )
    return found


def spent(calls: Iterable[Call], *, judging: bool) -> Total:
    """What calls to judges, or all others, are worth."""
    return total(call.cost for call in calls if (call.role == "gate") is judging)


def _verdict(spans: Iterable[SpanFact], gate: str) -> dict[str, Any]:
    notes = (note for span in spans if span.path == gate for note in span.notes if note.get("kind") == "verdict")
    return next(notes, {})
