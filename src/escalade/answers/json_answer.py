"""Reads the last JSON object or array of a reply that satisfies a schema, fenced or bare, slips in it repaired.

Only objects and arrays count: a bare number or word is not taken for JSON. Only the last 200,000 characters are read,
values nested deeper than 100 are refused, and only values of at most 20,000 characters are repaired. Where no value
satisfies the schema there is no answer.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from escalade.answers.answer import Answer
from escalade.core.errors import ConfigError
from escalade.core.ids import canonical
from escalade.core.text import in_words

_DEEPEST = 100
_WINDOW = 200_000
_LONGEST_REPAIRED = 20_000
_RESTARTS = 4
"""How many unclosed brackets a text may hold before the rest of it is left unread."""
_TRIED = 16
"""How many values, counted from the last, are tried."""
_MARK = re.compile(r'\\.|["{}\[\]]', re.DOTALL)


def check_schema(schema: dict[str, Any], called: str = "this") -> None:
    """Raises ConfigError where it is no JSON Schema of the dialect that its `$schema` names, or else of the latest."""
    try:
        _validator(canonical(schema))
    except Exception as error:  # noqa: BLE001  (besides SchemaError, whatever a `$schema` of any kind leads to)
        said = getattr(error, "message", "") or in_words(error)
        raise ConfigError(f"{called} is no JSON Schema: {said}", hint="correct the schema") from None


def read_json(text: str, schema: dict[str, Any] | None) -> Answer | None:
    """The last value that satisfies `schema`; None without one, and by a schema that is none."""
    try:
        value = last_json(text, schema)
    except Exception:  # noqa: BLE001  (only a schema can be at fault, in any way: whoever gives one checks it)
        return None
    if value is None:
        return None
    said = canonical(value).decode()
    return Answer(said, "last JSON value", said)


def last_json(text: str, schema: dict[str, Any] | None = None) -> dict[str, Any] | list[Any] | None:
    """The last object or array in `text` that satisfies `schema`; None without one.

    Whole values are preferred to ones that had to be repaired. Raises whatever jsonschema does for a bad schema.
    """
    text = text[-_WINDOW:]
    spans = deque(_spans(text), maxlen=_TRIED)
    for read in (_strict, _repaired):
        for start, end in reversed(spans):
            value = read(text[start:end])
            if value is not None and _satisfies(value, schema):
                return value
    return None


def canonical_json(text: str) -> str:
    value = last_json(text)
    return text.strip() if value is None else canonical(value).decode()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where top-level values stand; one that is never closed ends with the text."""
    position = 0
    for _ in range(_RESTARTS):
        depth = start = 0
        quoted = False
        for mark in _MARK.finditer(text, position):
            sign = mark[0]
            if sign == '"':
                quoted = not quoted and depth > 0
            elif quoted or len(sign) > 1:
                continue
            elif sign in "{[":
                start = start if depth else mark.start()
                depth += 1
            elif depth:
                depth -= 1
                if not depth:
                    yield start, mark.end()
        if not depth:
            return
        yield start, len(text)
        position = start + 1


def _strict(text: str) -> dict[str, Any] | list[Any] | None:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return _shallow(value)


def _repaired(text: str) -> dict[str, Any] | list[Any] | None:
    if len(text) > _LONGEST_REPAIRED or _depth(text) > _DEEPEST:
        return None
    import json_repair  # noqa: PLC0415  (needed for malformed replies alone)

    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    return _shallow(value)


def _shallow(value: Any) -> dict[str, Any] | list[Any] | None:
    """`value` where it is a filled object or array of bounded depth that has a canonical spelling."""
    if not isinstance(value, dict | list):
        return None
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return value if _spellable(value) else None
    return None


def _spellable(value: Any) -> bool:
    """False for lone surrogates, which no UTF-8 text can hold."""
    try:
        canonical(value)
    except UnicodeEncodeError:
        return False
    return True


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[{}\[\]]", text):
        depth += 1 if sign in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _satisfies(value: Any, schema: dict[str, Any] | None) -> bool:
    return schema is None or bool(_validator(canonical(schema)).is_valid(value))


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> Any:
    from jsonschema.validators import Draft202012Validator, validator_for  # noqa: PLC0415  (slow to import)

    decoded = json.loads(schema)
    kind = validator_for(decoded, Draft202012Validator)
    kind.check_schema(decoded)
    return kind(decoded)
