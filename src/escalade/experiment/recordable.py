"""Which trials may be recorded. A Record is never decided again, so that what ended a trial must lie in the system.

A wrong key, a run's spent budget, a missing network and a call that --offline refuses say nothing of the system: the
trial is left for the next time, and what it paid for waits in the journal. That a provider is down is seen only where
trial after trial ends for it: `outage` looks for that.
"""

from escalade.core.errors import ConnectionFailed, EscaladeError, NotInJournal, StoreError
from escalade.ledger.span import Span


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
