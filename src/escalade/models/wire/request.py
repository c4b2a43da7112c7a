"""Chat completion requests: from our Request to the body that is sent.

Equal requests give equal bytes, since the bytes are part of the journal's key: fields come in a fixed order, numbers in
one spelling. Inside a JSON Schema, and inside the values of `extra`, which may hold one, what the user wrote is sent as
it is: models fill in fields in the order of its keys, and a server may refuse 40.0 where it wants 40.
"""

from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.messages import Message, Request, Sampling
from escalade.models.providers import GENERIC, Quirks
from escalade.models.wire.parts import tool_call_body

DEFAULT_MAX_TOKENS = 8192

PLAIN = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "reasoning_effort")
"""The sampling that is called on the wire what it is called here."""
_OURS = frozenset(
    (*PLAIN, "model", "messages", "max_tokens", "max_completion_tokens", "stop", "seed", "stream", "n", "tools")
)
"""What `extra` may not hold: a second answer, another bound or another model would falsify the account."""
_UNSAID = Sampling()

_encoder = msgspec.json.Encoder()


class _Body(Struct, omit_defaults=True):
    """What is sent, its fields in their order; `extra` comes after them."""

    model: str
    messages: list[Any]
    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    reasoning_effort: str | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    seed: int | None = None
    tools: list[dict[str, Any]] | None = None
    response_format: dict[str, Any] | None = None
    stream: bool | None = None
    stream_options: dict[str, bool] | None = None


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
    sampling, most = request.sampling, request.sampling.max_tokens
    renamed = quirks.max_tokens_field == "max_completion_tokens"
    body = _Body(
        model=model_id,
        messages=list(map(_message_body, request.messages)),
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        frequency_penalty=sampling.frequency_penalty,
        presence_penalty=sampling.presence_penalty,
        reasoning_effort=sampling.reasoning_effort,
        max_tokens=None if renamed else most,
        max_completion_tokens=most if renamed else None,
        stop=sampling.stop or None,
        seed=None if sampling.seed is None else sampling.seed + request.sample,
    )
    if request.tools:
        body.tools = [{"type": "function", "function": tool} for tool in request.tools]
    if request.response_schema is not None and quirks.structured_output:
        body.response_format = _response_format(request.response_schema)
    if stream:
        body.stream = True
        if quirks.stream_usage:
            body.stream_options = {"include_usage": True}
    if not sampling.extra:
        return _encoder.encode(body)
    check_extra(sampling)
    fields = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    return _encoder.encode(fields | dict(sorted(sampling.extra.items())))


def check_extra(sampling: Sampling) -> None:
    """Raises ConfigError if `sampling.extra` holds a field that Escalade itself fills in."""
    if taken := sorted(_OURS & sampling.extra.keys()):
        raise ConfigError(
            f"sampling.extra must not hold {', '.join(map(repr, taken))}",
            hint="use the fields of `sampling`; for many answers use a strategy such as `sample`",
        )


def _message_body(message: Message) -> Message | dict[str, Any]:
    """What is sent of `message`, which it mostly is itself: its role and its content."""
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id or "", "content": message.content}
    if message.tool_calls:
        calls = [tool_call_body(call) for call in message.tool_calls]
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    if message.content == "" or message.tool_call_id is not None:
        return {"role": message.role, "content": message.content}
    return message


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
