"""The pieces that requests, replies and streams share: contents in parts, and tool calls."""

import json
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.messages import ToolCall

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for a body that is no JSON of the form: bytes that are no UTF-8, and what is nested too deeply,
have errors of their own."""

_encoder = msgspec.json.Encoder(decimal_format="number")


class ContentPart(Struct):
    type: str = "text"
    text: str = ""


Content = str | list[ContentPart] | None
"""A message's text as it may come: whole, in parts, or absent."""


class FunctionPart(Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class CallPart(Struct):
    id: str | None = None
    function: FunctionPart = msgspec.field(default_factory=FunctionPart)


def encoded(value: Any) -> bytes:
    """What was read from JSON as JSON again, halves of characters included."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, default=str).encode()


def arguments_of(arguments: str | dict[str, Any] | None) -> str:
    """The arguments as JSON text: some send the object itself instead."""
    if isinstance(arguments, str):
        return arguments
    return encoded(arguments).decode() if arguments is not None else ""


def tool_calls_of(calls: list[CallPart] | None) -> tuple[ToolCall, ...]:
    """Whole tool calls; one without an id is named by its place."""
    return tuple(
        ToolCall(call.id or f"call_{place}", call.function.name or "", arguments_of(call.function.arguments))
        for place, call in enumerate(calls or ())
    )


def tool_call_body(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
