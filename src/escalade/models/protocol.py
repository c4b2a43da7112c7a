"""The one idea: everything that answers is a Model, and a Model is awaited in one place only, `ask`.

Endpoints, cascades, votes, simulated and recorded models all obey this protocol, so that any of them can stand
wherever a model can. There is no base class, no synchronous twin and no streaming twin.
"""

from typing import Protocol, runtime_checkable

from escalade.core.errors import EscaladeError, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.unquoted import unquote
from escalade.ledger.span import Span


@runtime_checkable
class Model(Protocol):
    @property
    def name(self) -> str:
        """How the model is called in structures and reports."""
        ...

    async def reply(self, request: Request, span: Span) -> Reply:
        """Answer, or raise an EscaladeError. Called by `ask` only, which opens `span` for it."""
        ...


async def ask(
    model: Model,
    request: Request,
    span: Span,
    role: str = "worker",
    *,
    place: str | int | None = None,
    level: int | None = None,
) -> Reply | Failure:
    """Ask `model` under a child of `span` and return its reply, or its failure as a value.

    `role` says what the model is there for (worker, gate, fuser, ...): costs are split by it. Models asked at the
    same time need a `place` each, their position in the structure, so that seeds do not depend on who came first. The
    gate that judges the answer is given the same place, by which readers find it (`ledger.paths`).
    Under a redacted question the failure says nothing that may quote it.
    Raises TypeError for a model that returns anything but a Reply: that is a bug, and not the question's.
    """
    child = span.child(role, model.name, place, level)
    try:
        child.budget.check_time()
        reply = await model.reply(request, child)
    except EscaladeError as error:
        if child.tags.redacted:
            unquote(error)
        child.fail(error)
        return Failure(error, child.path)
    if not isinstance(reply, Reply):
        raise TypeError(f"the model {model.name} returned {type(reply).__name__}, which is no Reply")
    child.finish(reply)
    return reply


def reply_or_raise(outcome: Reply | Failure) -> Reply:
    """The reply, or the failure's error raised: for a strategy that cannot go on without it."""
    if isinstance(outcome, Failure):
        raise outcome.error
    return outcome
