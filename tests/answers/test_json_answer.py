"""Reading the last JSON value of a reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import last_json, read, same
from escalade.core.messages import Expects

SCORE = {"type": "object", "required": ["score"], "properties": {"score": {"type": "number"}}}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
).filter(lambda value: isinstance(value, dict | list))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('first {"a":1}, then {"b":[1,2]}.', {"b": [1, 2]}),
        ('```json\n{"a": 1}\n```\nDone.', {"a": 1}),
        ('```json\n{"a": 1,}\n```', {"a": 1}),
        ('{"a": "}" , "b": 2', {"a": "}", "b": 2}),
        ("{'a': 'x'}", {"a": "x"}),
        ('he said "no {" and {"a": 1}', {"a": 1}),
        ("[1, 2]", [1, 2]),
    ],
)
def test_last_value_is_read(text: str, value: object) -> None:
    """Fenced or bare, whole or in need of repair."""
    assert last_json(text) == value


@pytest.mark.parametrize("text", ["", "none", "12", '"text"', "{" * 200, '{"x": "\\ud800"}'])
def test_no_value(text: str) -> None:
    """Bare words and numbers, unbounded nesting and unspellable text are no JSON answer."""
    assert last_json(text) is None


def test_schema_chooses_the_value() -> None:
    """The last value that satisfies the schema is the answer, not the last of all."""
    answer = read('{"score": 0.5} and {"note": "done"}', Expects("json", json_schema=SCORE))
    assert answer is not None
    assert json.loads(answer.value) == {"score": 0.5}
    assert read('{"note": "done"}', Expects("json", json_schema=SCORE)) is None


def test_same_json() -> None:
    """Order of keys and spacing do not count."""
    assert same('{"a": 1, "b": 2}', '{"b":2,"a":1}', Expects("json"))
    assert not same('{"a": 1}', '{"a": 2}', Expects("json"))


@given(JSON_VALUES, st.text(st.characters(exclude_characters='{}[]"\\'), max_size=50))
def test_any_value_is_found_in_prose(value: object, prose: str) -> None:
    """A JSON value after any prose is read back as it was."""
    text = prose + json.dumps(value)
    assert last_json(text) == value
