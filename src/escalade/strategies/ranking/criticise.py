"""Criticise: one model says of every candidate what is strong and what is weak in it. It drops none and orders none."""

from collections.abc import Sequence

import msgspec

from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Request
from escalade.core.structure import Part
from escalade.gates.blind import AROUND_TOKENS, blinded, listed
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.prompts import Template, template
from escalade.strategies.debate.critiques import addressed
from escalade.strategies.panel import note_failures
from escalade.strategies.ranking.pipeline import Bound, Candidate, StageResult


class Criticise:
    """Asks `model` once, about all candidates."""

    def __init__(self, model: Model, *, prompt: Template | None = None) -> None:
        self.model = checked(model, "a critic's model")
        self._prompt = prompt or template("appraise")

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        view = blinded([c.reply.text for c in candidates], span.random(f"{request.item}/{place}"))
        prompt = self._prompt.around(request, answers=listed(view))
        asked = msgspec.structs.replace(prompt, response_schema=None, tools=())
        outcome = await ask(self.model, asked, span, "critic", place=place)
        if isinstance(outcome, Failure):
            note_failures([outcome], span)
            short = isinstance(outcome.error, BudgetExceeded)
            return StageResult(candidates=tuple(candidates), stopped="critic failed", short=short)
        said = addressed(outcome.text, [one.id for one in view])
        by_place = {one.place: said.get(one.id, "") for one in view}
        criticised = tuple(Candidate(c.reply, by_place[number]) for number, c in enumerate(candidates))
        return StageResult(candidates=criticised, stopped="criticised")

    def parts(self) -> tuple[Part, ...]:
        return (Part("critic", structure_of(self.model)),)

    def described(self) -> str:
        return "criticise"

    def prompts(self) -> list[str]:
        return [self._prompt.fingerprint]

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        words = len(self._prompt.text.encode()) + given.candidates * (given.output + AROUND_TOKENS)
        worst = worst_of(self.model, prompt_tokens + words)
        return worst, Bound(given.candidates, given.output, worst.output)
