"""Chat completion replies: from the body that came to a Received, and back to a body of our own.

A useless answer is an error that carries the usage it reported, so that it can be booked.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from escalade.core.errors import BadResponse, CallError, EmptyAnswer
from escalade.core.messages import ToolCall
from escalade.core.reply import Finish
from escalade.models.backend import Received
from escalade.models.wire.errors import error_within
from escalade.models.wire.parts import UNREADABLE, CallPart, Content, text_of, tool_call_body, tool_calls_of
from escalade.models.wire.usage import usage_body, usage_of

_FINISH: dict[str | None, Finish] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "error": "error",
}
"""What is not listed (None, "eos", "end_turn", ...) is an ordinary end."""


class _Message(Struct):
    content: Content = None
    tool_calls: list[CallPart] | None = None
    refusal: str | None = None


class _Choice(Struct):
    message: _Message | None = None
    finish_reason: str | None = None
    error: Raw = Raw()


class About(Struct):
    """What a reply or a chunk says beside its text."""

    id: Any = None
    model: Any = None
    provider: Any = None
    usage: Raw = Raw()
    error: Raw = Raw()


class _Body(About):
    choices: list[_Choice] | None = None


class _Bill(Struct):
    """What can be read of a body that is otherwise no chat completion."""

    usage: Raw = Raw()


_body = msgspec.json.Decoder(_Body)
_bill = msgspec.json.Decoder(_Bill)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decode_reply(body: bytes) -> Received:
    """The answer in the body of a response of status 200.

    Raises BadResponse, EmptyAnswer, or what an error object inside the body means.
    """
    try:
        parsed = _body.decode(body)
    except UNREADABLE as problem:
        raise billed(BadResponse(f"the answer is no chat completion: {problem}"), _usage_in(body)) from None
    if said(parsed.error):
        raise billed(error_within(bytes(parsed.error)), parsed.usage)
    if not parsed.choices:
        raise billed(BadResponse("the answer has no choices"), parsed.usage)
    choice = parsed.choices[0]
    if said(choice.error):
        raise billed(error_within(bytes(choice.error)), parsed.usage)
    message = choice.message or _Message()
    return received_of(
        text_of(message.content),
        tool_calls_of(message.tool_calls) if message.tool_calls else (),
        message.refusal,
        choice.finish_reason,
        parsed,
    )


def received_of(
    text: str, calls: tuple[ToolCall, ...], refusal: str | None, finish_reason: str | None, about: About
) -> Received:
    """The Received of these parts. Raises EmptyAnswer if there is nothing in them."""
    finish = _FINISH.get(finish_reason, "stop")
    if calls:
        finish = "tool_calls" if finish == "stop" else finish
    elif not text.strip():
        if not refusal:
            raise billed(empty_answer(finish), about.usage)
        text, finish = refusal, "content_filter"
    usage, usd = usage_of(about.usage)
    return Received(
        text=text,
        tool_calls=calls,
        finish=finish,
        usage=usage,
        reported_usd=usd,
        model=_name(about.model),
        provider=_name(about.provider),
        request_id=_name(about.id),
    )


def empty_answer(finish: Finish) -> EmptyAnswer:
    """The error of an answer with nothing in it."""
    error = EmptyAnswer(f"the answer is empty (finish reason: {finish})")
    if finish == "length":
        error.hint = "raise `max_tokens`: reasoning used them up"
    if finish in ("length", "content_filter"):  # the same request would end, and be paid for, likewise
        error.retryable = False
    return error


def said(raw: Raw) -> bool:
    """Whether a field was there and not null."""
    return len(raw) > 0 and bytes(raw) != b"null"


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _usage_in(body: bytes) -> Raw:
    try:
        return _bill.decode(body).usage
    except UNREADABLE:
        return Raw()


def billed(error: CallError, usage: Raw) -> CallError:
    """`error` with what the useless answer used and cost, where it said so."""
    if said(usage):
        error.usage, error.reported_usd = usage_of(usage)
    return error


def encode_reply(received: Received, model_id: str, *, created: int = 0) -> bytes:
    """A chat completion that says `received` under the name `model_id`; `created` in seconds since 1970."""
    message: dict[str, Any] = {"role": "assistant", "content": received.text or None}
    if received.tool_calls:
        message["tool_calls"] = [tool_call_body(call) for call in received.tool_calls]
    choice = {"index": 0, "message": message, "finish_reason": received.finish}
    return _encoder.encode(
        envelope("chat.completion", received, model_id, created) | {"choices": [choice]} | _usage_field(received)
    )


def _usage_field(received: Received) -> dict[str, Any]:
    usage = usage_body(received)
    return {"usage": usage} if usage else {}


def envelope(kind: str, received: Received, model_id: str, created: int) -> dict[str, Any]:
    """The fields that every reply and every chunk starts with."""
    head = {"id": received.request_id or "chatcmpl-0", "object": kind, "created": created, "model": model_id}
    return head | {"provider": received.provider} if received.provider else head
