"""The question as it was put: what the user says in the request of a stored Call.

Backends keep requests each in its own form, and all of them hold messages with a role and a content somewhere near the
top. A body in which none is found has no question here.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from escalade.store import CallRow

_DEPTH = 3


def asked_of(row: CallRow) -> str:
    """The user's messages, "" where the request was not stored or has none."""
    if row.request is None:
        return ""
    try:
        sent = msgspec.json.decode(row.request)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return "\n\n".join(_said_by_user(sent, _DEPTH))


def _said_by_user(value: Any, depth: int) -> Iterator[str]:
    match value:
        case {"role": "user", "content": str(content)}:
            yield content
        case dict() if depth:
            yield from _said_by_user(value.get("messages"), depth - 1)
        case list() if depth:
            for part in value:
                yield from _said_by_user(part, depth - 1)
