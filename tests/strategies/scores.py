"""A gate that gives the verdicts it is told to, and what strategies are told in return."""

from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates import Verdict
from escalade.ledger.span import Span
from escalade.models.structure import Worst

NUMBER = Expects("number")
QUESTION = Request.of("What is 2 + 2?", expects=NUMBER)
UNJUDGED = None
FEEDBACK = "The second step adds where it should multiply; " * 8 + "see also the last line."


class Scores:
    """Scores answers in the order in which they come, or by their text; `at_least` accepts. None is unjudged."""

    def __init__(
        self, *scores: float | None, at_least: float = 0.9, feedback: str = FEEDBACK, error: str = "", **by_text: float
    ) -> None:
        self.name = "scores"
        self.seen: list[str] = []
        self._scores = list(scores)
        self._by_text = by_text
        self._at_least = at_least
        self._feedback = feedback
        self._error = error

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (asks nobody)
        self.seen.append(reply.text)
        score = self._by_text[reply.text] if self._by_text else self._scores.pop(0)
        if score is None:
            return Verdict(accept=None, gate=self.name, trouble="the judge failed", error=self._error)
        reason = f"{reply.text}? {self._feedback}" if self._feedback else ""
        return Verdict(accept=score >= self._at_least, score=score, reason=reason, gate=self.name)

    def structure(self) -> Structure:
        return Structure("scores", self.name, {"at_least": self._at_least})

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst()


def notes(span: Span, kind: str) -> list[dict]:
    """Every note of a kind in the tree of spans."""
    return [note for each in span.ledger.spans for note in each.notes if note["kind"] == kind]
