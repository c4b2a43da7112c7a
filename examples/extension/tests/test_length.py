"""The gate: what it accepts, what it says, and the promises of every Gate."""

import pytest
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.gates import matches
from escalade.ledger.span import Span
from escalade.testing import check_gate

from escalade_example.length import Length

QUESTION = Request.of("Say something short.")


async def test_it_keeps_the_promises_of_a_gate():
    """Any text gets a verdict, alone and combined with another gate."""
    await check_gate(Length(10))
    await check_gate(Length(10) & matches("[0-9]"))


@pytest.mark.parametrize(("text", "accept"), [("", False), ("one", True), ("one two three", True), ("1 2 3 4", False)])
async def test_it_accepts_by_the_number_of_words(text, accept):
    """Both bounds are included."""
    verdict = await Length(3).judge(QUESTION, Reply(text=text), Span.root("test"))
    assert verdict.accept is accept


async def test_a_rejection_says_what_to_mend_and_no_score():
    """The next attempt is told the wanted length."""
    verdict = await Length(3).judge(QUESTION, Reply(text="far too many words here"), Span.root("test"))
    assert verdict.reason == "Answer in 1 to 3 words; the answer above has 5."
