"""Generate: members answer independently, and their answers are added to the candidates."""

from collections.abc import Sequence

from escalade.core.errors import ConfigError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of, worst_sum
from escalade.models.together import together
from escalade.strategies.panel import note_failures, short_of_budget, usable
from escalade.strategies.ranking.pipeline import Bound, Candidate, StageResult
from escalade.strategies.sample import distinct


class Generate:
    """Asks `members` the question as it is. Raises where none of them answers and there are no other candidates."""

    def __init__(self, members: Sequence[Model]) -> None:
        if not members:
            raise ConfigError("a generator needs a member")
        self.members = distinct(members)

    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        asked = [ask(m, request, span, place=f"{place}.{number}") for number, m in enumerate(self.members, 1)]
        outcomes = await together(asked)
        if candidates and not any(isinstance(outcome, Reply) for outcome in outcomes):
            note_failures(outcomes, span)
            return StageResult(
                candidates=tuple(candidates), stopped="generator failed", short=short_of_budget(outcomes)
            )
        added = tuple(Candidate(reply) for reply in usable(outcomes, span))
        return StageResult(candidates=(*candidates, *added), stopped="generated", short=short_of_budget(outcomes))

    def parts(self) -> tuple[Part, ...]:
        return tuple(Part("worker", structure_of(member)) for member in self.members)

    def described(self) -> str:
        return f"generate {len(self.members)}"

    def prompts(self) -> list[str]:
        return []

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        worst = worst_sum([worst_of(member, prompt_tokens) for member in self.members])
        return worst, Bound(given.candidates + len(self.members), max(worst.output, given.output), given.critique)
