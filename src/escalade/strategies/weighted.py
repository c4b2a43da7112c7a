"""Weighted vote: members answer independently, and the final answer whose voters weigh most wins.

The weights are log-odds: of accuracies measured elsewhere, or of the confidence that each member states when it is
asked to. Members that failed or cannot be read have no vote; no vote is made up for them.
"""

from collections.abc import Sequence

import msgspec

from escalade.core.checked import able
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.prompts import Template, template
from escalade.strategies.panel import Panel, short_of_budget, usable
from escalade.strategies.weights import Weights, heaviest, unstated


class WeightedVote:
    """The answer of `members` with the greatest weight. The reply is that of the earliest member who gave it."""

    def __init__(
        self, members: Sequence[Model], weights: Weights, *, prompt: Template | None = None, name: str = "weighted_vote"
    ) -> None:
        self.name = name
        self.panel = Panel(members)
        self.weights = able(weights, "settings", "weights, such as Measured((0.8, 0.7)),")
        weights.check(len(self.panel.members))
        self._prompt = prompt or template("confidence")

    async def reply(self, request: Request, span: Span) -> Reply:
        asked = self._prompt.around(request) if self.weights.stated else request
        outcomes = await self.panel.ask(asked, span)
        replies = [unstated(reply, asked=self.weights.stated) for reply in usable(outcomes, span)]
        answered = [(member, outcome) for member, outcome in enumerate(outcomes) if isinstance(outcome, Reply)]
        weights = [self.weights.of(member, reply) for member, reply in answered]
        winner, totals = heaviest(replies, weights, request.expects)
        span.note("vote", counts=totals, asked=len(outcomes), answered=len(replies), weights=weights)
        stopped = "budget" if short_of_budget(outcomes) else "weighted" if totals else "unreadable"
        return msgspec.structs.replace(
            replies[winner], candidates=tuple(replies), members=len(outcomes), stopped=stopped
        )

    def structure(self) -> Structure:
        prompt = {"prompt": self._prompt.fingerprint} if self.weights.stated else {}
        return Structure("weighted_vote", self.name, self.weights.settings() | prompt, self.panel.parts())

    def worst(self, prompt_tokens: int) -> Worst:
        asked = len(self._prompt.text.encode()) if self.weights.stated else 0
        return self.panel.worst(prompt_tokens + asked)
