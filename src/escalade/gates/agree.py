"""The agreement gate: accept when a large enough share of the members gave the same final answer.

It needs a reply that was chosen from several (a vote's). For any other it has nothing to compare and says "unjudged".
A member that failed or gave no readable answer agrees with nobody.
"""

from escalade.answers import modal
from escalade.core.checked import number
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates.combine import Combinable
from escalade.gates.protocol import Verdict
from escalade.ledger.span import Span
from escalade.models.structure import Worst


class Agree(Combinable):
    def __init__(self, at_least: float = 1.0) -> None:
        self.at_least = number(at_least, "at_least, a share,", None, 1, above=0)
        self.name = "agree"

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (asks nobody)
        if reply.members < 2:
            return Verdict(accept=None, trouble="there is only one answer: nothing to compare")
        groups = modal([candidate.text for candidate in reply.candidates], request.expects)
        share = len(groups[0]) / reply.members if groups else 0.0
        return Verdict(accept=share >= self.at_least, score=share)

    def structure(self) -> Structure:
        return Structure("agree", self.name, {"at_least": self.at_least})

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst()
