"""Simulated models for tests of what holds on average, in process and over HTTP, and how a question is put to them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from escalade.answers import read, same
from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.span import Span
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.protocol import Model, ask
from escalade.models.server import Server
from escalade.simulate import Judging, KnownItem, SimulatedBackend, SimulatedModel, Skill, World, demo_questions
from escalade.simulate.server import Served, serving

ITEMS = demo_questions(400, seed=3)
WORLD = World(ITEMS, seed=1)
EVEN = World(ITEMS, seed=1, difficulty_spread=0)
"""All items equally hard, so that nothing but luck makes models err together."""
WORKERS = (2, 3, 3, 4, 4)
"""The workers of the five levels of Sigmoid MLM's complex workflow."""


def leaf(name: str, world: World = WORLD, journal: Journal | None = None, judging=None, **skill) -> Leaf:
    simulated = SimulatedModel(name=name, skill=Skill(**skill), judging=judging or Judging())
    backend = SimulatedBackend(world, simulated)
    return Leaf(name, backend, price=backend.price, journal=journal)


def alike(name: str, right: float, shared: float = 0) -> SimulatedModel:
    """In `EVEN`, right in that share of the cases, and wrong together with others as far as `shared` says."""
    skill = Skill(accuracy=right, shared=shared, topic_spread=0, format_failure=0, lure=1)
    return SimulatedModel(name=name, skill=skill)


@asynccontextmanager
async def over_http(
    known: Sequence[SimulatedModel], world: World = WORLD
) -> AsyncIterator[tuple[dict[str, Leaf], Served]]:
    """The models behind a provider that sees nothing but the wire, by name, and the provider with its bill."""
    async with serving(world, known) as served, Server(served.url, attempts=1) as server:
        yield {m.name: server.model(m.name, price=SimulatedBackend(world, m).price) for m in known}, served


async def asked(system: Model, item: KnownItem, limits: Limits | None = None) -> tuple[Reply | Failure, Span]:
    request = Request(Request.of(item.text).messages, expects=item.expects, item=item.id, labels=item.labels)
    span = Span.root("test", budget=Budget(limits))
    return await ask(system, request, span), span


def is_right(outcome: Reply | Failure, item: KnownItem) -> bool:
    found = read(outcome.text, item.expects) if isinstance(outcome, Reply) else None
    return found is not None and same(found.value, item.gold, item.expects)


async def accuracy(system: Model, items: Sequence[KnownItem] = ITEMS) -> float:
    return sum([is_right((await asked(system, item))[0], item) for item in items]) / len(items)
