"""Briefest: members answer independently; of the texts with the most frequent final answer, the shortest is returned.

For readers who pay by attention. A member that fails or cannot be read is left aside and never sinks the question.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from escalade.answers import modal
from escalade.config.plugins import MembersRef, Path, Spec
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.strategies.panel import Panel, short_of_budget, usable
from pydantic import Field

if TYPE_CHECKING:
    from escalade.config.build import Builder


class Briefest:
    """The shortest of the texts that agree. Where no final answer can be read in any of them, the shortest of all."""

    def __init__(self, members: Sequence[Model], *, name: str = "briefest") -> None:
        self.name = name
        self.panel = Panel(members)

    async def reply(self, request: Request, span: Span) -> Reply:
        outcomes = await self.panel.ask(request, span)
        replies = usable(outcomes, span)
        groups = modal([reply.text for reply in replies], request.expects)
        agreeing = [replies[place] for place in groups[0]] if groups else replies
        shortest = min(agreeing, key=lambda reply: len(reply.text))
        span.note("briefest", agreeing=len(agreeing), asked=len(outcomes), characters=len(shortest.text))
        return msgspec.structs.replace(
            shortest,
            candidates=tuple(replies),
            members=len(outcomes),
            stopped="budget" if short_of_budget(outcomes) else "majority" if groups else "unreadable",
        )

    def structure(self) -> Structure:
        return Structure("briefest", self.name, parts=self.panel.parts())

    def worst(self, prompt_tokens: int) -> Worst:
        return self.panel.worst(prompt_tokens)


class BriefestSpec(Spec):
    """The shortest of the answers that agree."""

    briefest: MembersRef = Field(description="who answers")

    def build(self, builder: "Builder", path: Path, name: str) -> Model:
        return Briefest(builder.members(self.briefest, (*path, "briefest")), name=name or "briefest")
