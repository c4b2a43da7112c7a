"""Chat completion requests that came: from their body to a Request.

What cannot be answered as it was asked (a second answer, pictures) is refused, never left out.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from escalade.core.errors import ConfigError, Refused
from escalade.core.messages import Message, Request, Sampling, Tool
from escalade.models.wire.parts import UNREADABLE, CallPart, Content, tool_calls_of
from escalade.models.wire.request import PLAIN

_UNUSED = frozenset(("stream_options", "user", "metadata", "store"))
"""What a client may send and a Request has no use for."""


class _MessageIn(Struct):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Content = None
    tool_calls: list[CallPart] | None = None
    tool_call_id: str | None = None


class _ToolIn(Struct):
    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class _ToolSlotIn(Struct):
    function: _ToolIn
    type: Literal["function"] = "function"


class _SchemaIn(Struct):
    schema: dict[str, Any] | None = None


class _FormatIn(Struct):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: _SchemaIn | None = None

    def schema(self) -> dict[str, Any] | None:
        if self.type == "json_object":
            return {"type": "object"}
        return self.json_schema.schema if self.json_schema else None


class _RequestIn(Struct):
    model: str
    messages: list[_MessageIn]
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: str | None = None
    tools: list[_ToolSlotIn] | None = None
    response_format: _FormatIn | None = None
    stream: bool | None = None
    n: Literal[1] | None = None


def decode_request(body: bytes) -> tuple[str, Request, bool]:
    """The model id that is asked for, the request, and whether a stream is wanted.

    Fields that are not Escalade's own are kept in `sampling.extra`. Raises Refused (400) with what is wrong where.
    """
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
        asked = msgspec.convert(fields, _RequestIn)
    except UNREADABLE as problem:
        raise Refused(f"the request is no chat completion request: {problem}", status=400) from None
    if not asked.messages:
        raise Refused("the request has no messages", status=400)
    known = _UNUSED.union(_RequestIn.__struct_fields__)
    extra = {name: value for name, value in fields.items() if name not in known and value is not None}
    request = Request(
        tuple(_message(m) for m in asked.messages),
        sampling=_sampling(asked, extra),
        tools=tuple(_tool(slot.function) for slot in asked.tools or ()),
        response_schema=asked.response_format.schema() if asked.response_format else None,
    )
    return asked.model, request, bool(asked.stream)


def _sampling(asked: _RequestIn, extra: dict[str, Any]) -> Sampling:
    try:
        return Sampling(
            **{name: getattr(asked, name) for name in PLAIN},
            max_tokens=asked.max_tokens if asked.max_completion_tokens is None else asked.max_completion_tokens,
            stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
            seed=asked.seed,
            extra=extra,
        )
    except ConfigError as problem:
        raise Refused(str(problem), status=400) from None


def _message(message: _MessageIn) -> Message:
    content = message.content
    if isinstance(content, list):
        if odd := next((part.type for part in content if part.type != "text"), None):
            raise Refused(f"a message holds a part of type {odd!r}: only text is understood", status=400)
        content = "".join(part.text for part in content)
    role = "system" if message.role == "developer" else message.role
    return Message(role, content or "", tool_calls_of(message.tool_calls), message.tool_call_id)


def _tool(tool: _ToolIn) -> Tool:
    return Tool(tool.name, tool.description or "", tool.parameters or {"type": "object", "properties": {}})
