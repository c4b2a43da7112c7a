"""A backend that answers as it is told, and a leaf around it with retries that take no time."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from escalade.core.messages import Request
from escalade.core.usage import Usage
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.span import Span
from escalade.ledger.tags import Tags
from escalade.models.backend import Received
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.models.wire import encode_request
from escalade.prices import Price

USAGE = Usage(10, 5)
PRICE = Price(input=Decimal(1), output=Decimal(2))
COST = Decimal("0.00002")
"""What USAGE costs at PRICE."""
AT_ONCE = Retry(attempts=3, first_s=0.0)
QUESTION = Request.of("What is six times seven?")

Told = Received | Exception | Callable[[Request], Awaitable[Received]]


def answered(text: str = "42", usage: Usage | None = USAGE, **more: Any) -> Received:
    return Received(text=text, usage=usage, **more)


class Backend:
    """Gives `answers` in order, the last one for ever: a Received, an error, or a function of the request."""

    identity = "told"
    model_id = "m-1"
    by_item = False
    simulated = False

    def __init__(self, *answers: Told, by_item: bool = False) -> None:
        self.answers = list(answers) or [answered()]
        self.by_item = by_item
        self.sent: list[Request] = []
        self.bodies: list[bytes] = []

    def encode(self, request: Request) -> bytes:
        return encode_request(request, self.model_id)

    async def send(self, body: bytes, request: Request) -> Received:
        self.sent.append(request)
        self.bodies.append(body)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Received) else await answer(request)


class Held:
    """An answer that is given when it is let go; `arrived` says that it was asked for."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, _request: Request) -> Received:
        self.arrived.set()
        await self.go.wait()
        return answered()


def leaf_of(backend: Backend, journal: Journal | None = None, **settings: Any) -> Leaf:
    return Leaf("m", backend, **{"price": PRICE, "retry": AT_ONCE, "journal": journal} | settings)


def root(limits: Limits | None = None, *, run: str = "r", redacted: bool = False) -> Span:
    """The span of a question of run "r" and system "s"."""
    return Span.root("s", budget=Budget(limits), tags=Tags(run, "s", "i", redacted=redacted))
