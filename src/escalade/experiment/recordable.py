"""Which trials may be recorded. A Record is never decided again, so that what ended a trial must lie in the system.

A wrong key, a run's spent budget, a missing network and a call that --offline refuses say nothing of the system: the
trial is left for the next time, and what it paid for waits in the journal. That a provider is down is seen only where
trial after trial ends for it: `outage` looks for that.

What a plug-in left in a Record and no store can hold does lie in the system: the trial has failed.
"""

from typing import Any

import msgspec

from escalade.core.errors import ConnectionFailed, EscaladeError, NotInJournal, StoreError, Unstorable
from escalade.core.storable import storable
from escalade.ledger.span import Span
from escalade.store import Record, Store

_NO_ANSWER: dict[str, Any] = {
    "status": "failed",
    "answer": "",
    "text": None,
    "accepted": None,
    "score": None,
    "level": None,
    "stopped": "",
    "grade": None,
}


class Unrecorded(Exception):
    """This trial must be done again later: what ended it has nothing to do with the system."""

    def __init__(self, reason: EscaladeError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def check_recordable(span: Span, *, failed: bool) -> None:
    """Refuse what would be another outcome on a better day, also where the system made do without the part that failed:
    a vote without the member that the run's budget stopped is not the vote that was to be measured. A part that found
    no connection is such a part only if the whole `failed`: systems are built to do without a member.
    """
    for error in span.ledger.errors:
        if isinstance(error, StoreError):
            raise error
        if error.fatal or isinstance(error, NotInJournal) or (failed and isinstance(error, ConnectionFailed)):
            raise Unrecorded(error)


def recorded(record: Record, store: Store) -> Record:
    """Hand the Record over; return what was handed over. Where no store could hold it, that is a failure which names
    what is odd in it, without its answer and with the rest of its account.
    """
    try:
        store.add_record(record)
    except Unstorable as problem:
        rest, _ = storable(record, Record)
        if rest is None:
            raise
        record = msgspec.structs.replace(rest, **_NO_ANSWER, error=problem.code, message=str(problem))
        store.add_record(record)
    return record
