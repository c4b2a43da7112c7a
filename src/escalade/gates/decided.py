"""The gate that asks nobody: it reads the score that a reply brings along from whoever chose it.

A debate that a panel judge decided has been judged already; a second judge would cost a second call and could
contradict the first. A reply that brings no score goes to the gate `otherwise`, without one it is unjudged.
"""

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates.combine import Combinable
from escalade.gates.protocol import LONGEST_REASON, Gate, Verdict, checked_gate, checked_score, verdict_of
from escalade.ledger.span import Span
from escalade.models.structure import Worst


class Decided(Combinable):
    """Accepts replies whose own score is `at_least` so high."""

    def __init__(self, at_least: float = 0.95, *, otherwise: Gate | None = None) -> None:
        self.at_least = checked_score(at_least)
        self.otherwise = None if otherwise is None else checked_gate(otherwise, "otherwise")
        self.name = "decided"

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:
        if reply.score is not None:
            accept = reply.score >= self.at_least
            return Verdict(accept=accept, score=reply.score, reason=reply.reason)
        if self.otherwise is not None:
            return await verdict_of(self.otherwise, request, reply, span)
        return Verdict(accept=None, trouble="the answer brings no score along")

    def structure(self) -> Structure:
        parts = (Part("gate", self.otherwise.structure()),) if self.otherwise is not None else ()
        return Structure("decided", self.name, {"at_least": self.at_least}, parts)

    def worst(self, prompt_tokens: int) -> Worst:
        own = Worst(output=4 * LONGEST_REASON)
        return own + self.otherwise.worst(prompt_tokens) if self.otherwise is not None else own
