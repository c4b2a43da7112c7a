"""Grading by a pattern: `re.search` on the whole reply, and no end is the grader's failure."""

import asyncio
import json
import re
import time
from pathlib import Path

import pytest

from escalade.core.errors import DataError
from escalade.core.reply import Reply
from escalade.tasks import Table
from escalade.tasks.match import RegexGrader

ENDLESS = r"(\w+\s?)+$!"


@pytest.mark.parametrize("gold", [r"\bblue\b", r"^The", r"sky\.$", r"(?i)BLUE|red", r"gr[ae]y", r"\d+", r"^sky"])
@pytest.mark.parametrize("text", ["The sky is blue.\nSo the sky.", "The " + "very " * 10_000 + "grey 1 sky."])
async def test_grade_is_that_of_re(span, item, reply, gold, text):
    """Right exactly where `re.search` finds the pattern, at both ends of long replies too, with what it found."""
    grade = await RegexGrader().grade(item(gold), reply(text), span)
    match = re.search(gold, text)
    expected = ("right", 1.0, match[0]) if match else ("wrong", 0.0, "")
    assert (grade.outcome, grade.score, grade.answer) == expected
    assert (grade.method, grade.reason) == ("regex", "")


async def test_endless_pattern_is_the_grader_s_failure(span, item, reply):
    """Neither right nor wrong, with pattern and remedy; honest patterns beside it are graded meanwhile."""
    grader = RegexGrader()
    texts = [reply(f"the answer is {number} as it has always been everywhere") for number in range(50)]
    grades = await asyncio.gather(
        grader.grade(item(ENDLESS), texts[0], span), *(grader.grade(item(r"is \d+"), text, span) for text in texts)
    )
    assert grades[0].outcome == "grader_failed"
    assert f"the pattern {ENDLESS} was cut" in grades[0].reason
    assert "without repeats inside repeats" in grades[0].reason
    assert {grade.outcome for grade in grades[1:]} == {"right"}


async def test_gradings_are_cheap(span, item, reply):
    """A thousand gradings take far less than a second of this process's time."""
    grader, text = RegexGrader(), reply("the answer is 42. " * 100)
    await grader.grade(item(r"\d+"), text, span)
    started = time.process_time()
    await asyncio.gather(*(grader.grade(item(r"is\s+\d+"), text, span) for _ in range(1000)))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("gold", "message"),
    [("(" * 4000 + ")" * 4000, "nested too deeply"), ("a" * 1_000_000, "too long"), ("a**", "multiple repeat")],
    ids=["deep", "a megabyte", "repeated repeat"],
)
async def test_bad_patterns_are_named_by_line(tmp_path: Path, gold: str, message: str) -> None:
    """A pattern that cannot be used is an error with its line when the table is read."""
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"question": q, "answer": a}) + "\n" for q, a in (("a", "b"), ("b", gold))))
    with pytest.raises(DataError, match=rf"mine\.jsonl, line 2: .*{message}"):
        await Table(path, "regex").items()


async def test_reply_without_text_is_no_answer(span, item):
    """A pattern that matches nothing at all finds no answer in an empty reply."""
    assert (await RegexGrader().grade(item(r"\A"), Reply(text=" "), span)).outcome == "no_answer"
