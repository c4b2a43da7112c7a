"""The most tokens that a prompt can have, whatever the tokenizer. With it a call is bounded before it is sent."""

from collections.abc import Sized

import msgspec

from escalade.core.messages import Request

OVERHEAD_TOKENS = 64
"""More than any chat template adds around a prompt."""
FRAME_TOKENS = 16
"""More than any adds around a message."""


def most_prompt_tokens(request: Request) -> int:
    """A token is at least a byte of text, and each message has a frame."""
    tokens = OVERHEAD_TOKENS
    for message in request.messages:
        tokens += FRAME_TOKENS + len(message.content.encode()) + _spelt(message.tool_calls)
    return tokens + _spelt(request.tools) + _spelt(request.response_schema)


def _spelt(form: Sized | None) -> int:
    """Bytes of a form that is sent as JSON."""
    return len(msgspec.json.encode(form)) if form else 0
