"""Grading by a rubric: a model reads question, rubric and answer and gives a score from 0 to 1.

The judge's cost is booked on the grading account under the role "grader". A verdict that cannot be read is asked for
once more; then the grader has failed, and says so: no score is made up. The judge sees the item's reference answer,
where there is one, as part of the rubric, and never which system wrote the answer.
"""

from escalade.answers import without_reasoning
from escalade.core.errors import Failure
from escalade.core.grade import Grade, Outcome
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.gates.asked_twice import asked_twice, worst_of_two
from escalade.gates.judge import read_verdict
from escalade.gates.reading import Scored
from escalade.ledger.span import Span
from escalade.models.protocol import Model
from escalade.models.structure import Worst, structure_of
from escalade.prompts import Template, template
from escalade.tasks.grader import unread
from escalade.tasks.protocol import Item

RUBRIC = "rubric"
"""The key of an item's own rubric in `Item.private`."""


class RubricGrader:
    """`judge` marks each answer by the item's rubric, or by `rubric` where the item has none."""

    metric = "score"
    pays = True

    def __init__(
        self, judge: Model, rubric: str = "", *, prompt: Template | None = None, again: Template | None = None
    ) -> None:
        self._judge = judge
        self._rubric = rubric
        self._prompt = prompt or template("rubric")
        self._again = again or template("rubric_again")

    @property
    def fingerprint(self) -> str:
        words = f"{self._prompt.fingerprint} {self._again.fingerprint}"
        return f"rubric-2 {words} {structure_of(self._judge).fingerprint} {self._rubric}"

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        answer = without_reasoning(reply.text).strip()
        if not answer:
            return unread(reply)
        text = self._prompt.fill(question="\n\n".join(item.turns), rubric=self._rubric_of(item), answer=answer)
        request = Request((Message("user", text),), item=item.id, labels=item.labels)
        heard = await asked_twice(self._judge, request, span, "grader", read=read_verdict, again=self._again)
        if isinstance(heard.last, Failure):
            return _failed(f"{heard.last.error.code}: {heard.last.error}")
        return _graded(heard.said) if heard.said else _failed("no score could be read in two replies of the judge")

    def worst(self, item: Item, answer_tokens: int) -> Worst:
        """Two calls: the second quotes the first one's reply."""
        known = (self._prompt.text, *item.turns, self._rubric_of(item))
        prompt = sum(len(text.encode()) for text in known) + answer_tokens
        return worst_of_two(self._judge, prompt, self._again, 0)

    async def close(self) -> None:
        return

    def _rubric_of(self, item: Item) -> str:
        rubric = str(item.private.get(RUBRIC) or self._rubric)
        return f"{rubric}\n\nReference answer: {item.gold}" if item.gold else rubric


def _graded(scored: Scored) -> Grade:
    outcome: Outcome = "right" if scored.score == 1 else "wrong" if scored.score == 0 else "partial"
    return Grade(outcome=outcome, score=scored.score, method="rubric", reason=scored.reason)


def _failed(reason: str) -> Grade:
    return Grade(outcome="grader_failed", method="rubric", reason=reason)
