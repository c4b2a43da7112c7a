"""Which single models answer in a structure: what makes a vote "the same panel" and self-consistency a rival."""

from collections.abc import Mapping
from typing import Any


def members(structure: Mapping[str, Any]) -> dict[str, int]:
    """The leaves by name, with how often each is asked at worst. A gate judges and does not answer: it is no member."""
    if structure.get("kind") == "model":
        return {str(structure.get("name")): 1}
    found: dict[str, int] = {}
    for part in structure.get("parts", ()):
        if part.get("role") == "gate":
            continue
        for name, times in members(part["structure"]).items():
            found[name] = found.get(name, 0) + times * int(part.get("times", 1))
    return found
