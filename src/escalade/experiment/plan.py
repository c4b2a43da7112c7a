"""What an experiment asks for, and the name that makes asking again a continuation.

The id of a run is made from everything that decides its answers: task, systems, items, seed, samples and the limits of
a question. A model's price is part of it, where the price came from is not. The run's own budget and its concurrency
decide nothing, so that raising them continues the same run.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from escalade.core.checked import able, whole
from escalade.core.errors import ConfigError
from escalade.core.ids import fingerprint, seeded
from escalade.core.storable import Packer
from escalade.core.structure import Structure
from escalade.ledger.budget import Limits
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst, is_simulated, structure_of, worst_of, worst_sum
from escalade.store.record import SystemFacts
from escalade.tasks.protocol import Item, Task, checked_items, worst_grading

_WORDS_AROUND = 256
"""Tokens that a template of ours adds around a question at most, besides those that plans count themselves."""
_structures = Packer(Structure)


class Experiment(Struct, frozen=True, kw_only=True):
    name: str
    task: Task
    systems: Mapping[str, Model]
    rivals: frozenset[str] = frozenset()
    """Systems that are there for comparison only."""
    reference: str = ""
    """The system that the others are compared with; the first if not said."""
    pool: Sequence[Item] = ()
    """The items to draw from, where they were read already or are not all of the task's."""
    limit: int = 0
    """How many items, drawn by the seed; 0 is all."""
    seed: int = 0
    samples: int = 1
    """Independent answers to each item."""
    concurrency: int = 64
    """Trials under way at once."""
    budget: Limits = Limits()
    after: tuple[str, ...] = ()
    """Runs whose spending, in dollars, calls and tokens, counts against this one's budget."""
    question: Limits = Limits()
    """Limits of each trial."""
    notes: tuple[str, ...] = ()
    retry_failed: bool = False
    """Whether trials that failed for a reason that may have passed are done again."""

    def __post_init__(self) -> None:
        """Raises ConfigError for settings with which nothing could be run, TypeError for what is none or no Model."""
        if not self.systems:
            raise ConfigError(f"experiment {self.name!r} has no systems")
        able(self.task, "fingerprint", "a task, such as Demo(100),")
        for system, model in self.systems.items():
            checked(model, f"the system {system!r}")
        for setting, least in (("limit", 0), ("seed", None), ("samples", 1), ("concurrency", 1)):
            force_setattr(self, setting, whole(getattr(self, setting), setting, least))
        if self.reference and self.reference not in self.systems:
            raise ConfigError(
                f"experiment {self.name!r}: the reference {self.reference!r} is none of its systems",
                hint=f"its systems are {', '.join(self.systems)}",
            )

    async def items(self) -> Sequence[Item]:
        """The items to ask, in the publisher's order. Raises DataError for items that cannot be asked or told apart."""
        everything = checked_items(self.pool or await self.task.items(), self.task.name)
        if not everything:
            raise ConfigError(f"the task {self.task.name} has no items")
        if not self.limit or self.limit >= len(everything):
            return everything
        chosen = seeded(self.seed, "items").sample(range(len(everything)), self.limit)
        return [everything[index] for index in sorted(chosen)]

    def run_id(self, items: Sequence[Item]) -> str:
        decisive = {
            "task": self.task.fingerprint,
            "systems": {name: structure_of(model) for name, model in self.systems.items()},
            "items": [item.id for item in items],
            "seed": self.seed,
            "samples": self.samples,
            "question": self.question,
            "reference": self.reference,
        }
        return f"{self.name}-{fingerprint(decisive)[:8]}"

    def described(self) -> dict[str, SystemFacts]:
        """The systems as a Run remembers them. Raises Unstorable for a structure that is none."""
        return {
            name: _described(structure_of(model), rival=name in self.rivals) for name, model in self.systems.items()
        }

    def worst(self, items: Sequence[Item]) -> dict[str, Worst]:
        """The worst case of each system over all items and samples."""
        return {name: self._sampled(_answering(model, item) for item in items) for name, model in self.systems.items()}

    def worst_grading(self, items: Sequence[Item]) -> dict[str, Worst]:
        """The worst case of grading each system's answers to all items and samples: an account of its own."""
        return {
            name: self._sampled(_grading(self.task, item, _answering(model, item)) for item in items)
            for name, model in self.systems.items()
        }

    def _sampled(self, once: Iterable[Worst]) -> Worst:
        return worst_sum([worst for worst in once for _ in range(self.samples)])


def _answering(model: Model, item: Item) -> Worst:
    """All turns of an item, each asked after the replies to those before."""
    prompt = sum(len(said.encode()) for said in (item.system, *item.turns)) + _WORDS_AROUND
    total = Worst()
    for _ in item.turns:
        once = worst_of(model, prompt)
        total += once
        prompt += once.output
    return total


def _grading(task: Task, item: Item, answering: Worst) -> Worst:
    """Of unknown price where a model is shown an answer of which nobody can say how long it is."""
    worst = worst_grading(task, item, answering.output)
    return worst if answering.output or not worst.calls else msgspec.structs.replace(worst, usd=None)


def _described(structure: Structure, *, rival: bool) -> SystemFacts:
    _, stored = _structures.pack(structure)
    return SystemFacts(
        structure=stored, fingerprint=structure.fingerprint, simulated=is_simulated(structure), rival=rival
    )
