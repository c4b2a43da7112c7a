"""The JSON of a reply or of a chunk, taken apart without judging: what is odd in it is left to whoever needs it.

Only what is no JSON object at all is unreadable. What the strict reader refuses and others write all the same (a byte
order mark, NaN among the log-probabilities, half a character, a line break in a text) is read by a tolerant one.
"""

import json
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from escalade.core.errors import CallError
from escalade.models.wire.parts import UNREADABLE, encoded
from escalade.models.wire.usage import usage_of

_NOTHING = (b"", b"null", b"{}")
_UNSAID = Raw()


class Body(Struct):
    """What a reply or a chunk says. Money and errors are kept as they came: no digit and no word is lost."""

    id: Any = None
    object: Any = None
    model: Any = None
    provider: Any = None
    choices: Any = None
    usage: Raw = Raw()
    error: Raw = Raw()
    x_groq: Any = None

    def first_choice(self) -> dict[str, Any]:
        """The choice that was asked for; empty where there is none."""
        choices = self.choices if isinstance(self.choices, list) else ()
        return next((choice for choice in choices if isinstance(choice, dict)), {})

    def bill(self, choice: dict[str, Any]) -> Raw:
        """The usage, wherever it is told: in streams Moonshot has it in the choice, and Groq in a field of its own."""
        if says(self.usage):
            return self.usage
        told = choice.get("usage") or self._groq("usage")
        return Raw(encoded(told)) if told else _UNSAID

    def failure(self, choice: dict[str, Any], body: bytes) -> bytes | None:
        """The failure that `body`, which this was read from, tells instead of an answer or after a part of one.

        It is in `error`, at the top or in the choice; vLLM once sent the error itself, and Groq has a field of its own.
        """
        if says(self.error) and _is_meant(_parsed(self.error)):
            return bytes(self.error)
        if isinstance(self.object, str) and self.object.lower() == "error":
            return body
        told = choice.get("error") or self._groq("error")
        return encoded(told) if told and _is_meant(told) else None

    def _groq(self, name: str) -> Any:
        return self.x_groq.get(name) if isinstance(self.x_groq, dict) else None


_decoder = msgspec.json.Decoder(Body)


def read(body: bytes) -> Body:
    """The fields of `body`. Raises ValueError with the reason if it is no JSON object."""
    try:
        return _decoder.decode(body)
    except UNREADABLE as problem:
        tolerated = _read_tolerantly(body)
        if tolerated is None:
            raise ValueError(str(problem)) from None
        return tolerated


def _read_tolerantly(body: bytes) -> Body | None:
    try:
        fields = json.loads(body, strict=False, parse_float=Decimal, parse_constant=_no_number)
        return _body_of(fields) if isinstance(fields, dict) else None
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _body_of(fields: dict[str, Any]) -> Body:
    known = {name: fields[name] for name in Body.__struct_fields__ if name in fields}
    raw = {name: Raw(encoded(known[name])) for name in ("usage", "error") if name in known}
    return Body(**known | raw)


def _no_number(_name: str) -> None:
    """NaN and Infinity are no numbers."""


def _parsed(raw: Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return bytes(raw)


def _is_meant(error: Any) -> bool:
    """Whether an `error` field tells an error: some fill in an empty one where all went well."""
    return any(error.values()) if isinstance(error, dict) else bool(error)


def says(raw: Raw) -> bool:
    """Whether a field was there and neither null nor an empty object."""
    return bytes(raw) not in _NOTHING


def billed(error: CallError, usage: Raw) -> CallError:
    """`error` with what the useless answer used and cost, where it said so."""
    if says(usage):
        error.usage, error.reported_usd = usage_of(usage)
    return error
