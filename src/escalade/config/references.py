"""Names in a config: places where another thing is named or described, which the Builder builds, and names to give."""

from collections.abc import Container
from itertools import chain, count
from typing import Annotated, Any

from pydantic import WithJsonSchema

KIND = "x-kind"
"""Stands for a `$ref` to a kind that pydantic does not know: the schema of the config links it."""
SystemRef = Annotated[Any, WithJsonSchema({KIND: "System"})]
"""A model's or system's name, or a system described in place."""
MembersRef = Annotated[Any, WithJsonSchema({KIND: "Members"})]
"""A list of systems; `{sample: NAME, n: 5}` stands for five samples."""
DebatersRef = Annotated[Any, WithJsonSchema({KIND: "Debaters"})]
"""As members; `{model: NAME, style: strict}` stands for a model with a style."""
DeciderRef = Annotated[Any, WithJsonSchema({KIND: "Decider"})]
"""How a debate is decided."""
GateRef = Annotated[Any, WithJsonSchema({KIND: "Gate"})]
"""A gate."""


def free_name(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, ... that is not taken."""
    numbered = (f"{wanted}-{number}" for number in count(2))
    return next(name for name in chain([wanted], numbered) if name not in taken)
