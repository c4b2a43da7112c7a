"""The pieces that requests, replies and streams share: contents in parts, and tool calls."""

from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.messages import ToolCall

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)
"""What msgspec raises for a body that is no JSON of the form: bytes that are no UTF-8 have an error of their own."""


class ContentPart(Struct):
    type: str = "text"
    text: str = ""


Content = str | list[ContentPart] | None
"""A message's text as it may come: whole, in parts, or absent."""


class FunctionPart(Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None
    """Some servers send the object itself instead of its JSON text."""


class CallPart(Struct):
    id: str | None = None
    index: int | None = None
    """In streams: which call this is a piece of."""
    function: FunctionPart = msgspec.field(default_factory=FunctionPart)


def text_of(content: Content) -> str:
    """The text in `content`; parts that are no text are left out."""
    if isinstance(content, str):
        return content
    return "".join(part.text for part in content if part.type == "text") if content else ""


def arguments_of(function: FunctionPart) -> str:
    """The arguments as JSON text."""
    if isinstance(function.arguments, str):
        return function.arguments
    return msgspec.json.encode(function.arguments).decode() if function.arguments is not None else ""


def tool_calls_of(calls: list[CallPart] | None) -> tuple[ToolCall, ...]:
    """Whole tool calls; one without an id is named by its place."""
    return tuple(
        ToolCall(call.id or f"call_{place}", call.function.name or "", arguments_of(call.function))
        for place, call in enumerate(calls or ())
    )


def tool_call_body(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
