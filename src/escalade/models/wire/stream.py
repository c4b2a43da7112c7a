"""Chat completions as server-sent events: whole streams in, whole streams out.

An answer is used only when it is complete, so there is nothing here that shows a part of one.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw

from escalade.core.errors import BadResponse, CallError, CutOff
from escalade.models.backend import Received
from escalade.models.wire.body import Body, billed, read, says
from escalade.models.wire.errors import error_within
from escalade.models.wire.gathered import Gathered
from escalade.models.wire.parts import tool_call_body
from escalade.models.wire.reply import envelope, received_of
from escalade.models.wire.sse import Event, events_of
from escalade.models.wire.usage import usage_body

_PIECE = 200
"""Characters of text in one chunk of a stream of ours."""

_encoder = msgspec.json.Encoder(decimal_format="number")


class _Stream:
    """What a stream has said so far."""

    def __init__(self) -> None:
        self.gathered = Gathered()
        self.index: int | None = None
        """Of the choice that is followed: one was asked for, and not all count from 0."""
        self.finish: Any = None
        self.about = Body()
        self.bill = Raw()
        self._is_counted = False
        """Whether the bill counts all that came: some send one with the first words."""

    def add(self, chunk: Body, event: Event) -> None:
        about, choice = self.about, chunk.first_choice()
        about.id = about.id or chunk.id
        about.model = about.model or chunk.model
        about.provider = about.provider or chunk.provider
        bill = chunk.bill(choice)
        if says(bill):
            self.bill, self._is_counted = bill, True
        elif choice.get("delta"):
            self._is_counted = False
        if (told := chunk.failure(choice, event.data)) is not None:
            raise self.told(told)
        if not self._is_followed(choice.get("index")):
            return
        reason = choice.get("finish_reason")
        if reason and reason != "null":
            self.finish = reason
        if choice.get("delta") is not None:
            self.gathered.add(choice["delta"])

    def _is_followed(self, index: Any) -> bool:
        if not isinstance(index, int):
            return True
        self.index = index if self.index is None else self.index
        return index == self.index

    def told(self, told: bytes) -> CallError:
        """The error that the provider told."""
        return self.failed(error_within(told, begun=self.gathered.has_begun))

    def failed(self, error: CallError) -> CallError:
        """`error` with what was used until then, if that is known."""
        return billed(error, self.bill) if self._is_counted else error


def decode_stream(body: bytes | Iterable[bytes]) -> Received:
    """The answer in a whole stream, given at once or in pieces cut anywhere.

    Raises CutOff if it ends before the answer does, BadResponse, EmptyAnswer, or what an error event means.
    """
    data = body if isinstance(body, bytes) else b"".join(body)
    stream, is_done = _Stream(), False
    for event in events_of(data):
        if event.name == b"error":
            raise stream.told(event.data)
        if event.data == b"[DONE]":
            is_done = True
            break
        if not event.data.strip():  # sent to keep the connection open
            continue
        try:
            chunk = read(event.data)
        except ValueError as problem:
            if not event.is_closed:  # it was cut in the middle
                break
            bad = BadResponse(f"an event of the stream is no chat completion chunk: {problem}")
            raise stream.failed(bad) from None
        stream.add(chunk, event)
    if stream.finish is None:
        raise stream.failed(_cut(is_done=is_done))
    return received_of(stream.gathered, stream.finish, stream.about, stream.bill)


def _cut(*, is_done: bool) -> CutOff:
    """The error of a stream without a reason to finish.

    The end mark alone does not say that the answer is whole: proxies write it, too, and count tokens, when the server
    behind them breaks off. That no reason comes where all went well is a fault, known of Gemini's first
    OpenAI-compatible endpoint (it wrote `finishReason`), of llama-cpp-python in 2023, of vllm-mlx after some tool calls
    and of new-api where no usage is asked for (which we do). Such a server answers whole without `stream`.
    """
    if not is_done:
        return CutOff("the stream ended before the answer did")
    hint = "if this server never says why it finishes, set `stream: false` at its endpoint"
    return CutOff("the stream ended without a reason to finish: the answer may have been cut", hint=hint)


def encode_stream(received: Received, model_id: str, *, created: int = 0) -> list[bytes]:
    """The events of a stream that says `received`; its usage comes in the last one before the end mark."""
    head = envelope("chat.completion.chunk", received, model_id, created)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": received.text[i : i + _PIECE]} for i in range(0, len(received.text), _PIECE)]
    calls = [{"index": n} | tool_call_body(call) for n, call in enumerate(received.tool_calls)]
    deltas += [{"tool_calls": [call]} for call in calls]
    chunks = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": received.finish}]})
    if usage := usage_body(received):
        chunks.append(head | {"choices": [], "usage": usage})
    return [*(b"data: " + _encoder.encode(chunk) + b"\n\n" for chunk in chunks), b"data: [DONE]\n\n"]
