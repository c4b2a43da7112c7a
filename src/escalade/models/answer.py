"""One question to one Model, outside any experiment: what was answered, and what it cost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from escalade.core.account import Account
from escalade.core.errors import EscaladeError
from escalade.core.messages import Request
from escalade.core.money import usd
from escalade.core.reply import Reply
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.ledger.span import Span, SpanFact
from escalade.ledger.tags import Tags
from escalade.models.given import checked
from escalade.models.protocol import Model, ask, reply_or_raise


class Answer(Account, frozen=True, kw_only=True):
    """A reply with its account."""

    reply: Reply
    calls: list[Call]
    spans: list[SpanFact]

    @property
    def text(self) -> str:
        return self.reply.text


async def answer(
    model: Model,
    question: str | Request,
    *,
    budget: Decimal | int | str | Limits | None = None,
    seed: int = 0,
    tags: Mapping[str, Any] | None = None,
) -> Answer:
    """Ask `question`. `budget` is USD, as Decimal, whole number or exact text, or Limits; it is never exceeded.
    `tags`, the fields of `ledger.tags.Tags`, are stored with every Call.

    Raises the EscaladeError that ended it, with its `account`, and TypeError for a budget in floats.
    """
    checked(model, "what is asked")
    request = Request.of(question) if isinstance(question, str) else question
    limits = _limits(budget)
    span = Span.root(model.name, budget=Budget(limits), seed=seed, tags=Tags(**(tags or {})))
    try:
        reply = reply_or_raise(await ask(model, request, span))
    except EscaladeError as error:
        error.account = Account(calls=span.ledger.calls)
        raise
    return Answer(reply=reply, calls=span.ledger.calls, spans=span.ledger.facts())


def _limits(budget: Decimal | int | str | Limits | None) -> Limits | None:
    return budget if budget is None or isinstance(budget, Limits) else Limits(usd=usd(budget))
