"""Fuse what is left after ranking: a model writes one answer from the candidates and from what critics said of them."""

from collections.abc import Sequence

from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Request
from escalade.gates.blind import AROUND_TOKENS, blinded, listed
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Part, Worst, structure_of, worst_of
from escalade.prompts import Template, template
from escalade.strategies.panel import note_failures
from escalade.strategies.ranking.pipeline import Bound, Candidate, Outcome

_REMARK = "\n<feedback>\n{}\n</feedback>"


class FuseRanked:
    """Asks `by` for one answer. If it fails the candidates stay as they are, the best first."""

    def __init__(self, by: Model, *, prompt: Template | None = None) -> None:
        self.by = by
        self._prompt = prompt or template("fuse")

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> Outcome:
        if len(candidates) == 1:
            return Outcome(candidates=tuple(candidates), stopped="only one answer")
        view = blinded([c.reply.text for c in candidates], span.random(f"{request.item}/{place}"))
        answers = "\n\n".join(
            listed([one]) + (_REMARK.format(said) if (said := candidates[one.place].critique) else "") for one in view
        )
        words = self._prompt.fill(question=request.messages[-1].content, answers=answers)
        outcome = await ask(self.by, request.saying(words), span, "fuser", place=place)
        if isinstance(outcome, Failure):
            note_failures([outcome], span)
            short = isinstance(outcome.error, BudgetExceeded)
            return Outcome(candidates=tuple(candidates), stopped="fuser failed", short=short)
        return Outcome(candidates=(Candidate(outcome),), stopped="fused")

    def part(self) -> tuple[Part, ...]:
        return (Part("fuser", structure_of(self.by)),)

    def described(self) -> str:
        return "fuse"

    def prompts(self) -> list[str]:
        return [self._prompt.fingerprint]

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        shown = given.output + AROUND_TOKENS + (given.critique + len(_REMARK) if given.critique else 0)
        worst = worst_of(self.by, prompt_tokens + len(self._prompt.text.encode()) + given.candidates * shown)
        return worst, Bound(1, max(worst.output, given.output))
