"""The replies that a Record points at, read back from the store as they were when they were given.

A text that is not there is None: it is never taken for an empty answer.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from escalade.analysis.trial import answered
from escalade.core.reply import Finish, Reply
from escalade.models.journal import said
from escalade.store import CallRow, Record


def calls_with_texts(record: Record) -> Iterator[str]:
    """The ids of the Calls that hold the final answer and those on the way."""
    yield from (key for key in (record.answer, *(step.call for step in record.steps)) if key)


def final_reply(record: Record, rows: Mapping[str, CallRow]) -> Reply | None:
    """The final answer; `rows` are the Calls of `calls_with_texts`. None where there was none or it is not stored."""
    return _reply(record.answer, record.text, rows) if answered(record) else None


def step_replies(record: Record, rows: Mapping[str, CallRow]) -> list[Reply | None]:
    """The answers on the way, in the order of the Record's steps."""
    composed = {span.path: span.text for span in record.spans}
    return [_reply(step.call, composed.get(step.path), rows) for step in record.steps]


def _reply(key: str, text: str | None, rows: Mapping[str, CallRow]) -> Reply | None:
    row = rows.get(key)
    if row is None or row.received is None:
        return None if text is None else Reply(text=text)
    call = row.call
    return Reply(text=said(row), finish=cast("Finish", call.finish or "stop"), model=call.model, call=key)
