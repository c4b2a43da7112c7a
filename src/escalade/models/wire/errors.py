"""Failures as providers tell them, mapped to the error tree, and back.

A message quotes the provider's own, shortened, with anything that looks like a key taken out. Whether and when to try
again is not decided here.
"""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from escalade.core.errors import (
    AnswerError,
    BudgetExceeded,
    CallError,
    EscaladeError,
    OutOfCredit,
    RateLimited,
    Refused,
    ServerFailed,
    TimedOut,
    TooLong,
    Unauthorised,
    UnknownModel,
)
from escalade.models.wire.parts import UNREADABLE

_QUOTED = 300
_LONGEST_WAIT_S = 366 * 86_400.0
_WAITED_IN_VAIN = (504, 524)
"""A proxy gave up, while the model may have gone on writing."""
_SEARCHED = 4000
"""How much of an error's body is searched for telling words."""
_KEYS = re.compile(r"(?i)\bbearer\s+\S+|\b(?:sk|gsk|xai|hf|key)[-_][\w\-*.]{6,}")

_BY_STATUS: dict[int, type[CallError]] = {
    401: Unauthorised,
    402: OutOfCredit,
    403: Unauthorised,
    404: UnknownModel,
    408: TimedOut,
    409: RateLimited,
    413: TooLong,
    425: RateLimited,
    429: RateLimited,
}
_BY_WORDS: tuple[tuple[int, tuple[str, ...], type[CallError]], ...] = (
    (
        400,
        ("context_length", "context length", "context window", "context size", "context_size", "prompt is too long",
         "input is too long", "too_long", "reduce the length"),
        TooLong,
    ),
    (400, ("not a valid model", "model_not_found", "model does not exist"), UnknownModel),
    (402, ("in_flight_budget",), RateLimited),
    (403, ("key limit exceeded",), OutOfCredit),
    (403, ("moderation", "flagged"), Refused),
    (422, ("context length", "context window", "too_long"), TooLong),
    (429, ("insufficient_quota",), OutOfCredit),
)  # fmt: skip
"""Status, telling words, error: where the status alone would mislead."""

_BY_NAME = {
    "authentication_error": 401,
    "content_filter": 400,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "invalid_request_error": 400,
    "model_not_found": 404,
    "overloaded_error": 529,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "unknown_model": 404,
}
"""The status of errors that are told by their name alone, in `code` or in `type`."""

_TO_STATUS: tuple[tuple[type[EscaladeError], int], ...] = (
    (BudgetExceeded, 402),
    (Unauthorised, 401),
    (OutOfCredit, 402),
    (UnknownModel, 404),
    (Refused, 400),
    (RateLimited, 429),
    (TimedOut, 504),
    (CallError, 502),
    (AnswerError, 502),
)


def error_of(status: int, headers: Mapping[str, str], body: bytes) -> CallError:
    """The error that a response of `status` (not 2xx) means. Times to wait are in seconds."""
    return _kind(status, body)(
        f"the provider answered {status}: {_said(body)}",
        hint="the address has moved: check the endpoint's `url`" if 300 <= status < 400 else "",
        status=status,
        retry_after_s=_retry_after(headers),
        perhaps_billed=status in _WAITED_IN_VAIN,
    )


def error_within(raw: bytes, *, begun: bool = False) -> CallError:
    """The error that was told inside a response of status 200, as JSON or in bare words.

    If the answer had `begun`, nobody knows whether it was billed; so where the server failed, since it had begun then.
    """
    status = _code(raw)
    kind = _kind(status or 500, raw)
    perhaps_billed = begun or issubclass(kind, ServerFailed)
    said = f"the provider reported an error in its answer: {_said(raw)}"
    return kind(said, status=status, perhaps_billed=perhaps_billed)


def _kind(status: int, body: bytes) -> type[CallError]:
    words = body[:_SEARCHED].lower()
    for where, telling, kind in _BY_WORDS:
        if where == status and any(word.encode() in words for word in telling):
            return kind
    return _BY_STATUS.get(status) or (ServerFailed if status >= 500 else Refused)


def _code(raw: bytes) -> int | None:
    """The status that an error means, by the first of its fields that says so; None if none does."""
    value = _parsed(raw)
    told = [value.get(name) for name in ("code", "status", "type")] if isinstance(value, dict) else []
    return next((status for said in told if (status := _status_named(said)) is not None), None)


def _status_named(said: Any) -> int | None:
    if isinstance(said, str):
        named = _BY_NAME.get(said) or (int(said) if re.fullmatch("[45][0-9][0-9]", said) else None)
    else:
        named = said if isinstance(said, int) else None
    return named if named and 400 <= named < 600 else None


def _parsed(body: bytes) -> Any:
    try:
        value = msgspec.json.decode(body)
    except UNREADABLE:
        return body.decode(errors="replace")
    if isinstance(value, list) and value:  # as Gemini tells it
        value = value[0]
    inner = value.get("error") if isinstance(value, dict) else None
    return inner or value


def _said(body: bytes) -> str:
    """The provider's words, in one line and shortened, without keys."""
    value = _parsed(body)
    if isinstance(value, dict):
        said = str(value.get("message") or value.get("detail") or msgspec.json.encode(value).decode())
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and metadata.get("raw"):
            said += f" ({metadata['raw']})"
    else:
        said = str(value)
    said = _KEYS.sub("***", " ".join(said.split())) or "nothing more"
    return said if len(said) <= _QUOTED else said[: _QUOTED - 1] + "…"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, a year at most, from `retry-after-ms` or `retry-after` (seconds or a date); None if not said or
    not readable.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        if milliseconds := lower.get("retry-after-ms"):
            asked = float(milliseconds) / 1000
        elif not (after := lower.get("retry-after")):
            return None
        elif after.strip().replace(".", "", 1).isdigit():
            asked = float(after)
        else:
            now = parsedate_to_datetime(lower["date"]).timestamp() if "date" in lower else time.time()
            asked = parsedate_to_datetime(after).timestamp() - now
    except ValueError:
        return None
    return min(max(0.0, asked), _LONGEST_WAIT_S)


def status_of(error: EscaladeError) -> int:
    """The HTTP status with which a server of ours tells `error`."""
    if isinstance(error, CallError) and error.status is not None and error.status >= 400:
        return error.status
    return next((status for kind, status in _TO_STATUS if isinstance(error, kind)), 500)


def encode_error(error: EscaladeError) -> bytes:
    """The body of an error response; `type` is the error's code in our tree, `code` the HTTP status."""
    message = f"{error} ({error.hint})" if error.hint else str(error)
    return msgspec.json.encode({"error": {"message": message, "type": error.code, "code": status_of(error)}})
