"""What to say of a run in which no trial was answered: its table of zeros says nothing of any system."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from escalade.core.error_codes import hint_of, passing_codes
from escalade.experiment.outage import cause_of
from escalade.report.untrusted import one_line
from escalade.store import Record


class Unanswered(Struct, frozen=True):
    sentence: str
    remedy: str
    """"" where none is known."""


def unanswered(records: Iterable[Record]) -> Unanswered | None:
    """The error that ended most of the trials, where none was answered; None where one was, or there are none."""
    reasons: Counter[tuple[str, str]] = Counter()
    for record in records:
        if record.status == "answered" or record.grade is not None:
            return None
        reasons[cause_of(record), record.message] += 1
    if not reasons:
        return None
    trials = reasons.total()
    (code, message), times = reasons.most_common(1)[0]
    which = "each" if times == trials else f"{times:,}"
    remedies = [hint_of(code)]
    if code in passing_codes():
        remedies.append("when it can be answered, give the same command with --retry-failed")
    return Unanswered(
        f"nothing was answered: {which} of {trials:,} trials ended with: {one_line(message, 300) or code}",
        "; ".join(remedy for remedy in remedies if remedy),
    )
