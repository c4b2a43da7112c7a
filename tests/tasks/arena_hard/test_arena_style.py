"""Counting the outward form of answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.tasks.arena_hard.answers import read_answers
from escalade.tasks.arena_hard.style import markdown, metadata_of, published_style, style_of

TEXT = """# One
## Two
- a
* b
  + c
1. first
**bold** and __also__ and **more**
```
# not a heading
- not an item **nor bold**
```
####### seven is none
"""


def test_marks_outside_fences_are_counted():
    """By kind; what a program text holds is no style."""
    found = markdown(TEXT)
    assert found.header_count == {"h1": 1, "h2": 1, "h3": 0, "h4": 0, "h5": 0, "h6": 0}
    assert found.list_count == {"ordered": 1, "unordered": 3}
    assert found.bold_count == {"**": 2, "__": 1}
    style = style_of(TEXT)
    assert (style.headers, style.lists, style.bold, style.estimated) == (2, 4, 3, True)


def test_counts_are_those_of_the_published_files(data):
    """Of all 750 answers of the official baseline: headings, list items and bold, exactly."""
    answers = read_answers(data("arena_hard/v2.0/model_answer/o3-mini-2025-01-31.jsonl"))
    for answer in answers.by_item.values():
        ours, theirs = style_of(answer.text), answer.style
        assert (ours.headers, ours.lists, ours.bold) == (theirs.headers, theirs.lists, theirs.bold)


@pytest.mark.parametrize("metadata", [None, {}, {"token_len": 3}, {"token_len": "3"}, []])
def test_what_is_not_stated_is_not_made_up(metadata):
    """A file without counts states no style."""
    assert published_style(metadata) is None


@given(st.text(alphabet="#*_-+1. `ab\n", max_size=200))
def test_what_we_state_of_a_style_is_the_official_form_of_it(text):
    """Four values in the official order, since the official code takes each of them for a feature."""
    metadata = metadata_of(text)
    assert list(metadata) == ["token_len", "header_count", "list_count", "bold_count"]
    theirs, ours = published_style(metadata), style_of(text)
    assert (theirs.tokens, theirs.headers, theirs.lists, theirs.bold) == (
        ours.tokens,
        ours.headers,
        ours.lists,
        ours.bold,
    )
