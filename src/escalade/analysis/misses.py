"""Misses: the trials that were no success, with what is known of why. Texts are not looked up here."""

from collections.abc import Iterable, Iterator
from typing import Literal, get_args

from msgspec import Struct

from escalade.analysis.trial import answered
from escalade.core.grade import Outcome
from escalade.store.record import Record

Kind = Literal["wrong", "unparsed", "failed", "ungraded", "partial"]
"""`unparsed`: an answer in which nothing to grade was found. `ungraded`: the grader failed, which is no loss."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_OF: dict[Outcome, Kind] = {
    "wrong": "wrong",
    "no_answer": "unparsed",
    "grader_failed": "ungraded",
    "partial": "partial",
}


class Miss(Struct, frozen=True, kw_only=True):
    system: str
    item: str
    sample: int
    kind: Kind
    score: float | None
    """None where there is no grade."""
    answer: str
    """The final answer as it was read, "" where none was."""
    method: str
    reason: str
    """The grader's."""
    error: str
    """The code of the error that ended the trial."""
    message: str
    labels: dict[str, str]
    call: str
    """The Call that holds the text."""
    text: str | None
    """The answer's text, where it was looked up or no Call holds it."""


def misses(records: Iterable[Record]) -> Iterator[Miss]:
    """Of each Record that is one, in the given order."""
    for record in records:
        kind = _kind(record)
        if kind is not None:
            grade = record.grade
            yield Miss(
                system=record.system,
                item=record.item,
                sample=record.sample,
                kind=kind,
                score=None if grade is None or kind == "ungraded" else grade.score,
                answer=grade.answer if grade else "",
                method=grade.method if grade else "",
                reason=grade.reason if grade else "",
                error=record.error,
                message=record.message,
                labels=record.labels,
                call=record.answer,
                text=record.text,
            )


def _kind(record: Record) -> Kind | None:
    if not answered(record):
        return "failed"
    return None if record.grade is None else _OF.get(record.grade.outcome)
