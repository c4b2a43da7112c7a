"""A record of a redacted task as it may be exported: facts and figures, and no text that could quote a question."""

import msgspec

from escalade.ledger.span import SpanFact
from escalade.report.noted import WITHHELD, censored
from escalade.store.record import Record


def withheld(record: Record) -> Record:
    """The record without what models wrote and providers said."""
    return msgspec.structs.replace(
        record,
        message=WITHHELD if record.message else "",
        text=None if record.text is None else WITHHELD,
        spans=[_fact(span) for span in record.spans],
    )


def _fact(span: SpanFact) -> SpanFact:
    return msgspec.structs.replace(
        span,
        message=WITHHELD if span.message else "",
        text=None if span.text is None else WITHHELD,
        notes=[censored(note) for note in span.notes],
    )
