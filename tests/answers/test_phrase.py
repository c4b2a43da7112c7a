"""Reading short answers in words."""

import pytest

from escalade.answers import canonical, read, same
from escalade.core.messages import Expects

PHRASE = Expects("phrase")


@pytest.mark.parametrize(
    "text",
    [
        "Paris",
        " paris. ",
        "**Paris**",
        '"Paris."',
        "\N{LEFT DOUBLE QUOTATION MARK}Paris\N{RIGHT DOUBLE QUOTATION MARK}",
        "It is the capital of France.\n\nAnswer: Paris",
        "The answer is **Paris**.",
        "Final answer:\n\nParis",
        "France has many cities.\nParis",
        "Answer: Paris\n\nQuestion: What of Spain?\nAnswer: Madrid",
    ],
)
def test_the_declared_answer_or_the_last_line_is_read(text: str) -> None:
    """The answer as a declaration or a line of its own, whatever its wrapping."""
    answer = read(text, PHRASE)
    assert answer is not None
    assert answer.value == "paris"
    assert same(answer.value, "Paris", PHRASE)


@pytest.mark.parametrize("text", ["It is Paris", "The answer is not Paris.", "Paris or Rome", "Paris\nI think."])
def test_nothing_is_picked_from_a_sentence(text: str) -> None:
    """A sentence that holds the right words is not the right answer."""
    answer = read(text, PHRASE)
    assert answer is not None
    assert not same(answer.value, "Paris", PHRASE)


@pytest.mark.parametrize("gold", ["The answer is 42", "*", "U.S.", '"', "Is the answer: yes"])
def test_any_right_answer_equals_itself_in_a_reply(gold: str) -> None:
    """A right answer that looks like a declaration, or is nothing but wrapping, is found in a reply that repeats it."""
    answer = read(gold, PHRASE)
    assert answer is not None
    assert same(answer.value, gold, PHRASE)
    assert canonical(gold, PHRASE)


@pytest.mark.parametrize("text", ["", " \n", "<think>Paris"])
def test_no_text_no_answer(text: str) -> None:
    """An empty reply, and one that is reasoning throughout, have no answer."""
    assert read(text, PHRASE) is None
