"""Reading a judge's verdict out of whatever it wrote: a valid score or None, never an exception, never a silent 0.

The last JSON object with a score in range counts, so that an object quoted from the judged answer does not. Broken
JSON is repaired; "0.9", "9/10" and "90%" are scores; a bare 9, NaN, true and null are not.
"""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec import Struct

from escalade.answers import without_reasoning

_LONGEST = 65_536
"""Characters from the end that are read: a verdict stands there, and hostile text must not cost minutes."""
_MOST_OBJECTS = 64
_NUMBER = re.compile(r"\s*([+-]?\d{1,9}(?:\.\d{0,18})?|\.\d{1,18})\s*(?:/\s*(\d{1,6})|(%))?\s*\Z")


class Scored(Struct, frozen=True):
    score: float
    """0 to 1."""
    reason: str


def read_scored(text: str) -> Scored | None:
    """The last score in `text` with its reason; None if there is none that can be trusted."""
    end = without_reasoning(text[-_LONGEST:])
    found = None
    for value in _objects(end):
        found = _scored(value) or found
    return found or _scored(_repaired(end))


def _objects(text: str) -> Iterator[Any]:
    """The JSON objects in the text, outermost only, in order."""
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if start < 0:
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def _repaired(text: str) -> Any:
    import json_repair  # noqa: PLC0415  (needed for broken verdicts only)

    start = text.find("{")
    if start < 0:
        return None
    try:
        return json_repair.loads(text[start : start + _LONGEST // 4])
    except (ValueError, RecursionError, IndexError, TypeError, KeyError):
        return None


def _scored(value: Any, depth: int = 0) -> Scored | None:
    if isinstance(value, list) and value and depth < 3:
        return _scored(value[-1], depth + 1)
    if not isinstance(value, dict):
        return None
    if "score" in value:
        score = as_score(value["score"])
        return None if score is None else Scored(score, _text(value.get("reason")))
    nested = [inner for inner in value.values() if isinstance(inner, dict)]
    return _scored(nested[0], depth + 1) if len(nested) == 1 and depth < 3 else None


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


def _text(reason: Any) -> str:
    if reason is None:
        return ""
    return (reason if isinstance(reason, str) else json.dumps(reason, ensure_ascii=False)).strip()
