"""No text makes a reader fail or take more than linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import canonical, read, same
from escalade.core.messages import Expects

FORMS = (
    Expects(),
    Expects("choice", tuple("ABCDEFGHIJ")),
    Expects("choice", ("yes", "no")),
    Expects("number"),
    Expects("phrase"),
    Expects("expression"),
    Expects("json"),
    Expects("json", json_schema={"type": "object"}),
)
PIECES = st.sampled_from(
    ["answer", " is ", ": ", "(", ")", "A", "I", "\\boxed{", "}", "{", "$", "\\frac", "1", "9", ",", "/", "<think>",
     "</think>", "\n", "Question:", '"', "[", "]", "\\text{", "option ", "-",
     "=", " is", "\u00bd", "\u0663", ".", "e9", "\\(", "\\", "####", "\u0130"]
)  # fmt: skip
TEXTS = st.text(max_size=300) | st.lists(PIECES, max_size=60).map("".join)


@given(TEXTS, st.sampled_from(FORMS))
def test_reading_never_raises(text: str, expects: Expects) -> None:
    """Any text is read, and what was read is the same as itself."""
    answer = read(text, expects)
    if answer is not None:
        assert answer.value or expects.form != "choice"
        assert same(answer.value, answer.value, expects)


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "#/nowhere"}, {"$schema": 5}])
def test_reading_by_a_schema_that_is_none_never_raises(schema: dict[str, object]) -> None:
    """By such a schema there is no answer."""
    assert read('{"a": 1}', Expects("json", json_schema=schema)) is None


@given(TEXTS, TEXTS, st.sampled_from(FORMS))
def test_comparing_never_raises_and_is_symmetric(a: str, b: str, expects: Expects) -> None:
    """`same` answers for any two texts, in either order alike."""
    assert same(a, b, expects) == same(b, a, expects)
    assert same(a, a, expects)
    canonical(a, expects)


@pytest.mark.parametrize(
    "piece",
    ["answer ", "answer is ", "answer \t", "answer: ((((((((((", "\\boxed{", "[", '{"', "{}", "$", "<think>",
     "</think>", "Question:\n", "(A) is the ", "9", " 9", "1,", "1/", "\\frac", "\\text{", "option ", "I ", "\\",
     "1 ", "\u00bd", "= ", "so ", "x = 1 ", "\\end{", "$5 and ", "Answer: 1 is ", "1. A",
     "\n", "**"],
)  # fmt: skip
def test_hostile_megabyte_takes_linear_time(piece: str) -> None:
    """A megabyte of anything is read in at most three seconds."""
    text = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    for expects in FORMS:
        started = time.process_time()
        read(text, expects)
        assert time.process_time() - started < 3
