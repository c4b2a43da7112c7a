"""Server-sent events, as the HTML standard has them read: the events of a whole stream, and whether a body is one.

Two things are read beyond the standard: a field `error`, in which llama.cpp's server told its failures until late in
2025, and a last event that no empty line closes.
"""

from collections.abc import Iterator
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_FIELDS = (b"data:", b"event:", b"error:", b"id:", b"retry:", b":")


class Event(NamedTuple):
    name: bytes
    """Its `event` field; "" where it has none."""
    data: bytes
    is_closed: bool = True
    """Whether an empty line came after it: what was cut off may be the rest of it, otherwise."""


def is_stream(content_type: str, body: bytes) -> bool:
    """Whether `body` is a stream of events: by what it is, where that differs from what its header says."""
    start = body.removeprefix(BOM).lstrip(_SPACE)
    if start.startswith(b"{"):
        return False
    return content_type.lower().startswith("text/event-stream") or start.startswith(_FIELDS)


def events_of(body: bytes) -> Iterator[Event]:
    """The events in order. `id` and `retry` are of use only to who reconnects, which nobody does here."""
    name: bytes = b""
    data: list[bytes] = []
    for line in body.removeprefix(BOM).splitlines():
        if not line:
            if data or name == b"error":
                yield Event(name, b"\n".join(data))
            name, data = b"", []
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            data.append(value)
        elif field == b"event":
            name = value
        elif field == b"error":
            name = field
            data.append(value)
    if data or name == b"error":
        yield Event(name, b"\n".join(data), is_closed=False)
