"""Reading a judge's verdict out of whatever it wrote: a valid score or None, never an exception, never a silent 0.

The last whole JSON object that looks like a verdict decides, so that one quoted from the judged answer does not. A
broken object is repaired, and believed only if no other score stands after its beginning. "0.9", "9/10" and "90%" are
scores; a bare 9, NaN, true and null are not.
"""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from escalade.answers import without_reasoning
from escalade.core.text import mended

_LONGEST = 65_536
"""Characters from the end that are read: a verdict stands there, and hostile text must not cost minutes."""
_LONGEST_REPAIRED = 16_384
_MOST_STARTS = 2_000
"""Places where an object may begin that are tried; what comes after them stays unread."""
_START = re.compile(r"\{(?=\s{0,99}(?:[\"'\u201c\u201d}]|\w{1,40}\s{0,9}:))")
_KEYED = re.compile(r"\{\s{0,99}[\"'\u201c\u201d]?[\w ]{1,40}[\"'\u201c\u201d]?\s{0,99}:")
"""Where an object begins with a key, so that it may mean to be a verdict."""
_SAID = re.compile(r"\bscore[\"'\u201c\u201d\\]{0,2}\s{0,99}:\s{0,99}([^,}\n]{0,64})")
_CUT = re.compile(r":\s{0,99}[\"']?0?\.?0{0,99}\s{0,99}\Z")
"""A score of nothing but zeros at the very end: it may be the beginning of 0.9."""
_NUMBER = re.compile(r"\s*([+-]?\d{1,9}(?:\.\d{0,18})?|\.\d{1,18})\s*(?:/\s*(\d{1,6})|(%))?\s*\Z")


class Scored(Struct, frozen=True, forbid_unknown_fields=True):
    score: Annotated[float, Meta(ge=0, le=1)]
    reason: str


_decoder = json.JSONDecoder(strict=False)
_asked_for = msgspec.json.Decoder(Scored)


def read_scored(text: str) -> Scored | None:
    """The score of the verdict in `text` with its reason; None if there is none that can be trusted."""
    end = without_reasoning(text[-_LONGEST:])
    return _exactly(end) or _searched(end)


def _exactly(text: str) -> Scored | None:
    """The verdict where `text` is the object that judges are asked for and nothing else, as it mostly is."""
    if not _START.match(text):
        return None
    try:
        said = _asked_for.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    return Scored(said.score, as_reason(said.reason))


def _searched(end: str) -> Scored | None:
    """The verdict that stands somewhere in `end`."""
    broken: int | None = None
    verdict: dict[str, Any] | None = None
    for start, value in _objects(end):
        if value is not None:
            verdict = _verdict(value) or verdict
        elif broken is None and _KEYED.match(end, start):
            broken = start
    if broken is not None:
        return _mended(end[broken:], verdict)
    return _scored(verdict if verdict is not None else _verdict(_repaired(end)))


def _objects(text: str) -> Iterator[tuple[int, Any]]:
    """Where JSON objects begin, in order, outermost only, with their values; None for one that is broken."""
    start = _START.search(text)
    for _ in range(_MOST_STARTS):
        if start is None:
            return
        at = start.start()
        try:
            value, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, at + 1
        yield at, value
        start = _START.search(text, end)


def _mended(text: str, verdict: dict[str, Any] | None) -> Scored | None:
    """The verdict where a broken object begins at the start of `text` and `verdict` is the last whole one anywhere.

    A broken object has no certain end: nothing tells its own score from one that its reason quotes, so that all the
    scores in `text` must be one.
    """
    if _CUT.search(text):
        return None
    mended = _verdict(_repaired(text))
    said = {as_score(found.strip(" \t\"'\u201c\u201d\\")) for found in _SAID.findall(text)}
    if mended is None and not said:
        return _scored(verdict)
    return next((s for v in (verdict, mended) if (s := _scored(v)) is not None and said == {s.score}), None)


def _repaired(text: str) -> Any:
    import json_repair  # noqa: PLC0415  (needed for broken verdicts only)

    start = _START.search(text)
    if start is None:
        return None
    try:
        return json_repair.loads(text[start.start() : start.start() + _LONGEST_REPAIRED])
    except (ValueError, RecursionError, IndexError, TypeError, KeyError):
        return None


def _verdict(value: Any, depth: int = 0) -> dict[str, Any] | None:
    """The object in `value` that means to be a verdict: itself, its only inner object, or the last one of a list."""
    if depth > 3:
        return None
    if isinstance(value, list):
        return _verdict(value[-1], depth + 1) if value else None
    if not isinstance(value, dict):
        return None
    if "score" in value or "reason" in value:
        return value
    nested = [inner for inner in value.values() if isinstance(inner, dict)]
    return _verdict(nested[0], depth + 1) if len(nested) == 1 else None


def _scored(verdict: dict[str, Any] | None) -> Scored | None:
    score = as_score(verdict.get("score")) if verdict else None
    return Scored(score, as_reason(verdict.get("reason"))) if verdict and score is not None else None


def as_score(value: Any) -> float | None:
    """A number from 0 to 1, as a number or as text such as "0.9", "9/10", "90%"; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= 1 else None
    match = _NUMBER.match(value) if isinstance(value, str) else None
    if match is None:
        return None
    number, denominator, percent = match.groups()
    divisor = 100 if percent else int(denominator or 1)
    if divisor == 0:
        return None
    score = Fraction(number) / divisor
    return float(score) if 0 <= score <= 1 else None


def as_reason(said: Any) -> str:
    """The reason as text that can be stored."""
    if said is None:
        return ""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return mended(text).strip()
