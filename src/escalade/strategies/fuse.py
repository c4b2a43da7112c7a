"""Fuse: members answer independently, and another model writes one answer from all of theirs.

The fuser sees the answers without names and in an order drawn for the question. If only one member answered there is
nothing to fuse; if the fuser fails, the answer that most members give stands, and the reply says so.
"""

from collections.abc import Sequence

import msgspec

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.prompts import Template, template
from escalade.strategies.fuser import Fuser
from escalade.strategies.panel import Panel, short_of_budget, usable
from escalade.strategies.weights import plurality

_AROUND = "<answer>\n{}\n</answer>"
"""Without an id: a fuser has no answer to name."""
_BETWEEN = "\n\n"


class Fuse:
    """One answer that `by` writes from the answers of `members`."""

    def __init__(
        self, members: Sequence[Model], by: Model, *, prompt: Template | None = None, name: str = "fuse"
    ) -> None:
        self.name = name
        self.panel = Panel(members)
        self.fuser = Fuser(checked(by, "by"), prompt or template("fuse"))

    async def reply(self, request: Request, span: Span) -> Reply:
        outcomes = await self.panel.ask(request, span)
        members, replies = len(outcomes), usable(outcomes, span)
        chosen, stopped = replies[0], "only one answer"
        if len(replies) > 1:
            shuffled = list(replies)
            span.random(request.item).shuffle(shuffled)
            fused = await self.fuser.written(request, _BETWEEN.join(_AROUND.format(r.text) for r in shuffled), span)
            outcomes.append(fused)
            if isinstance(fused, Reply):
                chosen, stopped = fused, "fused"
            else:
                chosen, stopped = replies[plurality(replies, request.expects)], "fuser failed"
        if short_of_budget(outcomes):
            stopped = "budget"
        return msgspec.structs.replace(chosen, candidates=tuple(replies), members=members, stopped=stopped)

    def structure(self) -> Structure:
        settings = {"prompt": self.fuser.prompt.fingerprint}
        return Structure("fuse", self.name, settings, (*self.panel.parts(), self.fuser.part()))

    def worst(self, prompt_tokens: int) -> Worst:
        panel = self.panel.worst(prompt_tokens)
        quoted = len(self.panel.members) * (panel.output + len(_AROUND) + len(_BETWEEN))
        return panel + self.fuser.worst(prompt_tokens, quoted)
