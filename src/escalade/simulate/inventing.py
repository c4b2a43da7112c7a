"""Answers made from nothing: a right one for a question that nobody knows, and wrong ones for any question.

A wrong answer has the form of the right one and is never the same as it by our own comparison.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from escalade.answers import same
from escalade.core.messages import Expects
from escalade.simulate.draws import Draws

_OPTION = re.compile(r"^[ \t]*\(?([A-Z])[).:][ \t]+\S", re.MULTILINE)
_BOXED = re.compile(r"\\?boxed")
_COUNTING = re.compile(
    r"\bhow (many|much)\b|\bcalculate\b|\bcompute\b|\bwhat is the (sum|product|value)\b", re.IGNORECASE
)
_WHOLE = re.compile(r"-?\d+")
_DIGIT = re.compile(r"\d")
_WRONG_ANSWERS = 6
_COLOURS = ("amber", "cobalt", "crimson", "ivory", "jade", "ochre", "silver", "violet")
_THINGS = ("anchor", "bridge", "compass", "harbour", "lantern", "meadow", "orchard", "river")


def invented_form(question: str) -> Expects:
    """The form of answer that a question seems to want: a letter, a boxed expression, a number or free text."""
    letters = list(dict.fromkeys(_OPTION.findall(question)))
    if len(letters) > 1 and letters == [chr(ord("A") + i) for i in range(len(letters))]:
        return Expects(form="choice", choices=tuple(letters))
    if _BOXED.search(question):
        return Expects(form="expression")
    return Expects(form="number" if _COUNTING.search(question) else "text")


def invented_gold(expects: Expects, draws: Draws) -> str:
    if expects.form == "choice":
        return draws.pick(expects.choices)
    if expects.form in ("number", "expression"):
        return str(2 + draws.below(998))
    return _phrase(draws)


def instance(schema: dict[str, Any], text: str, draws: Draws) -> Any:
    """A value by the types, constants, choices and properties of a JSON Schema whose strings all say `text`."""
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return text if text in schema["enum"] else draws.pick(schema["enum"])
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {name: instance(part, text, draws) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [instance(schema.get("items", {}), text, draws) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind in ("integer", "number"):
        return int(text) if _WHOLE.fullmatch(text) else schema.get("minimum", 0)
    return {"boolean": draws.chance(0.5), "null": None}.get(kind, text)


def wrong_answers(gold: str, expects: Expects, draws: Draws) -> tuple[str, ...]:
    """At least one wrong answer, in random order: all other letters for a choice, up to six otherwise."""
    if expects.form == "choice":
        others = [letter for letter in expects.choices if letter != gold]
        return tuple(draws.shuffled(others)) or ("none",)
    candidates = {
        "number": _numbers,
        "expression": _numbers,
        "json": _values,
        "text": _phrases,
        "phrase": _phrases,
    }[expects.form](gold, draws)
    wrong = [text for text in dict.fromkeys(candidates) if text != gold and not same(text, gold, expects)]
    return tuple(draws.shuffled(wrong)[:_WRONG_ANSWERS]) or (_phrase(draws),)


def phrases() -> list[str]:
    """Every phrase that may be an answer in free text."""
    return [f"the {colour} {thing}" for colour in _COLOURS for thing in _THINGS]


def _phrase(draws: Draws) -> str:
    return f"the {draws.pick(_COLOURS)} {draws.pick(_THINGS)}"


def _phrases(gold: str, draws: Draws) -> Iterator[str]:
    for _ in range(2 * _WRONG_ANSWERS):
        phrase = _phrase(draws)
        if gold.casefold() not in phrase:
            yield phrase


def _numbers(gold: str, draws: Draws) -> Iterator[str]:
    plain = gold.replace(",", "").strip()
    if _WHOLE.fullmatch(plain):
        value = int(plain)
        yield from (str(value + step) for step in (1, -1, 2, -2, 10))
        yield from (str(2 * value), str(-value), str(value + 3 + draws.below(20)))
        return
    for digit in list(_DIGIT.finditer(gold))[:3]:
        for step in (1, 2, 3):
            changed = str(int(digit.group()) % 9 + step)
            yield gold[: digit.start()] + changed[-1] + gold[digit.end() :]
    yield from (f"{gold}+1", f"2{gold}", f"-{gold}")


def _values(gold: str, draws: Draws) -> Iterator[str]:
    try:
        value = json.loads(gold)
    except ValueError:
        yield from _phrases(gold, draws)
        return
    for step in range(1, _WRONG_ANSWERS + 1):
        yield json.dumps(_changed(value, step), ensure_ascii=False)


def _changed(value: Any, step: int) -> Any:
    """A JSON value of the same shape with its first leaf changed."""
    if isinstance(value, dict) and value:
        first = next(iter(value))
        return value | {first: _changed(value[first], step)}
    if isinstance(value, list) and value:
        return [_changed(value[0], step), *value[1:]]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + step
    return f"{value} ({step})"
