"""Mixture of agents: layers of proposers, each shown the answers of the layer before, and an aggregator at the end.

`Mixture([sample(model, 6)], model)` is its variant with one model. Every proposer and the aggregator get the question
as it was asked, with the answers of the layer before, anonymous and in an order of their own. A proposer that fails
is left out; a layer or an aggregator that fails leaves the layer before, whose most frequent answer then stands.
"""

from collections.abc import Sequence

import msgspec

from escalade.core.errors import ConfigError, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates.blind import AROUND_TOKENS, blinded, listed
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of, worst_sum
from escalade.models.together import together
from escalade.prompts import Template, template
from escalade.strategies.fuser import Fuser
from escalade.strategies.panel import note_failures, short_of_budget, usable
from escalade.strategies.sample import distinct
from escalade.strategies.weights import plurality


class Mixture:
    """`layers` of proposers, then `aggregator`. Each layer but the first sees the answers of the one before."""

    def __init__(
        self,
        layers: Sequence[Sequence[Model]],
        aggregator: Model,
        *,
        prompt: Template | None = None,
        name: str = "mixture",
    ) -> None:
        if not layers or not all(layers):
            raise ConfigError("a mixture needs a layer, and each layer a proposer")
        self.name = name
        self.layers = [distinct(layer, "a proposer") for layer in layers]
        self.fuser = Fuser(checked(aggregator, "aggregator"), prompt or template("fuse"))

    async def reply(self, request: Request, span: Span) -> Reply:
        replies: list[Reply] = []
        for number in range(1, len(self.layers) + 1):
            outcomes = await self._layer(number, request, replies, span)
            if replies and not any(isinstance(outcome, Reply) for outcome in outcomes):
                note_failures(outcomes, span)
                why = "budget" if short_of_budget(outcomes) else f"layer {number} failed"
                return self._standing(request, replies, why, span)
            replies = usable(outcomes, span)
            if short_of_budget(outcomes):
                return self._standing(request, replies, "budget", span)
        aggregated = await self.fuser.written(request, _shown(request, replies, "aggregator", span), span)
        if isinstance(aggregated, Failure):
            why = "budget" if short_of_budget([aggregated]) else "aggregator failed"
            return self._standing(request, replies, why, span)
        return self._final(aggregated, replies, "aggregated", span)

    async def _layer(self, number: int, request: Request, before: list[Reply], span: Span) -> list[Reply | Failure]:
        asked = []
        for place, proposer in enumerate(self.layers[number - 1], 1):
            at = f"{number}.{place}"
            prompt = self.fuser.prompt.around(request, answers=_shown(request, before, at, span)) if before else request
            asked.append(ask(proposer, prompt, span, place=at))
        return await together(asked)

    def _standing(self, request: Request, replies: list[Reply], why: str, span: Span) -> Reply:
        return self._final(replies[plurality(replies, request.expects)], replies, why, span)

    def _final(self, reply: Reply, replies: list[Reply], why: str, span: Span) -> Reply:
        span.note("stopped", why=why)
        return msgspec.structs.replace(reply, candidates=tuple(replies), members=len(self.layers[-1]), stopped=why)

    def structure(self) -> Structure:
        proposers = [
            Part("worker", structure_of(proposer), level=number)
            for number, layer in enumerate(self.layers, 1)
            for proposer in layer
        ]
        settings = {"layers": [len(layer) for layer in self.layers], "prompt": self.fuser.prompt.fingerprint}
        return Structure("mixture", self.name, settings, (*proposers, self.fuser.part()))

    def worst(self, prompt_tokens: int) -> Worst:
        total, quoted = Worst(), 0
        for layer in [*self.layers, [self.fuser.by]]:
            asked = worst_sum([worst_of(model, prompt_tokens + quoted) for model in layer])
            quoted = len(self.fuser.prompt.text.encode()) + len(layer) * (asked.output + AROUND_TOKENS)
            total += asked
        return total


def _shown(request: Request, replies: Sequence[Reply], reader: str, span: Span) -> str:
    """The answers of the layer before as that reader sees them."""
    return listed(blinded([reply.text for reply in replies], span.random(f"{request.item}/{reader}")))
