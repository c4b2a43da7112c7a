"""Honest rivals that need calls of their own: self-consistency and the plain vote of a system's own models.

They are systems like any other, asked for by the `rivals` of an experiment, so that `plan` prices them and the report
sets each orchestration beside what its money could have bought.
"""

from typing import TYPE_CHECKING

from pydantic import Field

from escalade.config.problems import Path, Spec
from escalade.core.structure import Structure
from escalade.models.protocol import Model
from escalade.models.structure import structure_of
from escalade.strategies import Vote, sample

if TYPE_CHECKING:
    from escalade.config.build import Builder

_SIZES = (3, 5, 9, 17, 33, 65)
"""Samples in a vote: odd, so that two answers cannot tie. Larger votes contain the calls of the smaller ones."""


class RivalsSpec(Spec):
    """Rivals to run beside an experiment's systems."""

    self_consistency: list[str] = Field([], description="models whose samples are put to a vote")
    up_to: int = Field(9, ge=3, description="how many samples at most")
    majority: bool = Field(default=False, description="the plain vote of each orchestration's models")

    def systems(self, builder: "Builder", systems: dict[str, Model], path: Path) -> dict[str, Model]:
        """The rivals of `systems`, by name."""
        rivals: dict[str, Model] = {}
        for name in self.self_consistency:
            model = builder.named(name, (*path, "self_consistency"))
            for size in (n for n in _SIZES if n <= self.up_to):
                rivals[f"{name} x{size}"] = Vote(sample(model, size), name=f"{name} x{size}")
        if self.majority:
            panels: dict[tuple[str, ...], tuple[str, ...]] = {}
            for model in systems.values():
                panel = _workers(structure_of(model))
                panels.setdefault(tuple(sorted(panel)), panel)
            for panel in panels.values():
                if len(panel) > 1 and not any(_is_vote_of(panel, structure_of(m)) for m in systems.values()):
                    title = "vote of " + ", ".join(panel)
                    rivals[title] = Vote([builder.named(name, path) for name in panel], name=title)
        return rivals


def _workers(structure: Structure) -> tuple[str, ...]:
    """The names of the models that answer in a system, each once."""
    if structure.kind == "model":
        return (structure.name,)
    inner = [name for part in structure.parts if part.role == "worker" for name in _workers(part.structure)]
    return tuple(dict.fromkeys(inner))


def _is_vote_of(panel: tuple[str, ...], structure: Structure) -> bool:
    return structure.kind == "vote" and sorted(p.structure.name for p in structure.parts) == sorted(panel)
