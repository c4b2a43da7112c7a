"""A task of sums, pupils that answer them, and an experiment made of both."""

import asyncio
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from escalade.answers import read
from escalade.core.errors import CallError
from escalade.core.grade import Grade
from escalade.core.ids import fingerprint, seeded
from escalade.core.messages import Expects, Request, Sampling
from escalade.core.reply import Reply
from escalade.core.usage import Usage
from escalade.experiment import Experiment
from escalade.ledger.span import Span
from escalade.models.backend import Received
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.prices import Price
from escalade.store import Record, Store
from escalade.tasks import Item

NUMBER = Expects("number")
PRICE = Price(input=Decimal(1), output=Decimal(2))


def sum_of(number: int) -> Item:
    return Item(id=f"s{number:02}", turns=(f"What is {number} + {number}?",), gold=str(2 * number), expects=NUMBER)


class Sums:
    """`count` sums. `grade` may be replaced, by one that fails or one that pays."""

    metric = "accuracy"
    redacted = False

    def __init__(
        self,
        items: int | Sequence[Item] = 6,
        *,
        grade: Callable[[Item, Reply, Span], Any] | None = None,
        grades_steps: bool = True,
        name: str = "sums",
    ) -> None:
        self.name = name
        self.grades_steps = grades_steps
        self.closed = 0
        self._items = [sum_of(n) for n in range(items)] if isinstance(items, int) else list(items)
        self._grade = grade
        self.fingerprint = fingerprint([name, self._items])

    async def items(self) -> Sequence[Item]:
        return self._items

    async def grade(self, item: Item, reply: Reply, span: Span) -> Grade:
        if self._grade:
            return await self._grade(item, reply, span)
        answer = read(reply.text, item.expects)
        if answer is None:
            return Grade(outcome="no_answer")
        right = answer.value == item.gold
        return Grade(outcome="right" if right else "wrong", score=float(right), answer=answer.value)

    async def close(self) -> None:
        self.closed += 1


class Pupil:
    """Answers sums, right in a `share` of the cases; remembers what it was asked. `error` is raised instead.

    Waits for the event loop a few times that differ between calls, so that calls end in another order than they began.
    """

    by_item = False
    simulated = True

    def __init__(self, name: str, share: float, error: CallError | None) -> None:
        self.identity = self.model_id = name
        self.asked: list[Request] = []
        self._share = share
        self._error = error

    def encode(self, request: Request) -> bytes:
        return msgspec.json.encode((request.messages, request.sampling))

    async def send(self, body: bytes, request: Request) -> Received:
        self.asked.append(request)
        draw = seeded(self.model_id, body.hex(), request.sample)
        for _ in range(draw.randint(0, 5)):
            await asyncio.sleep(0)
        if self._error is not None:
            raise self._error
        usage = Usage(input=len(body), output=draw.randint(1, 50))
        if request.response_schema:
            return Received(text=f'{{"reason": "look again", "score": {draw.random():.2f}}}', usage=usage)
        first = int(re.search(r"\d+", request.messages[-1].content)[0])
        right = 2 * first + (draw.random() >= self._share)
        return Received(text=f"Answer: {right}", usage=usage)


def pupil(
    name: str = "pupil",
    share: float = 0.7,
    *,
    journal: Journal | None = None,
    error: CallError | None = None,
    **more: Any,
) -> Leaf:
    return Leaf(
        name,
        Pupil(name, share, error),
        price=more.pop("price", PRICE),
        journal=journal,
        sampling=more.pop("sampling", Sampling(max_tokens=100)),
        retry=Retry(attempts=1),
        **more,
    )


def experiment(*systems: Any, items: int | Sequence[Item] = 6, **settings: Any) -> Experiment:
    """Sums for `systems`, by their names."""
    task = settings.pop("task", None) or Sums(items)
    return Experiment(name="try", task=task, systems={s.name: s for s in systems}, **settings)


def records(store: Store, run: str) -> list[Record]:
    return list(store.records(run))


def facts(found: Sequence[Record]) -> list[dict[str, Any]]:
    """What records say of answers, grades and worth: all but times, and who paid for what is shared."""
    kept = []
    for record in sorted(found, key=lambda r: (r.system, r.item, r.sample)):
        fact = msgspec.to_builtins(record)
        for name in ("seconds", "at", "run"):
            fact.pop(name, None)
        for call in fact.get("calls", []):
            call["id"] = call["id"].partition("~")[0]  # what follows is random: a failed attempt answers nothing
            for name in ("hit", "paid", "latency_s", "waited_s", "at"):
                call.pop(name, None)
        fact["calls"] = sorted(fact.get("calls", []), key=lambda c: (c.get("path", ""), c["id"]))
        for span in fact.get("spans", []):
            span.pop("start_s", None), span.pop("seconds", None)
        fact["spans"] = sorted(fact.get("spans", []), key=lambda s: s["path"])
        kept.append(fact)
    return kept
