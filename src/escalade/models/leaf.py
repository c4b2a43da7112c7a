"""Leaf: the one Model that spends. Journal, budget, slot, attempt, price and Call meet here and nowhere else.

In this order for every request: the journal answers if it can; else the worst case is reserved, a slot is waited for,
one attempt is made, and its Call is written whatever happened. Failed attempts are retried by the policy, each with
a reservation and a Call of its own. A reply is returned only when its Call is committed.
"""

import asyncio
import secrets
import time

from msgspec import Struct

from escalade.core.errors import BudgetExceeded, CallError
from escalade.core.messages import Request, Sampling
from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.core.reply import Reply
from escalade.core.usage import Usage
from escalade.ledger.budget import Reservation, Spending
from escalade.ledger.call import Call, Status
from escalade.ledger.span import Span
from escalade.models.backend import Backend, Received
from escalade.models.journal import Journal, Kept, key_of
from escalade.models.limit import Limiter
from escalade.models.retry import Retry
from escalade.models.structure import Structure, Worst
from escalade.models.wire import completed
from escalade.models.wire.request import DEFAULT_MAX_TOKENS
from escalade.prices import Price

_OVERHEAD_TOKENS = 64
"""More than any chat template adds to a prompt around its bytes."""


class _Sent(Struct):
    """One attempt under way: what its Call will need."""

    id: str
    number: int
    began: float
    """When waiting for it began (monotonic)."""
    sent: float = 0.0
    """When it went out (monotonic); 0 before."""
    announced: str = ""


class Leaf:
    """A model that is called: a backend with a name, a price and the care around it."""

    def __init__(
        self,
        name: str,
        backend: Backend,
        *,
        price: Price | None = None,
        system: str | None = None,
        sampling: Sampling | None = None,
        journal: Journal | None = None,
        limiter: Limiter | None = None,
        retry: Retry | None = None,
    ) -> None:
        self.name = name
        self.backend = backend
        self.price = price
        self.system = system
        """The system message of requests that have none of their own."""
        self.sampling = (sampling or Sampling()).over(Sampling(max_tokens=DEFAULT_MAX_TOKENS))
        """What a request does not say of its own."""
        self._journal = journal
        self._limiter = limiter or Limiter()
        self._retry = retry or Retry()

    async def reply(self, request: Request, span: Span) -> Reply:
        request = completed(request, self.sampling, self.system)
        body = self.backend.encode(request)
        key = key_of(self.backend, body, request)
        if self._journal is None:
            return await self._attempts(request, body, key, span)
        async with self._journal.turn(key, self.name) as kept:
            if kept is not None:
                return self._recalled(kept, span)
            return await self._attempts(request, body, key, span)

    def structure(self) -> Structure:
        settings = {
            "identity": self.backend.identity,
            "id": self.backend.model_id,
            "system": self.system,
            "sampling": self.sampling,
            "price": self.price,
            "simulated": self.backend.simulated or None,
        }
        return Structure("model", self.name, {k: v for k, v in settings.items() if v is not None})

    def worst(self, prompt_tokens: int) -> Worst:
        most = self.sampling.max_tokens or DEFAULT_MAX_TOKENS
        prompt = prompt_tokens + len((self.system or "").encode()) + _OVERHEAD_TOKENS
        return Worst(1, self._worst(prompt, most).usd, most)

    def _worst(self, prompt_tokens: int, max_tokens: int) -> Spending:
        usd = self.price.at_most(prompt_tokens, max_tokens) if self.price else None
        return Spending(usd, prompt_tokens + max_tokens)

    def _recalled(self, kept: Kept, span: Span) -> Reply:
        call = kept.call.as_hit(span.path, span.role, span.level, self._cost(kept.received))
        span.write(call)
        return kept.received.reply(self.name, call.id)

    def _cost(self, received: Received) -> Money:
        if received.reported_usd is not None:
            return Money(received.reported_usd, "reported")
        if self.price is None or received.usage is None:
            return UNKNOWN
        return self.price.of(received.usage)

    async def _attempts(self, request: Request, body: bytes, key: str, span: Span) -> Reply:
        # A token is at least one byte of the prompt, so that its bytes bound its tokens.
        worst = self._worst(len(body) + _OVERHEAD_TOKENS, request.sampling.max_tokens or DEFAULT_MAX_TOKENS)
        number, began = 1, time.monotonic()
        while True:
            sent = _Sent(key, number, began)
            try:
                return await self._attempt(request, body, worst, sent, span)
            except CallError as error:
                delay = self._retry.delay(error, number, span.random(f"{request.item}/{number}"))
                if delay is None:
                    raise
                number, began = number + 1, time.monotonic()
                await _sleep(delay, span)

    async def _attempt(self, request: Request, body: bytes, worst: Spending, sent: _Sent, span: Span) -> Reply:
        reservation = await span.budget.reserve(worst)
        try:
            if self._journal is not None and span.budget.needs_prices():
                sent.announced = f"{sent.id}~{secrets.token_hex(6)}"
                await self._journal.announce(sent.announced, worst, span)
            async with self._limiter.slot():
                sent.sent = time.monotonic()
                received = await self._taught(body, request, span)
        except BaseException as error:
            self._book_failure(error, sent, reservation, span)
            raise
        return await self._book(received, body, sent, reservation, span)

    async def _taught(self, body: bytes, request: Request, span: Span) -> Received:
        """Send, and tell the limiter how it went while the slot is still held."""
        try:
            received = await self._send(body, request, span)
        except CallError as error:
            if error.code == "rate_limited":
                self._limiter.throttled(error.retry_after_s)
            elif error.retryable:
                self._limiter.troubled()
            raise
        self._limiter.succeeded()
        return received

    async def _send(self, body: bytes, request: Request, span: Span) -> Received:
        left = span.budget.seconds_left()
        if left is None:
            return await self.backend.send(body, request)
        try:
            async with asyncio.timeout(max(0.0, left)):
                return await self.backend.send(body, request)
        except TimeoutError:
            span.budget.check_time()
            raise

    async def _book(self, received: Received, body: bytes, sent: _Sent, held: Reservation, span: Span) -> Reply:
        cost = self._cost(received)
        call = self._call(sent, span, status="ok", usage=received.usage, cost=cost, received=received)
        if cost.usd is None:
            held.keep()
        else:
            held.settle(Spending(cost.usd, _tokens(received.usage, held.worst)))
        span.write(call)
        if self._journal is not None:
            await self._journal.keep(call, received, body, span, sent.announced)
        return received.reply(self.name, call.id)

    def _book_failure(self, error: BaseException, sent: _Sent, held: Reservation, span: Span) -> None:
        if not sent.sent:
            held.cancel()
            if self._journal is not None and sent.announced:
                self._journal.withdraw(sent.announced)
            return
        status, cost, usage = self._failure_cost(error)
        call = self._call(sent, span, status=status, usage=usage, cost=cost, error=error)
        if cost.usd is None:
            held.keep()
        else:
            held.settle(Spending(cost.usd, _tokens(usage, held.worst) if usage else 0))
        span.write(call)
        if self._journal is not None:
            self._journal.keep_failure(call, held.worst, span, sent.announced)

    def _failure_cost(self, error: BaseException) -> tuple[Status, Money, Usage | None]:
        """What a failed attempt cost: nothing, what its useless answer said, or nobody knows."""
        if not isinstance(error, CallError):
            return "unknown", UNKNOWN, None
        if error.usage is not None or error.reported_usd is not None:
            cost = self._cost(Received(text="", usage=error.usage, reported_usd=error.reported_usd))
            return ("failed" if cost.usd is not None else "unknown"), cost, error.usage
        return ("failed", NOTHING, None) if error.billed is False else ("unknown", UNKNOWN, None)

    def _call(
        self,
        sent: _Sent,
        span: Span,
        *,
        status: Status,
        usage: Usage | None,
        cost: Money,
        received: Received | None = None,
        error: BaseException | None = None,
    ) -> Call:
        now = time.monotonic()
        latency = now - sent.sent
        return Call(
            id=sent.id if received else sent.announced or f"{sent.id}~{secrets.token_hex(6)}",
            path=span.path,
            role=span.role,
            level=span.level,
            model=self.name,
            asked=self.backend.model_id,
            answered=received.model if received else "",
            provider=received.provider if received else "",
            request_id=received.request_id if received else "",
            status=status,
            error=_code(error) if error else "",
            finish=received.finish if received else "",
            attempt=sent.number,
            usage=usage,
            cost=cost,
            paid=cost,
            latency_s=round(latency, 6),
            waited_s=round(sent.sent - sent.began, 6),
            at=round(time.time() - latency, 6),
        )


async def _sleep(delay: float, span: Span) -> None:
    """Wait before a retry, but no longer than the budget's time."""
    left = span.budget.seconds_left()
    await asyncio.sleep(delay if left is None else min(delay, max(0.0, left)))
    span.budget.check_time()


def _code(error: BaseException) -> str:
    if isinstance(error, CallError | BudgetExceeded):
        return error.code
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "internal"


def _tokens(usage: Usage | None, worst: Spending) -> int:
    return usage.input + usage.output if usage else worst.tokens
