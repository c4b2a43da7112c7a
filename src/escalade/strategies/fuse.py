"""Fuse: members answer independently, and another model writes one answer from all of theirs.

The fuser sees the answers without names and in an order drawn for the question. If only one member answered there is
nothing to fuse; if the fuser fails, the earliest member's answer stands and the reply says so.
"""

from collections.abc import Sequence

import msgspec

from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Part, Structure, Worst, structure_of, worst_of
from escalade.prompts import Template, template
from escalade.strategies.panel import Panel, short_of_budget, usable

_AROUND = "<answer>\n{}\n</answer>"


class Fuse:
    """One answer that `by` writes from the answers of `members`."""

    def __init__(
        self, members: Sequence[Model], by: Model, *, prompt: Template | None = None, name: str = "fuse"
    ) -> None:
        self.name = name
        self.panel = Panel(members)
        self.by = checked(by, "by")
        self._prompt = prompt or template("fuse")

    async def reply(self, request: Request, span: Span) -> Reply:
        outcomes = await self.panel.ask(request, span)
        replies = usable(outcomes, span)
        short = short_of_budget(outcomes)
        if len(replies) == 1:
            return self._chosen(replies[0], replies, len(outcomes), "budget" if short else "only one answer")
        shuffled = list(replies)
        span.random(request.item).shuffle(shuffled)
        listed = "\n\n".join(_AROUND.format(reply.text) for reply in shuffled)
        prompt = self._prompt.fill(question=request.messages[-1].content, answers=listed)
        outcome = await ask(self.by, request.saying(prompt), span, "fuser")
        if isinstance(outcome, Failure):
            span.note("failed", path=outcome.path, error=outcome.error.code, message=str(outcome.error))
            why = "budget" if short or isinstance(outcome.error, BudgetExceeded) else "fuser failed"
            return self._chosen(replies[0], replies, len(outcomes), why)
        return self._chosen(outcome, replies, len(outcomes), "budget" if short else "fused")

    @staticmethod
    def _chosen(reply: Reply, replies: list[Reply], asked: int, stopped: str) -> Reply:
        return msgspec.structs.replace(reply, candidates=tuple(replies), asked=asked, stopped=stopped)

    def structure(self) -> Structure:
        fuser = Part("fuser", structure_of(self.by))
        return Structure("fuse", self.name, {"prompt": self._prompt.fingerprint}, (*self.panel.parts(), fuser))

    def worst(self, prompt_tokens: int) -> Worst:
        panel = self.panel.worst(prompt_tokens)
        quoted = len(self.panel.members) * (panel.output + len(_AROUND) + len("\n\n"))
        return panel + worst_of(self.by, prompt_tokens + quoted + len(self._prompt.text.encode()))
