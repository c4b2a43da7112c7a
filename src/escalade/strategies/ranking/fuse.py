"""Fuse what is left after ranking: a model writes one answer from the candidates and from what critics said of them."""

from collections.abc import Sequence

from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.structure import Part
from escalade.gates.blind import AROUND_TOKENS, blinded, listed
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.prompts import Template, template
from escalade.strategies.fuser import Fuser
from escalade.strategies.panel import short_of_budget
from escalade.strategies.ranking.pipeline import Bound, Candidate, StageResult

_REMARK = "\n<feedback>\n{}\n</feedback>"


class FuseRanked:
    """Asks `by` for one answer. If it fails the candidates stay as they are, the best first."""

    def __init__(self, by: Model, *, prompt: Template | None = None) -> None:
        self.fuser = Fuser(checked(by, "by"), prompt or template("fuse"))

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        if len(candidates) == 1:
            return StageResult(candidates=tuple(candidates), stopped="only one answer")
        view = blinded([c.reply.text for c in candidates], span.random(f"{request.item}/{place}"))
        answers = "\n\n".join(
            listed([one]) + (_REMARK.format(said) if (said := candidates[one.place].critique) else "") for one in view
        )
        fused = await self.fuser.written(request, answers, span, place)
        if isinstance(fused, Failure):
            short = short_of_budget([fused])
            return StageResult(candidates=tuple(candidates), stopped="fuser failed", short=short)
        return StageResult(candidates=(Candidate(fused),), stopped="fused")

    def parts(self) -> tuple[Part, ...]:
        return (self.fuser.part(),)

    def described(self) -> str:
        return "fuse"

    def prompts(self) -> list[str]:
        return [self.fuser.prompt.fingerprint]

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        shown = given.output + AROUND_TOKENS + (given.critique + len(_REMARK) if given.critique else 0)
        worst = self.fuser.worst(prompt_tokens, given.candidates * shown)
        return worst, Bound(1, max(worst.output, given.output))
