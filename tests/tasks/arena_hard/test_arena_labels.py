"""Reading a judge's label: as the official code does where it can, and never an error or a made-up tie elsewhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.battle import STRENGTHS
from escalade.tasks.arena_hard.labels import SPELLINGS, read_label

_BRACKETS = st.lists(
    st.sampled_from(["[", "]", "[[", "]]", "A", "B", ">", ">>", "<", "=", "a>b", " ", "x\n"]), max_size=30
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("My final verdict is: [[A>>B]]", "A>>B"),
        ("First I thought [[A>B]], but no: [[B>A]].", "B>A"),
        ("[[b>a]]", "B>A"),
        ("[A=B]", "A=B"),
        ("[[A>B]] and later [B>A]", "A>B"),
        ("[[A<B]]", "B>A"),
        ("[[B<<A]]", "A>>B"),
        ("[[B=A]]", "A=B"),
        ("[[A]]", None),
        ("Tie.", None),
        ("", None),
        ("[[A>B]] [[C]] x", "A>B"),
        ("[[A>B]] in the end [[A>>>B]]", None),
        ("<think>[[A>>B]] perhaps</think>[[B>A]]", "B>A"),
        ("<think>[[A>>B]] perhaps", None),
    ],
)
def test_the_last_label_counts(text, label):
    """Double brackets before single ones, mirrored spellings as they mean, anything else no label."""
    assert read_label(text) == label


@given(_BRACKETS.map("".join))
def test_it_agrees_with_the_rule_as_it_is_told(text):
    """Upper case; the pattern in double brackets, else in single ones; the last match; a label or none."""
    for pattern in (r"\[\[([AB<>=]+)\]\]", r"\[([AB<>=]+)\]"):
        if found := re.findall(pattern, text.upper()):
            assert read_label(text) == SPELLINGS.get(found[-1])
            return
    assert read_label(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    """Nothing that a model may write raises anything."""
    assert read_label(text) in (None, *STRENGTHS)


def test_a_long_reply_is_read_from_its_end():
    """Hostile length costs no minutes, and the verdict stands at the end."""
    assert read_label("[" * 1_000_000 + "[[B>>A]]") == "B>>A"
