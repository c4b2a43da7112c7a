"""Vote: members answer independently, and the final answer that most of them gave wins.

Answers are compared as they are read from the texts. A tie goes to the answer that the gate scores highest, without a
gate to the earliest member. Members that failed or cannot be read have no vote, and never sink the question.
"""

from collections.abc import Sequence

import msgspec

from escalade.answers import modal
from escalade.core.errors import BudgetExceeded
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates import Gate, decide
from escalade.gates.protocol import checked_gate
from escalade.ledger.span import Span
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.strategies.panel import Panel, short_of_budget, usable


class Vote:
    """The modal answer of `members`. The reply is that of the earliest member who gave it, its peers as candidates."""

    def __init__(self, members: Sequence[Model], *, tie: Gate | None = None, name: str = "vote") -> None:
        self.name = name
        self.panel = Panel(members)
        self.tie = None if tie is None else checked_gate(tie, "tie")

    async def reply(self, request: Request, span: Span) -> Reply:
        outcomes = await self.panel.ask(request, span)
        replies = usable(outcomes, span)
        groups = modal([reply.text for reply in replies], request.expects)
        span.note("vote", counts=[len(group) for group in groups], asked=len(outcomes), answered=len(replies))
        leaders = [group for group in groups if len(group) == len(groups[0])]
        if len(leaders) > 1:
            winner, stopped = await self._tied(leaders, replies, request, span)
        else:
            winner, stopped = (leaders[0][0], "majority") if leaders else (0, "unreadable")
        return msgspec.structs.replace(
            replies[winner],
            candidates=tuple(replies),
            members=len(outcomes),
            stopped="budget" if short_of_budget(outcomes) else stopped,
        )

    async def _tied(
        self, leaders: list[list[int]], replies: list[Reply], request: Request, span: Span
    ) -> tuple[int, str]:
        """Who wins the tie, and whether a budget had a part in it."""
        earliest, stopped = min(group[0] for group in leaders), "tie"
        if self.tie is None:
            return earliest, stopped
        scores: list[tuple[float, int]] = []
        for group in leaders:
            verdict = await decide(self.tie, request, replies[group[0]], span, place=group[0] + 1)
            if verdict.score is not None:
                scores.append((-verdict.score, group[0]))
            elif verdict.error == BudgetExceeded.code:
                stopped = "budget"
        return (min(scores)[1] if scores else earliest), stopped

    def structure(self) -> Structure:
        gate = (Part("gate", self.tie.structure(), times=len(self.panel.members)),) if self.tie is not None else ()
        return Structure("vote", self.name, parts=(*self.panel.parts(), *gate))

    def worst(self, prompt_tokens: int) -> Worst:
        """Every member answers, and where all differ every answer is judged."""
        answers = self.panel.worst(prompt_tokens)
        if self.tie is None:
            return answers
        verdict = self.tie.worst(prompt_tokens + answers.output)
        return (answers + verdict.times(len(self.panel.members))).writing(answers.output)
