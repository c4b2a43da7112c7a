"""What the messages of an answer say: one whole message, or the deltas of a stream put together.

An answer that was paid for is not thrown away for a field that is not needed: what is odd is passed over and noted, and
whoever asks for the text or the tool calls decides whether enough is left. Tool calls are given out all or none.
"""

from typing import Any

from msgspec import Struct

from escalade.core.messages import ToolCall
from escalade.core.text import mended
from escalade.models.wire.parts import arguments_of


class _Call(Struct):
    id: str
    name: str = ""
    arguments: str = ""


class Gathered:
    """What has been said so far."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._refusals: list[str] = []
        self._calls: list[_Call] = []
        self._latest: dict[int | None, _Call] = {}
        """At each index, and of all."""
        self._odd_calls = False
        self._odd_text = False
        self.has_begun = False
        """Whether any of the answer has come, its reasoning included."""

    @property
    def text(self) -> str:
        return mended("".join(self._texts))

    @property
    def refusal(self) -> str:
        return mended("".join(self._refusals))

    @property
    def is_odd(self) -> bool:
        """Whether there was something for an answer that could not be read as one."""
        return self._odd_text or self._has_odd_calls

    @property
    def _has_odd_calls(self) -> bool:
        return self._odd_calls or any(not call.name for call in self._calls)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls in the order in which they began; none if one of them has no name or is otherwise malformed."""
        if self._has_odd_calls:
            return ()
        return tuple(
            ToolCall(mended(call.id) or f"call_{place}", mended(call.name), mended(call.arguments))
            for place, call in enumerate(self._calls)
        )

    def add(self, message: Any, *, whole: bool = False) -> None:
        """Take in a delta, or a message: `whole` says that each of its tool calls is one of its own."""
        if not isinstance(message, dict):
            self._odd_text = self._odd_text or bool(message)
            return
        self.has_begun = self.has_begun or any(value for name, value in message.items() if name != "role")
        self._add_content(message.get("content"))
        if isinstance(refusal := message.get("refusal"), str):
            self._refusals.append(refusal)
        calls = message.get("tool_calls")
        if not isinstance(calls, list):
            self._odd_calls = self._odd_calls or bool(calls)
            return
        for call in calls:
            if call is not None:
                self._add_call(call, whole=whole)

    def _add_content(self, content: Any) -> None:
        if isinstance(content, str):
            self._texts.append(content)
        elif isinstance(content, list):
            self._texts += map(_part_text, content)
        elif content:
            self._odd_text = True

    def _add_call(self, piece: Any, *, whole: bool) -> None:
        function = (piece.get("function") or {}) if isinstance(piece, dict) else None
        if not isinstance(function, dict):
            self._odd_calls = True
            return
        name, arguments = function.get("name") or "", function.get("arguments")
        if not isinstance(name, str) or not isinstance(arguments, str | dict | None):
            self._odd_calls = True
            return
        call = self._call(piece, name, whole=whole)
        if name != call.name:  # some repeat it with every piece
            call.name += name
        call.arguments += arguments_of(arguments)

    def _call(self, piece: dict[str, Any], name: str, *, whole: bool) -> _Call:
        """The call that `piece` goes on with, or a new one."""
        index = piece["index"] if isinstance(piece.get("index"), int) else None
        own = str(piece["id"]) if isinstance(piece.get("id"), str | int) else ""
        call = self._latest.get(index)
        if call is None or whole or _is_another(call, index, own, name):
            call = _Call(own)
            self._calls.append(call)
        self._latest[index] = self._latest[None] = call
        call.id = call.id or own
        return call


def _is_another(last: _Call, index: int | None, own: str, name: str) -> bool:
    """Whether a piece of the id `own` begins a call, instead of going on with `last`, the latest at its index.

    Gemini, and vLLM at times, give several calls the index 0: a name with another id is another call. An id alone does
    not tell, since some make one up for every piece. Without an index another id begins a call, or a name without any.
    """
    if index is None:
        return own != last.id if own else bool(name)
    return bool(own and name and last.id) and own != last.id


def _part_text(part: Any) -> str:
    """The text of a part; a part that is no text has none."""
    is_text = isinstance(part, dict) and part.get("type", "text") == "text"
    text = part.get("text") if is_text else None
    return text if isinstance(text, str) else ""
