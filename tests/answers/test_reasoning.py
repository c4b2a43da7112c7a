"""What is not part of the answer is dropped."""

import pytest

from escalade.answers import modal, read, without_reasoning
from escalade.core.messages import Expects


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no tags", "no tags"),
        ("a < b", "a < b"),
        ("<think>hm</think>yes", "yes"),
        ("<think>hm", ""),
        ("hm</think>yes", "yes"),
        ("so: <THINK>hm</THINK>yes", "so: yes"),
        ("<think>a<think>b</think>c</think>d", "d"),
        ("<reasoning>x</reasoning>1<thinking>y</thinking>2", "12"),
        ("yes <think>but", "yes "),
        ("<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>yes", "yes"),
    ],
)
def test_reasoning_is_dropped(text: str, kept: str) -> None:
    """Closed, unopened and unclosed blocks of reasoning go."""
    assert without_reasoning(text) == kept


def test_answers_within_reasoning_are_none() -> None:
    """A letter declared while thinking aloud is no answer."""
    four = Expects("choice", tuple("ABCD"))
    assert read("<think>The answer is (A)", four) is None
    assert read("The answer is (A)</think>Who knows.", four) is None


def test_free_text_is_read_without_reasoning() -> None:
    """The free form's answer is all that is not reasoning, None where nothing is."""
    answer = read("<think>hm</think> Blue. ", Expects())
    assert answer is not None
    assert (answer.value, answer.said) == ("blue", "Blue.")
    assert read("<think>hm</think> ", Expects()) is None


def test_modal_groups_by_answer() -> None:
    """The largest group comes first, the earlier one among equals; texts without an answer are in none."""
    texts = ["Answer: 2", "Answer: 1/2", "Answer: 0.5", "no", "Answer: 7"]
    assert modal(texts, Expects("number")) == [[1, 2], [0], [4]]
