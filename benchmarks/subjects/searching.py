"""A search of some fifty structures on 100 train items: with its calls, asked for again, and under another name.

Under another name nothing is finished, so that every trial is done again from the journal; nothing is sent. The models
are simulated in this process. Prints one JSON line.
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from drive import peak_mb

from escalade import Journal, Store
from escalade.ledger.call import Call
from escalade.models.leaf import Leaf
from escalade.models.limit import Limiter
from escalade.search import Division, Kit, Plan, Searched, Searcher, Setting, Shares
from escalade.search.run import Onlooker
from escalade.simulate import SimulatedBackend, SimulatedModel, Skill, World, demo_questions
from escalade.store import Record
from escalade.tasks import Demo

_ITEMS, _MODELS = 100, 8
_SHARES = Shares(train=_ITEMS, selection=20)
_QUESTIONS = _ITEMS + 20 + 20


class Counting(Onlooker):
    """Counts trials and calls, and how many of these were sent; what else it is told, it leaves alone."""

    def __init__(self) -> None:
        self.trials = self.calls = self.sent = 0

    def call(self, call: Call) -> None:
        self.calls += 1
        self.sent += not call.hit

    def trial(self, record: Record) -> None:  # noqa: ARG002  (it is there)
        self.trials += 1


def setting(store: Store, name: str, *, offline: bool) -> Setting:
    """Heats of all items, so that no structure is spared any."""
    world, journal = World(demo_questions(_QUESTIONS)), Journal(store, offline=offline)
    models = {}
    for place in range(_MODELS):
        model = SimulatedModel(name=f"m{place}", skill=Skill(accuracy=0.5 + place / 50))
        backend = SimulatedBackend(world, model)
        models[model.name] = Leaf(
            model.name, backend, price=backend.price, journal=journal, limiter=Limiter(start=64, most=64)
        )
    plan = Plan(tools=tuple(models), top_n=9, heat_items=_ITEMS, max_layers=1)
    return Setting(name=name, plan=plan, division=Division(Demo(_QUESTIONS), _SHARES), kit=Kit(models=models))


async def timed(store: Store, name: str, *, offline: bool) -> tuple[Searched, Counting, float]:
    counting, began = Counting(), time.perf_counter()
    ended = await Searcher(setting(store, name, offline=offline), store, counting).run()
    if ended.searched.unfinished:
        raise SystemExit(f"the search {name} did not finish: {ended.outcome.error}")
    return ended.searched, counting, time.perf_counter() - began


async def whole() -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder, 'bench.sqlite')}") as store:
        found, first, searched_s = await timed(store, "first", offline=False)
        _, again, again_s = await timed(store, "first", offline=True)
        _, replay, replayed_s = await timed(store, "second", offline=True)
    if again.calls or replay.sent:
        raise SystemExit("a call was made where none was needed")
    figures = {
        "structures": len(found.structures),
        "trials": first.trials,
        "calls": first.calls,
        "sent": first.sent,
        "searched_s": searched_s,
        "again_s": again_s,
        "replayed_s": replayed_s,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(whole())
