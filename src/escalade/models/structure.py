"""What a Model says of itself: what it is made of, and what a question may cost with it at worst.

A Model that can say this has the two methods of `Planned`. One that cannot is still a Model, but its plan is opaque,
its worst case is unknown and its name alone is its identity.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, runtime_checkable

from msgspec import Struct

from escalade.core.structure import Structure
from escalade.models.protocol import Model


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
    quotable: int = 1
    """How many answers a later prompt may quote from this one reply, each with a remark."""

    def __add__(self, other: "Worst") -> "Worst":
        """Both are spent, and the reply is one of theirs."""
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Worst(self.calls + other.calls, usd, max(self.output, other.output))

    def times(self, count: int) -> "Worst":
        """As much spent `count` times over; the reply is one of those."""
        return Worst(self.calls * count, None if self.usd is None else self.usd * count, self.output)

    def writing(self, output: int, quotable: int = 1) -> "Worst":
        """As much spent, but for a reply of at most `output` tokens."""
        return Worst(self.calls, self.usd, output, quotable)


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
