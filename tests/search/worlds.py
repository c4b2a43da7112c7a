"""Searches over simulated models in one process: a division of demo questions, a kit of models, and a setting."""

from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.search import Division, Kit, Plan, Setting, Shares
from escalade.simulate import SimulatedBackend, SimulatedModel, Skill, World, demo_questions
from escalade.store import Store
from escalade.strategies.react import Rules
from escalade.tasks import Demo


def world(count: int, seed: int = 0) -> World:
    """The world of that many questions of the demo task."""
    return World(demo_questions(count, seed), seed=seed)


def kit(store: Store, found: World, accuracies: dict[str, float], *, offline: bool = False) -> Kit:
    """Models of these accuracies, behind the store's journal."""
    journal = Journal(store, offline=offline)

    def model(name: str) -> Leaf:
        backend = SimulatedBackend(found, SimulatedModel(name=name, skill=Skill(accuracy=accuracies[name])))
        return Leaf(name, backend, price=backend.price, journal=journal, limiter=Limiter(start=64, most=64))

    return Kit(models={name: model(name) for name in accuracies}, rules=Rules())


def setting(task: Demo, models: Kit, shares: Shares, **plan) -> Setting:
    plan = {"tools": tuple(models.models), "heat_items": 10} | plan
    return Setting(name="stacks", plan=Plan(**plan), division=Division(task, shares), kit=models)


class Told:
    """Remembers the rounds that it was told of."""

    def __init__(self) -> None:
        self.rounds: list[tuple] = []
        self.sent = 0

    def limited_by(self, budget) -> None: ...

    def begin(self, total: int, done: int) -> None: ...

    def call(self, call) -> None:
        self.sent += not call.hit

    def trial(self, record) -> None: ...

    def round(self, asked, found) -> None:
        self.rounds.append((asked.stage, asked.heat, asked.part, len(asked.items), tuple(found)))
