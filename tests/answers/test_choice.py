"""Reading which option a reply chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import Answer, read, same
from escalade.core.messages import Expects

TEN = Expects("choice", tuple("ABCDEFGHIJ"))
DECLARED = "last declaration"


@pytest.mark.parametrize(
    "text",
    [
        "The answer is (C).",
        "Answer: C",
        "**Answer:** (C)",
        "**Answer**: C",
        "answer is: $\\boxed{C}$",
        "ANSWER: C",
        "final answer: C",
        "Final Answer: **C. Because of the tide**",
        "The correct option is (C)",
        "The best choice is: C",
        "The answer is \\(\\boxed{\\textbf{(C)}}\\).",
        "So \\boxed{\\text{C}} it is",
        "The answer is therefore (C)",
        "the answer, then, is option C.",
        "The answer would be (C)",
        "Answer:\n\n(C)",
        "the answer is (c)",
        "Answer: \u201cC\u201d",
        "Some thoughts.\n\n**C**",
        "C",
        "(C)",
        "C) forty-two",
        "Option B is wrong; (C) is the correct answer",
        "The answer is not listed, but the closest one is (C).",
        "The answer is (A)? No: the answer is (C).",
        "The answer is (C). (A) ignores the tide and B is wrong.",
    ],
)
def test_declared_choice_is_read(text: str) -> None:
    """Each usual way of declaring C is read as C."""
    answer = read(text, TEN)
    assert answer is not None
    assert answer.value == "C"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Answer: AB",
        "The answer is a prime number.",
        "The answer is A prime number.",
        "Answer: I think that nobody knows",
        "Answer: I'm not sure",
        "The answer is A-shaped",
        "The answer is (A) or (B)",
        "The answer is A and B",
        "The answer is (A), (B), and (C)",
        "The answer is not (A)",
        "The answer is (Cannot be determined)",
        "The answer is (K)",
        "Answer choices:\nA) ebb\nB) flood",
        "Options A and B look plausible, C does not.",
        "I think so",
    ],
)
def test_no_letter_is_guessed(text: str) -> None:
    """A text that declares no single option on offer has no answer."""
    assert read(text, TEN) is None


def test_last_of_many_declarations_counts() -> None:
    """A reply that first answers worked examples is read at its end."""
    text = "".join(f"The answer is ({letter}).\n\n" for letter in "ADAGHF")
    assert read(text, TEN) == Answer("F", DECLARED, "F")


def test_an_invented_next_question_is_not_read() -> None:
    """What follows a declared answer under a new heading "Question:" is another question's."""
    text = "Tides.\nThe answer is (B).\n\nQuestion: How high?\nAnswer: Let's see. The answer is (D)."
    assert read(text, TEN) == Answer("B", DECLARED, "B")


def test_the_question_repeated_before_the_answer_hides_nothing() -> None:
    """A heading "Question:" before any declaration is the model's own repetition of the question."""
    assert read("Question: how high?\nQuestion: again?\nThe answer is (D).", TEN) == Answer("D", DECLARED, "D")


def test_later_of_box_and_declaration_counts() -> None:
    """A box and a declaration are equals: the later one counts."""
    assert read("\\boxed{A} at first, but the answer is (B)", TEN) == Answer("B", DECLARED, "B")
    assert read("the answer is (B), no: $\\boxed{A}$", TEN) == Answer("A", "boxed", "A")


def test_declaration_beats_statement() -> None:
    """A remark about an option does not override a declared answer."""
    assert read("The answer is (B).\nThe second best option is (D).", TEN) == Answer("B", DECLARED, "B")


def test_letter_must_be_on_offer() -> None:
    """With four options, F is no answer."""
    assert read("The answer is (F).", Expects("choice", tuple("ABCD"))) is None


def test_choices_may_be_words() -> None:
    """Words on offer are read in any case and spelt as offered."""
    answer = read("Final answer: **YES**", Expects("choice", ("yes", "no")))
    assert answer is not None
    assert answer.value == "yes"
    assert read("Answer: yesterday", Expects("choice", ("yes", "no"))) is None


def test_no_choices_no_answer() -> None:
    """Without options nothing can be chosen."""
    assert read("Answer: A", Expects("choice")) is None


@pytest.mark.parametrize(("a", "b"), [("C", "(c)"), ("C", " C. "), ("B", "**B**")])
def test_same_letter(a: str, b: str) -> None:
    """Letters are the same in any wrapping."""
    assert same(a, b, TEN)


@given(st.sampled_from("ABCDEFGHIJ"), st.text(max_size=200), st.sampled_from(["({})", "{}", "**{}**", "${}$"]))
def test_final_declaration_wins_over_any_text_before_it(letter: str, before: str, form: str) -> None:
    """Whatever was written before, a declaration on the last line is the answer."""
    text = before.replace("<", "") + "\nThe answer is " + form.format(letter) + "."
    if "answer" not in before.casefold():
        answer = read(text, TEN)
        assert answer is not None
        assert answer.value == letter
