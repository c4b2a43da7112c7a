"""Grading by a rubric with a model as judge."""

from collections.abc import Callable

import pytest

from escalade.core.errors import EscaladeError, ServerFailed
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.prompts import Template
from escalade.tasks import Item, RubricGrader


class Judge:
    """Says what it was given, in order, and remembers what it was asked."""

    name = "judge"

    def __init__(self, *says: str | EscaladeError) -> None:
        self.says = list(says)
        self.asked: list[Request] = []

    async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (the protocol's)
        self.asked.append(request)
        said = self.says.pop(0)
        if isinstance(said, EscaladeError):
            raise said
        return Reply(text=said)


ITEM = Item(id="q", turns=("Why is the sky blue?",), private={"rubric": "Names Rayleigh."})


@pytest.mark.parametrize(
    ("score", "outcome"), [("1", "right"), ("0", "wrong"), ("0.5", "partial"), ('"90%"', "partial")]
)
async def test_score_becomes_a_grade(span: Span, score: str, outcome: str) -> None:
    """A score of 1 is right, of 0 wrong, between them partial, with the judge's reason."""
    judge = Judge(f'{{"reason": "scattering", "score": {score}}}')
    grade = await RubricGrader(judge).grade(ITEM, Reply(text="Rayleigh."), span)
    assert (grade.outcome, grade.reason) == (outcome, "scattering")
    assert (grade.score == 1) == (outcome == "right")


async def test_judge_sees_question_rubric_and_answer(span: Span) -> None:
    """The prompt holds all that is to be marked, without the reasoning; the call has the grader's role."""
    judge = Judge('{"reason": "", "score": 1}')
    item = Item(id="q", turns=ITEM.turns, gold="scattering of light", private=ITEM.private)
    await RubricGrader(judge, "unused").grade(item, Reply(text="<think>hm</think>Rayleigh."), span)
    prompt = judge.asked[0].messages[0].content
    assert all(part in prompt for part in ("Why is the sky blue?", "Names Rayleigh.", "scattering of light"))
    assert "<answer>\nRayleigh.\n</answer>" in prompt
    assert span.ledger.spans[-1].role == "grader"


async def test_unreadable_verdict_is_asked_for_once_more(span: Span) -> None:
    """After one re-ask a readable verdict counts; after two unreadable ones the grader has failed."""
    judge = Judge("Splendid!", '{"reason": "", "score": 0.25}')
    grade = await RubricGrader(judge, "Is short.").grade(ITEM, Reply(text="Rayleigh."), span)
    assert (grade.outcome, grade.score) == ("partial", 0.25)
    assert judge.asked[1].messages[1].content == "Splendid!"
    grade = await RubricGrader(Judge("Splendid!", "Really!")).grade(ITEM, Reply(text="Rayleigh."), span)
    assert (grade.outcome, grade.score) == ("grader_failed", 0.0)


async def test_failing_judge_is_the_grader_s_failure(span: Span) -> None:
    """A judge that cannot be reached gives no grade and raises nothing."""
    grade = await RubricGrader(Judge(ServerFailed("down"))).grade(ITEM, Reply(text="Rayleigh."), span)
    assert (grade.outcome, grade.reason) == ("grader_failed", "server: down")


async def test_empty_reply_costs_nothing(span: Span, reply: Callable[..., Reply]) -> None:
    """A reply with nothing but reasoning is not shown to the judge."""
    judge = Judge()
    grade = await RubricGrader(judge).grade(ITEM, reply("<think>hm"), span)
    assert grade.outcome == "no_answer"
    assert judge.asked == []


def test_fingerprint_follows_rubric_and_words() -> None:
    """Another rubric is another grader, and so are other words, of the second question too."""
    terse = Template("rubric_again", "A score, please.", "mine")
    graders = [
        RubricGrader(Judge(), "a"),
        RubricGrader(Judge(), "b"),
        RubricGrader(Judge(), "a", prompt=Template("rubric", "${question} ${rubric} ${answer}", "mine")),
        RubricGrader(Judge(), "a", again=terse),
    ]
    assert len({grader.fingerprint for grader in graders}) == len(graders)


async def test_second_question_can_be_put_otherwise(span: Span) -> None:
    """Its words are a prompt like the first one's."""
    judge = Judge("Splendid!", '{"reason": "", "score": 1}')
    await RubricGrader(judge, again=Template("rubric_again", "A score!", "mine")).grade(ITEM, Reply(text="4"), span)
    assert judge.asked[1].messages[2].content == "A score!"
