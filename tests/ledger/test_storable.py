"""Whatever a plug-in leaves in a value: what is stored reads back, and what was left out is named."""

import re
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import Unstorable
from escalade.core.grade import Grade
from escalade.core.money import Money
from escalade.core.storable import Packer, storable
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.store import Record, Step

ENDLESS: dict[str, Any] = {}
ENDLESS["more"] = ENDLESS
CALL = Call(id="c", model="m", usage=Usage(3, 4), cost=Money(Decimal("0.5"), "config"))
SPAN = SpanFact(path="/worker", role="worker", name="m", notes=[{"kind": "vote", "for": "A"}])
RECORD = Record(
    run="r", system="s", item="i", status="answered", text="4", labels={"topic": "sums"}, calls=[CALL], spans=[SPAN],
    grade=Grade(outcome="right", score=1.0), steps=[Step(path="/a", role="worker", name="m", score=0.5)],
)  # fmt: skip
ODD = st.one_of(
    st.builds(object), st.just(ENDLESS), st.text(st.characters(categories=["Cs"]), min_size=1), st.just({1: {2}}),
    st.floats(allow_nan=True), st.integers(), st.text(), st.lists(st.integers()), st.none(), st.just(CALL),
)  # fmt: skip
PLACES = [(kind, field) for kind in (RECORD, CALL, SPAN, CALL.usage) for field in kind.__struct_fields__]


def within(kind: msgspec.Struct, field: str, value: Any) -> Record:
    """The record with one field of it, or of what it holds, replaced."""
    changed = msgspec.structs.replace(kind, **{field: value})
    if kind is RECORD:
        return changed
    if kind is SPAN:
        return msgspec.structs.replace(RECORD, spans=[SPAN, changed])
    call = msgspec.structs.replace(CALL, usage=changed) if kind is CALL.usage else changed
    return msgspec.structs.replace(RECORD, calls=[call, CALL])


@given(st.sampled_from(PLACES), ODD)
def test_what_is_kept_of_any_value_can_be_stored(place, value):
    """One that reads back is kept as it is; of another, the rest is kept and the odd part is named."""
    record = within(*place, value)
    packer = Packer(Record)
    kept, odd = storable(record, Record)
    if odd:
        with pytest.raises(Unstorable, match=re.escape(odd[0])):
            packer.pack(record)
    else:
        assert kept is record
    if kept is not None:
        packer.pack(kept)
        assert CALL in kept.calls or place == (RECORD, "calls"), "what is not odd stays"


def test_parts_are_left_out_one_by_one():
    """Text is mended, a note is left out, a wrong score is none, and half a usage is unknown: each is named."""
    spans = [SPAN, msgspec.structs.replace(SPAN, notes=[{"kind": "mine", "what": object()}, *SPAN.notes])]
    calls = [msgspec.structs.replace(CALL, provider="a\ud83d", usage=Usage("3", 4))]
    kept, odd = storable(msgspec.structs.replace(RECORD, spans=spans, calls=calls, score="high"), Record)
    assert odd == ["score (str)", "calls[0].provider (str)", "calls[0].usage (Usage)", "spans[1].notes[0] (dict)"]
    assert kept == msgspec.structs.replace(
        RECORD, spans=[SPAN, SPAN], calls=[msgspec.structs.replace(CALL, provider="a\ufffd", usage=None)]
    )


@pytest.mark.parametrize("value", [None, "text", {"run": "r"}, CALL])
def test_what_is_no_such_value_is_named_as_a_whole(value):
    """Another type altogether is refused, also where some of its fields would fit."""
    with pytest.raises(Unstorable, match=f"its value \\({type(value).__name__}\\)"):
        Packer(Record).pack(value)
