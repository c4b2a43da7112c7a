"""The grader: how near is near enough."""

from decimal import Decimal

import pytest
from escalade.core.errors import DataError
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.tasks import Item

from escalade_example.within import Within

ITEM = Item(id="circle", turns=("What is the area of a circle with a radius of 3 m?",), gold="28.274")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Answer: 28.274", "right"),
        ("Answer: 28.28 square metres", "right"),
        (r"That is \boxed{28.3}", "right"),
        ("Answer: 28", "right"),
        ("Answer: 27", "wrong"),
        ("Answer: -28.274", "wrong"),
        ("I cannot tell.", "no_answer"),
    ],
)
async def test_near_answers_are_right(text, outcome):
    """The tolerance is a share of the gold answer."""
    grade = await Within(Decimal("0.01")).grade(ITEM, Reply(text=text), Span.root("grading"))
    assert grade.outcome == outcome


async def test_a_gold_answer_that_is_no_number_is_the_table_s_fault():
    """It is reported, and no reply is blamed for it."""
    with pytest.raises(DataError, match="circle"):
        await Within(Decimal(0)).grade(Item(id="circle", turns=("?",), gold="round"), Reply(text="3"), Span.root("g"))


async def test_no_tolerance_still_takes_equal_values():
    """3/4 and 0.75 are the same number."""
    item = Item(id="share", turns=("?",), gold="0.75")
    grade = await Within(Decimal(0)).grade(item, Reply(text="Answer: 3/4"), Span.root("grading"))
    assert grade.outcome == "right"
