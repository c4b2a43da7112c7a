"""What a Model is made of, and what a question may cost with it at worst: for plans, drawings and identity.

A Model that can say this has the two methods of `Planned`. One that cannot is still a Model, but its plan is opaque,
its worst case is unknown and its name alone is its identity.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from escalade.core.ids import fingerprint
from escalade.models.protocol import Model


class Part(Struct, frozen=True, omit_defaults=True):
    role: str
    structure: "Structure"
    times: int = 1
    """How often it is asked at worst."""
    level: int | None = None


class Structure(Struct, frozen=True, omit_defaults=True):
    """A tree that says what answers: two Models with equal structures give equal answers to equal seeds."""

    kind: str
    """"model", "cascade", "vote", ..."""
    name: str
    settings: dict[str, Any] = {}
    """Everything that changes answers: ids, sampling, thresholds, fingerprints of prompts."""
    parts: tuple[Part, ...] = ()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self)


def is_simulated(structure: Structure) -> bool:
    """Whether any model in it is simulated."""
    if not structure.parts:
        return "simulated" in structure.settings
    return any(is_simulated(part.structure) for part in structure.parts)


class Worst(Struct, frozen=True, omit_defaults=True):
    """The most that one question may take. Attempts that fail and are retried without being billed do not count."""

    calls: int = 0
    usd: Decimal | None = Decimal(0)
    """None if any price is unknown."""
    output: int = 0
    """The longest reply, in tokens: what a later prompt that quotes it grows by."""
    remarked: int = 1
    """How many answers of at most `output` tokens a ladder may quote from it, each with a remark of its own."""

    def __add__(self, other: "Worst") -> "Worst":
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Worst(self.calls + other.calls, usd, max(self.output, other.output))


@runtime_checkable
class Planned(Protocol):
    def structure(self) -> Structure: ...

    def worst(self, prompt_tokens: int) -> Worst:
        """The worst case for a question of at most `prompt_tokens`."""
        ...


def structure_of(model: Model) -> Structure:
    if isinstance(model, Planned):
        return model.structure()
    return Structure(type(model).__name__, model.name)


def worst_of(model: Model, prompt_tokens: int) -> Worst:
    if isinstance(model, Planned):
        return model.worst(prompt_tokens)
    return Worst(1, None)


def worst_sum(parts: Sequence[Worst]) -> Worst:
    result = Worst()
    for part in parts:
        result += part
    return result
