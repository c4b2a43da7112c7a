"""Asking several members at once, each in its place, so that nothing depends on who answers first.

What a strategy below said of its answer (its score, reason, level) was not said of the choice among these answers, and
goes no further.
"""

from collections.abc import Sequence

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of, worst_sum
from escalade.models.together import together
from escalade.strategies.sample import distinct


class Panel:
    """Members that answer the same request independently. A model that stands there n times gives n samples."""

    def __init__(self, members: Sequence[Model]) -> None:
        if not members:
            raise ConfigError("a panel needs a member")
        self.members = distinct(members)

    async def ask(self, request: Request, span: Span, role: str = "worker") -> list[Reply | Failure]:
        """Replies and failures in the order of the members; one failure does not disturb the others."""
        asked = [ask(member, request, span, role, place=place) for place, member in enumerate(self.members, 1)]
        return await together(asked)

    def parts(self, role: str = "worker") -> tuple[Part, ...]:
        return tuple(Part(role, structure_of(member)) for member in self.members)

    def worst(self, prompt_tokens: int) -> Worst:
        return worst_sum([worst_of(member, prompt_tokens) for member in self.members])


def usable(outcomes: Sequence[Reply | Failure], span: Span) -> list[Reply]:
    """The replies that are there, bare. Raises if there is none; failures are noted."""
    failures = note_failures(outcomes, span)
    replies = [bare(outcome) for outcome in outcomes if isinstance(outcome, Reply)]
    if replies:
        return replies
    budget = next((f.error for f in failures if isinstance(f.error, BudgetExceeded)), None)
    raise budget or AnswerError(f"none of the {len(outcomes)} members answered: {failures[0].error}")


def bare(reply: Reply) -> Reply:
    """The answer without what a strategy below said of it: it has not been judged here."""
    return Reply(text=reply.text, tool_calls=reply.tool_calls, finish=reply.finish, model=reply.model, call=reply.call)


def note_failures(outcomes: Sequence[Reply | Failure], span: Span) -> list[Failure]:
    """The failures among the outcomes, remembered at `span`."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    for failure in failures:
        span.note("failed", path=failure.path, error=failure.error.code, message=str(failure.error))
    return failures


def short_of_budget(outcomes: Sequence[Reply | Failure]) -> bool:
    return any(isinstance(o, Failure) and isinstance(o.error, BudgetExceeded) for o in outcomes)
