"""Tools that are Models: what a head is told of them and what they may cost. They are asked elsewhere.

A head is told each tool's name, what it is good at and how reliable it was measured to be. One Model that stands there
n times gives n tools, whose answers are independent samples.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.messages import Tool
from escalade.core.structure import Part
from escalade.models.protocol import Model
from escalade.models.structure import Worst, structure_of, worst_of, worst_sum
from escalade.strategies.sample import Sampled, distinct

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 48
"""Native tools may be called up to 64 characters; some room is left for a number."""
_GOOD_AT = "answers questions of any kind"
_AROUND = 160
"""Bytes for each tool, its name included: more than stand around an answer, a refusal or a description on the wire."""


class ModelTool(Struct, frozen=True):
    """A Model as a tool."""

    model: Model
    name: str = ""
    """What the head calls it, as far as calls can hold that; the Model's name if not said."""
    good_at: str = ""
    """What the head is told of it, as a phrase."""
    reliability: float | None = None
    """The share of questions that it was measured to answer rightly, 0 to 1."""


class Slot(Struct, frozen=True):
    """One tool as it is offered: the `index`-th of the `of` tools that are the same Model."""

    name: str
    model: Model
    told: ModelTool
    """What the head is told of it."""
    index: int
    of: int

    @property
    def description(self) -> str:
        said = (self.told.good_at or _GOOD_AT).rstrip(".")
        if self.index:
            said += "; independent of the one before"
        if self.told.reliability is not None:
            said += f"; was right on {self.told.reliability:.0%} of the questions that it was measured on"
        return f"{said}."


class Toolbox:
    """Tools in their order, under names that text and native calls can hold and that no two share."""

    def __init__(self, tools: Sequence[Model | ModelTool]) -> None:
        if not tools:
            raise ConfigError("an agent needs a tool")
        offered = [tool if isinstance(tool, ModelTool) else ModelTool(tool) for tool in tools]
        self.slots: list[Slot] = []
        for tool, member in zip(offered, distinct([tool.model for tool in offered], "a tool"), strict=True):
            drawn = member if isinstance(member, Sampled) else Sampled(member, 0, 1)
            name = _name(tool.name or drawn.model.name, self.names)
            self.slots.append(Slot(name, drawn.model, tool, drawn.index, drawn.of))

    @property
    def names(self) -> list[str]:
        return [slot.name for slot in self.slots]

    @property
    def most_uses(self) -> int:
        """How many uses of one step are looked at: what a head can make us tell it is bounded."""
        return 2 * len(self.slots)

    def listed(self) -> str:
        """The tools for a prompt, one a line."""
        return "\n".join(f"- {slot.name}: {slot.description}" for slot in self.slots)

    def offered(self) -> tuple[Tool, ...]:
        """The tools for native calls."""
        query = {"type": "string", "description": "what you ask it, complete in itself"}
        schema = {"type": "object", "properties": {"query": query}, "required": ["query"]}
        return tuple(Tool(slot.name, slot.description, schema) for slot in self.slots)

    def parts(self, times: int) -> tuple[Part, ...]:
        return tuple(Part("tool", structure_of(slot.model), times=times) for slot in self.slots)

    def worst(self, query_tokens: int) -> tuple[Worst, int]:
        """Every tool asked once, and by how many tokens a prompt grows that quotes them all."""
        each = [worst_of(slot.model, query_tokens) for slot in self.slots]
        refusal = sum(len(name) + len(", ") for name in self.names)
        quoted = sum(worst.output + _AROUND for worst in each) + self.most_uses * (refusal + _AROUND)
        return worst_sum(each), quoted

    def length(self) -> int:
        """Bytes, and so at most as many tokens, of the tools' descriptions in any protocol."""
        return len(self.listed().encode()) + 2 * _AROUND * len(self.slots)


def _name(wanted: str, taken: Sequence[str]) -> str:
    fit = _UNFIT.sub("-", wanted).strip("-")[:_LONGEST_NAME] or "tool"
    name, number, used = fit, 1, {other.lower() for other in taken}
    while name.lower() in used:
        number += 1
        name = f"{fit}-{number}"
    return name
