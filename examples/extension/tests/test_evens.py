"""The task: its questions and their right answers."""

import re

from escalade.core.reply import Reply
from escalade.ledger.span import Span

from escalade_example.evens import Evens


async def test_the_right_answer_is_the_number_of_even_numbers():
    """Checked against the text of every question."""
    for item in await Evens(50).items():
        listed = item.turns[0].partition(":")[2].partition("?")[0]
        assert int(item.gold) == len(re.findall(r"[02468]\b", listed))


async def test_the_seed_decides_the_questions():
    """Equal seeds make equal tasks, other seeds others."""
    assert await Evens(10, seed=1).items() == await Evens(10, seed=1).items()
    assert Evens(10, seed=1).fingerprint != Evens(10, seed=2).fingerprint


async def test_the_gold_answer_is_no_part_of_the_request():
    """What a system sees is the question, its form and its labels."""
    item = (await Evens(1).items())[0]
    assert set(item.request().labels) == {"category"}


async def test_a_reply_is_graded_by_its_number():
    """However it is put."""
    task = Evens(1)
    item = (await task.items())[0]
    grade = await task.grade(item, Reply(text=f"Counting gives\nAnswer: {item.gold}.0"), Span.root("grading"))
    assert grade.outcome == "right"
