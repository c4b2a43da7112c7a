"""OpenAI chat completions in both directions: pure functions on values, shared by client, gateway and simulator.

Bytes in, values out, and back; nothing here waits, logs, opens a connection or knows a key.
"""

from escalade.models.wire.asked import decode_request
from escalade.models.wire.errors import encode_error, error_of, status_of
from escalade.models.wire.reply import decode_reply, encode_reply
from escalade.models.wire.request import completed, encode_request
from escalade.models.wire.sse import is_stream
from escalade.models.wire.stream import decode_stream, encode_stream

__all__ = [
    "completed",
    "decode_reply",
    "decode_request",
    "decode_stream",
    "encode_error",
    "encode_reply",
    "encode_request",
    "encode_stream",
    "error_of",
    "is_stream",
    "status_of",
]
