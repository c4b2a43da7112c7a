"""Chat completion requests: from our Request to the body that is sent, and back from a body that was received.

Equal requests give equal bytes, since the bytes are part of the journal's key: fields come in a fixed order. Inside a
JSON Schema the user's own order of keys is kept, because models fill in fields in that order.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from escalade.core.errors import ConfigError, Refused
from escalade.core.messages import Message, Request, Sampling, Tool
from escalade.models.providers import GENERIC, Quirks
from escalade.models.wire.parts import UNREADABLE, CallPart, Content, tool_call_body, tool_calls_of

DEFAULT_MAX_TOKENS = 8192

_PLAIN = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "reasoning_effort")
_OURS = frozenset(
    (*_PLAIN, "model", "messages", "max_tokens", "max_completion_tokens", "stop", "seed", "stream", "n", "tools")
)
"""What `extra` may not hold: a second answer, another bound or another model would falsify the account."""
_UNUSED = frozenset(("stream_options", "user", "metadata", "store"))
"""What a client may send and a Request has no use for."""
_UNSAID = Sampling()

_encoder = msgspec.json.Encoder()


def completed(request: Request, default: Sampling, system: str | None) -> Request:
    """`request` with `default` sampling where it says nothing, and with `system` unless it has a system message."""
    sampling = default if request.sampling == _UNSAID else request.sampling.over(default)
    messages = request.messages
    if system and not any(message.role == "system" for message in messages):
        messages = (Message("system", system), *messages)
    return msgspec.structs.replace(request, sampling=sampling, messages=messages)


def encode_request(request: Request, model_id: str, quirks: Quirks = GENERIC, *, stream: bool = False) -> bytes:
    """The body that asks `model_id` for `request`.

    Raises ConfigError if `sampling.extra` holds a field that Escalade itself fills in.
    """
    body: dict[str, Any] = {"model": model_id, "messages": [_message_body(m) for m in request.messages]}
    body |= _sampling_body(request.sampling, request.sample, quirks)
    if request.tools:
        body["tools"] = [{"type": "function", "function": tool} for tool in request.tools]
    if request.response_schema is not None and quirks.structured_output:
        body["response_format"] = _response_format(request.response_schema)
    if stream:
        body["stream"] = True
        if quirks.stream_usage:
            body["stream_options"] = {"include_usage": True}
    if extra := request.sampling.extra:
        check_extra(request.sampling)
        body |= sorted(extra.items())
    return _encoder.encode(body)


def check_extra(sampling: Sampling) -> None:
    """Raises ConfigError if `sampling.extra` holds a field that Escalade itself fills in."""
    if taken := sorted(_OURS & sampling.extra.keys()):
        raise ConfigError(
            f"sampling.extra must not hold {', '.join(map(repr, taken))}",
            hint="use the fields of `sampling`; for many answers use a strategy such as `sample`",
        )


def _sampling_body(sampling: Sampling, sample: int, quirks: Quirks) -> dict[str, Any]:
    body = {name: value for name in _PLAIN if (value := getattr(sampling, name)) is not None}
    if sampling.max_tokens is not None:
        body[quirks.max_tokens_field] = sampling.max_tokens
    if sampling.stop:
        body["stop"] = sampling.stop
    if sampling.seed is not None:
        body["seed"] = sampling.seed + sample
    return body


def _message_body(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id or "", "content": message.content}
    if message.tool_calls:
        calls = [tool_call_body(call) for call in message.tool_calls]
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    return {"role": message.role, "content": message.content}


def _response_format(schema: dict[str, Any]) -> dict[str, Any]:
    wanted = {"name": "answer", "strict": _is_closed(schema), "schema": schema}
    return {"type": "json_schema", "json_schema": wanted}


def _is_closed(schema: Any) -> bool:
    """Whether every object in `schema` requires all its properties and forbids others, which strict decoding needs."""
    if isinstance(schema, list):
        return all(map(_is_closed, schema))
    if not isinstance(schema, dict):
        return True
    if schema.get("type") == "object":
        required, properties = schema.get("required", []), schema.get("properties", {})
        if schema.get("additionalProperties") is not False or set(required) != set(properties):
            return False
    return all(map(_is_closed, schema.values()))


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
    return Sampling(
        **{name: getattr(asked, name) for name in _PLAIN},
        max_tokens=asked.max_tokens if asked.max_completion_tokens is None else asked.max_completion_tokens,
        stop=(asked.stop,) if isinstance(asked.stop, str) else tuple(asked.stop or ()),
        seed=asked.seed,
        extra=extra,
    )


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
