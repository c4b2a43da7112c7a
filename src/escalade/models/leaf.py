"""Leaf: the one Model that spends. Journal, budget, slot, attempt, price and Call meet here and nowhere else.

In this order for every request: the journal answers if it can; else the worst case is reserved, a slot is waited for,
one attempt is made, and its Call is written whatever happened. Failed attempts are retried by the policy, each with
a reservation and a Call of its own. A reply is returned only when its Call is committed.
"""

import asyncio
import time
from functools import partial

from escalade.core.checked import text
from escalade.core.errors import CallError
from escalade.core.messages import Request, Sampling
from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.announced import announced
from escalade.ledger.budget import Reservation, Spending
from escalade.ledger.span import Span
from escalade.models.attempt import Attempt, spending
from escalade.models.backend import Backend, Received
from escalade.models.journal import Journal, Kept, key_of
from escalade.models.limit import Limiter
from escalade.models.packed import Packed, packed
from escalade.models.prompt_size import FRAME_TOKENS, OVERHEAD_TOKENS, most_prompt_tokens
from escalade.models.retry import Retry
from escalade.models.structure import Worst
from escalade.models.wire import completed
from escalade.models.wire.request import DEFAULT_MAX_TOKENS, check_extra
from escalade.prices import Excess, Price


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
        self.name = text(name, "the name of a model")
        text(backend.model_id, "a backend's model id")
        self.backend = backend
        self.price = price
        self.system = system
        """The system message of requests that have none of their own."""
        self.sampling = (sampling or Sampling()).over(Sampling(max_tokens=DEFAULT_MAX_TOKENS))
        """What a request does not say of its own."""
        check_extra(self.sampling)
        self._journal = journal
        self._limiter = limiter or Limiter()
        self._retry = retry or Retry()
        self._excess = Excess()

    async def reply(self, request: Request, span: Span) -> Reply:
        request = completed(request, self.sampling, self.system)
        body = self.backend.encode(request)
        key = key_of(self.backend, body, request)
        if self._journal is None:
            return await self._attempts(request, body, key, span)
        under_way = await self._journal.begin(key, span.budget)
        try:
            kept = await self._journal.find(key, self.name, span.budget)
            return self._recalled(kept, span) if kept else await self._attempts(request, body, key, span)
        finally:
            self._journal.end(key, under_way)

    def structure(self) -> Structure:
        settings = {
            "identity": self.backend.identity,
            "id": self.backend.model_id,
            "system": self.system,
            "sampling": self.sampling,
            "price": self.price and self.price.unsourced(),
            "simulated": self.backend.simulated or None,
        }
        return Structure("model", self.name, {k: v for k, v in settings.items() if v is not None})

    def worst(self, prompt_tokens: int) -> Worst:
        most = self.sampling.max_tokens or DEFAULT_MAX_TOKENS
        prompt = prompt_tokens + len((self.system or "").encode()) + OVERHEAD_TOKENS + 2 * FRAME_TOKENS
        return Worst(1, self._worst(prompt, most).usd, most)

    def _worst(self, prompt_tokens: int, max_tokens: int) -> Spending:
        usd = self._excess.over(self.price.at_most(prompt_tokens, max_tokens)) if self.price else None
        return Spending(usd, prompt_tokens + max_tokens)

    def _recalled(self, kept: Kept, span: Span) -> Reply:
        call = kept.call.as_hit(span.path, span.paid_as, span.level, self.name, self._cost(kept.received))
        span.write(call)
        return kept.received.reply(self.name, call.id)

    def _cost(self, received: Received) -> Money:
        priced = self.price.of(received.usage) if self.price and received.usage else UNKNOWN
        if received.reported_usd is None:
            return priced
        if priced.usd is not None:
            self._excess.learn(received.reported_usd, priced.usd)
        return Money(received.reported_usd, "reported")

    async def _attempts(self, request: Request, body: bytes, key: str, span: Span) -> Reply:
        worst = self._worst(most_prompt_tokens(request), request.sampling.max_tokens or DEFAULT_MAX_TOKENS)
        number, began = 1, time.monotonic()
        while True:
            attempt = Attempt(key, number, began)
            try:
                return await self._attempt(request, body, worst, attempt, span)
            except CallError as error:
                delay = self._retry.delay(error, number, span.random(f"{request.item}/{number}"))
                if delay is None:
                    raise
                number, began = number + 1, time.monotonic()
                await span.budget.in_time(asyncio.sleep(delay))

    async def _attempt(self, request: Request, body: bytes, worst: Spending, attempt: Attempt, span: Span) -> Reply:
        reservation = await self._reserved(worst, attempt, span)
        try:
            answer = packed(await span.budget.in_time(self._sent(request, body, attempt)))
        except BaseException as error:
            self._book_failure(error, attempt, reservation, span)
            raise
        return await self._book(answer, body, attempt, reservation, span)

    async def _reserved(self, worst: Spending, attempt: Attempt, span: Span) -> Reservation:
        if self._journal is None or not span.budget.announced:
            return await span.budget.reserve(worst)
        announce = partial(self._journal.announce, attempt.announce(), worst, span)
        try:
            return await announced(span.budget, worst, announce)
        except BaseException:
            self._journal.withdraw(attempt.announced)
            raise

    async def _sent(self, request: Request, body: bytes, attempt: Attempt) -> Received:
        """Send in a slot, and tell the limiter how it went while the slot is still held."""
        async with self._limiter.slot():
            attempt.sent = time.monotonic()
            try:
                received = await self.backend.send(body, request)
            except CallError as error:
                if self._retry.is_too_long(error.retry_after_s):
                    error.fatal = True
                    error.hint = f"it asks for a wait of {error.retry_after_s:,.0f} s: run the same command again then"
                if error.code == "rate_limited":
                    self._limiter.throttled(None if error.fatal else error.retry_after_s)
                elif error.retryable:
                    self._limiter.troubled()
                raise
            self._limiter.succeeded()
            return received

    async def _book(self, answer: Packed, body: bytes, attempt: Attempt, held: Reservation, span: Span) -> Reply:
        received = answer.received
        call = attempt.call(self.name, self.backend.model_id, span, self._cost(received), received)
        spent = spending(call, held.worst)
        held.settle(spent)
        span.write(call)
        if self._journal is not None:
            received = await self._journal.keep(call, spent, span, attempt.announced, answer=answer, request=body)
        return received.reply(self.name, call.id)

    def _book_failure(self, error: BaseException, attempt: Attempt, held: Reservation, span: Span) -> None:
        if not attempt.sent:
            held.cancel()
            if self._journal is not None and attempt.announced:
                self._journal.withdraw(attempt.announced)
            return
        call = attempt.call(self.name, self.backend.model_id, span, self._failure_cost(error), error)
        spent = spending(call, held.worst)
        held.settle(spent)
        span.write(call)
        if self._journal is not None:
            self._journal.keep_failure(call, spent, span, attempt.announced)

    def _failure_cost(self, error: BaseException) -> Money:
        """What a failed attempt cost: nothing, what its useless answer said, or nobody knows."""
        if not isinstance(error, CallError):
            return UNKNOWN
        if error.usage is not None or error.reported_usd is not None:
            return self._cost(Received(text="", usage=error.usage, reported_usd=error.reported_usd))
        return NOTHING if error.billed is False else UNKNOWN
