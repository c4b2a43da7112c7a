"""Chat completion replies: from the body that came to a Received, and back to a body of our own.

What is needed decides: the text, or tool calls that are well-formed. A useless answer is an error that carries the
usage it reported, so that it can be booked.
"""

from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from escalade.core.errors import BadResponse, CallError, EmptyAnswer, ServerFailed
from escalade.core.reply import Finish
from escalade.core.text import mended
from escalade.core.usage import Usage
from escalade.models.backend import Received
from escalade.models.wire.body import Body, billed, read, says
from escalade.models.wire.errors import error_within
from escalade.models.wire.gathered import Gathered
from escalade.models.wire.parts import UNREADABLE, tool_call_body
from escalade.models.wire.usage import usage_body, usage_of

_FINISH: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "safety": "content_filter",
}
"""What is not listed (None, "eos", "end_turn", 1, ...) is an ordinary end. Gemini's reasons may come in capitals."""
_BROKEN_OFF = frozenset(("error", "abort", "insufficient_system_resource"))
"""Reasons that mean that the provider gave up in mid-answer: OpenRouter and Mistral, vLLM and SGLang, DeepSeek."""

_encoder = msgspec.json.Encoder(decimal_format="number")


class _Message(Struct):
    content: str
    tool_calls: None = None
    refusal: None = None


class _Choice(Struct):
    message: _Message
    finish_reason: Literal["stop"]
    error: None = None


class _Ordinary(Struct):
    """A reply in which nothing is odd, as most are. Half a character would be: the reader refuses it."""

    id: str
    model: str
    choices: tuple[_Choice]
    usage: Raw
    object: Literal["chat.completion"]
    provider: str = ""
    error: None = None
    x_groq: None = None


_ordinary = msgspec.json.Decoder(_Ordinary)


def decode_reply(body: bytes) -> Received:
    """The answer in the body of a response of status 2xx.

    Raises BadResponse, EmptyAnswer, or what an error object inside the body means.
    """
    return at_once(body) or taken_apart(body)


def at_once(body: bytes) -> Received | None:
    """The answer of an ordinary reply; None for any other, which is for `taken_apart`."""
    try:
        said = _ordinary.decode(body)
    except UNREADABLE:
        return None
    text = said.choices[0].message.content
    if not text.strip() or not says(said.usage):
        return None
    usage, usd = usage_of(said.usage)
    return Received(
        text=text, usage=usage, reported_usd=usd, model=said.model, provider=said.provider, request_id=said.id
    )


def taken_apart(body: bytes) -> Received:
    """The answer of any reply, whatever is odd in it. Raises what `decode_reply` does."""
    try:
        parsed = read(body)
    except ValueError as problem:
        raise BadResponse(f"the answer is no chat completion: {problem}") from None
    gathered, choice = Gathered(), parsed.first_choice()
    gathered.add(choice.get("message"), whole=True)
    bill = parsed.bill(choice)
    if (told := parsed.failure(choice, body)) is not None:
        raise billed(error_within(told, begun=gathered.has_begun), bill)
    if not choice:
        raise billed(BadResponse("the answer is no chat completion: it has no choices"), bill)
    return received_of(gathered, choice.get("finish_reason"), parsed, bill)


def received_of(gathered: Gathered, finish_reason: Any, about: Body, bill: Raw) -> Received:
    """The Received of these parts. Raises EmptyAnswer if there is nothing in them, BadResponse if nothing readable,
    ServerFailed if the provider broke it off.
    """
    reason = finish_reason.lower() if isinstance(finish_reason, str) else ""
    if reason in _BROKEN_OFF:
        told = f"the provider broke its answer off (finish reason: {reason})"
        raise billed(ServerFailed(told, perhaps_billed=True), bill)
    finish = _FINISH.get(reason, "stop")
    text, calls = gathered.text, gathered.tool_calls()
    if calls:
        finish = "tool_calls" if finish == "stop" else finish
    elif not text.strip():
        if not gathered.refusal:
            raise billed(_odd_answer() if gathered.is_odd else empty_answer(finish), bill)
        text, finish = gathered.refusal, "content_filter"
    usage, usd = usage_of(bill)
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


def _odd_answer() -> CallError:
    return BadResponse("the answer holds no text, and neither its content nor its tool calls can be read")


def empty_answer(finish: Finish, usage: Usage | None = None) -> EmptyAnswer:
    """The error of an answer with nothing in it."""
    return EmptyAnswer(
        f"the answer is empty (finish reason: {finish})",
        hint="raise `max_tokens`: reasoning used them up" if finish == "length" else "",
        usage=usage,
        retryable=finish not in ("length", "content_filter"),  # else it would end, and be paid for, likewise
    )


def _name(value: Any) -> str:
    return mended(value) if isinstance(value, str) else ""


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
