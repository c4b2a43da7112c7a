"""One question to one Model, outside any experiment: what was answered, and what it cost."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import Struct

from escalade.core.messages import Request
from escalade.core.money import Total, total, usd
from escalade.core.reply import Reply
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.ledger.span import Span, SpanFact
from escalade.models.given import checked
from escalade.models.protocol import Model, ask, reply_or_raise


class Answer(Struct, frozen=True, kw_only=True):
    """A reply with its account."""

    reply: Reply
    calls: list[Call]
    spans: list[SpanFact]

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def cost(self) -> Total:
        """What the work is worth; `cost.usd` is None if any part is unknown."""
        return total(call.cost for call in self.calls)

    @property
    def paid(self) -> Total:
        """What was spent on it now: less than `cost` where the journal answered."""
        return total(call.paid for call in self.calls)


async def answer(
    model: Model,
    question: str | Request,
    *,
    budget: Decimal | int | str | Limits | None = None,
    seed: int = 0,
    tags: Mapping[str, str] | None = None,
) -> Answer:
    """Ask `question`. `budget` is USD, as Decimal, whole number or exact text, or Limits; it is never exceeded.

    Raises the EscaladeError that ended it, and TypeError for a budget in floats.
    """
    checked(model, "what is asked")
    request = Request.of(question) if isinstance(question, str) else question
    limits = _limits(budget)
    span = Span.root(model.name, budget=Budget(limits), seed=seed, tags=dict(tags or {}))
    reply = reply_or_raise(await ask(model, request, span))
    return Answer(reply=reply, calls=span.ledger.calls, spans=span.ledger.facts())


def _limits(budget: Decimal | int | str | Limits | None) -> Limits | None:
    """The same limits with an exact amount."""
    if budget is None:
        return None
    if not isinstance(budget, Limits):
        return Limits(usd=usd(budget))
    return budget if budget.usd is None else msgspec.structs.replace(budget, usd=usd(budget.usd))
