"""Weights that an experiment measures before it uses them: `accuracy: fitted` in a system, `fit` in the experiment.

The members of such votes answer a share of the items alone, as a run of its own; then the votes are built with what
was measured, and every system of the experiment is reported on the other items. Both runs draw on one budget.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from escalade.config.problems import Path, dotted
from escalade.core.errors import ConfigError
from escalade.core.structure import Structure
from escalade.experiment import Alone, Experiment, alone
from escalade.models.protocol import Model
from escalade.models.structure import structure_of
from escalade.store import Store
from escalade.strategies.weights import FITTED, NOT_MEASURED, Measured, Unmeasured, Weights


class Fitting:
    """What a Builder knows of weights that are to be fitted: whose accuracy is wanted, and what was measured."""

    def __init__(self) -> None:
        self.wanted: dict[str, Model] = {}
        """The models to measure, by name."""
        self.places: list[str] = []
        """The keys that ask for it."""
        self.measured: dict[str, Alone] = {}

    def weights(self, members: Sequence[Model], path: Path) -> Weights:
        """The weights of `members`, or what stands for them until they are measured."""
        at = dotted(path)
        self.places.append(at)
        for member in members:
            if _waits(structure_of(member)):
                raise ConfigError(f"{at}: {member.name} has fitted weights itself", hint="write its accuracies down")
            if structure_of(self.wanted.setdefault(member.name, member)) != structure_of(member):
                raise ConfigError(f"{at}: two systems are called {member.name}", hint="name them under `systems`")
        if not self.measured:
            return Unmeasured()
        return Measured(tuple(self.measured[member.name].accuracy for member in members))

    def refuse(self) -> None:
        """Raises ConfigError if anything waits for a measurement that nobody will make."""
        if self.places:
            raise ConfigError(f"{self.places[0]} is `{FITTED}`, and nothing was measured", hint=NOT_MEASURED)


class ToFit(Struct, frozen=True):
    """An experiment whose systems can be built only after another has been run."""

    experiment: Experiment
    """The members alone, on the items to fit on."""
    build: Callable[[Mapping[str, Alone], str], Experiment]
    """From what was measured, and the run that did it, to the experiment itself."""

    def fitted(self, store: Store, run_id: str) -> Experiment:
        """The experiment itself, from the Records of the finished run."""
        found = alone(store.records(run_id))
        if lacking := [name for name in self.experiment.systems if name not in found]:
            raise ConfigError(f"no answer of {lacking[0]} could be graded in {run_id}, so that it has no weight")
        return self.build({name: found[name] for name in self.experiment.systems}, run_id)


def remark(found: Mapping[str, Alone], run_id: str, held_out: int) -> str:
    """The sentence that stands under the report of a run with fitted weights."""
    shares = ", ".join(f"{name} {one.accuracy:.3f}" for name, one in found.items())
    n = min(one.n for one in found.values())
    return (
        f"Fitted weights: accuracies were measured on {n:,} other items ({shares}; run {run_id}). "
        f"All figures here are over the {held_out:,} items held out."
    )


def _waits(structure: Structure) -> bool:
    """Whether weights inside `structure` are still to be measured."""
    return structure.settings.get("accuracies") == FITTED or any(_waits(part.structure) for part in structure.parts)
