"""Chat completions as server-sent events: whole streams in, whole streams out.

An answer is used only when it is complete, so there is nothing here that shows a part of one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct

from escalade.core.errors import BadResponse, CutOff
from escalade.core.messages import ToolCall
from escalade.models.backend import Received
from escalade.models.wire.errors import error_within
from escalade.models.wire.parts import UNREADABLE, CallPart, Content, arguments_of, text_of, tool_call_body
from escalade.models.wire.reply import About, billed, envelope, received_of, said
from escalade.models.wire.usage import usage_body

_PIECE = 200
"""Characters of text in one chunk of a stream of ours."""


class _Delta(Struct):
    content: Content = None
    tool_calls: list[CallPart] | None = None
    refusal: str | None = None


class _Choice(Struct):
    delta: _Delta | None = None
    index: int = 0
    finish_reason: str | None = None
    error: Raw = Raw()


class _Chunk(About):
    choices: list[_Choice] | None = None


_chunk = msgspec.json.Decoder(_Chunk)
_encoder = msgspec.json.Encoder(decimal_format="number")


class _Gathered:
    """What a stream has said so far."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refusals: list[str] = []
        self.calls: dict[int, ToolCall] = {}
        self.finish: str | None = None
        self.about = About()

    def add(self, chunk: _Chunk) -> None:
        about = self.about
        about.id = about.id or chunk.id
        about.model = about.model or chunk.model
        about.provider = about.provider or chunk.provider
        if said(chunk.usage):
            about.usage = chunk.usage
        if said(chunk.error):
            raise billed(error_within(bytes(chunk.error)), about.usage)
        for choice in chunk.choices or ():
            if choice.index == 0:
                self._add_choice(choice)

    def _add_choice(self, choice: _Choice) -> None:
        if said(choice.error):
            raise billed(error_within(bytes(choice.error)), self.about.usage)
        self.finish = choice.finish_reason or self.finish
        if (delta := choice.delta) is None:
            return
        self.texts.append(text_of(delta.content))
        self.refusals.append(delta.refusal or "")
        for piece in delta.tool_calls or ():
            self._add_piece(piece)

    def _add_piece(self, piece: CallPart) -> None:
        if piece.index is not None:
            place = piece.index
        else:  # without an index, a new id begins a new call
            place = len(self.calls) if piece.id or not self.calls else max(self.calls)
        before = self.calls.get(place, ToolCall("", "", ""))
        self.calls[place] = ToolCall(
            before.id or piece.id or "",
            before.name + (piece.function.name or ""),
            before.arguments + arguments_of(piece.function),
        )

    def tool_calls(self) -> tuple[ToolCall, ...]:
        calls = (self.calls[place] for place in sorted(self.calls))
        return tuple(ToolCall(call.id or f"call_{n}", call.name, call.arguments) for n, call in enumerate(calls))


def decode_stream(body: bytes | Iterable[bytes]) -> Received:
    """The answer in a whole stream, given at once or in pieces cut anywhere.

    Raises CutOff if it ends before the answer does, BadResponse, EmptyAnswer, or what an error event means.
    """
    data = body if isinstance(body, bytes) else b"".join(body)
    gathered, done = _Gathered(), False
    for event in _events(data):
        if event == b"[DONE]":
            done = True
            break
        try:
            chunk = _chunk.decode(event)
        except UNREADABLE as problem:
            bad = BadResponse(f"an event of the stream is no chat completion chunk: {problem}")
            raise billed(bad, gathered.about.usage) from None
        gathered.add(chunk)
    if not done and gathered.finish is None:
        raise billed(CutOff("the stream ended before the answer did"), gathered.about.usage)
    return received_of(
        "".join(gathered.texts),
        gathered.tool_calls(),
        "".join(gathered.refusals),
        gathered.finish,
        gathered.about,
    )


def _events(data: bytes) -> Iterator[bytes]:
    """The data of each event. A last one that no empty line closes counts if it is whole, and was cut if not."""
    lines: list[bytes] = []
    for line in data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line.startswith(b"data:"):
            lines.append(line[5:].removeprefix(b" "))
        elif not line and lines:
            yield b"\n".join(lines)
            lines = []
    last = b"\n".join(lines)
    if last == b"[DONE]" or _is_json(last):
        yield last


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data)
    except UNREADABLE:
        return False
    return True


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
