"""What a Model is made of, as a value that plans, drawings, stored runs and reports share.

It says what decides the answers, and nothing of what they cost or of how it is asked.
"""

from typing import Any

from msgspec import Struct

from escalade.core.ids import fingerprint


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

    def models(self, *, without: str | None = None) -> dict[str, int]:
        """The models in it by name, with how often each is asked at worst; `without` is a role that is left out."""
        if self.kind == "model":
            return {self.name: 1}
        found: dict[str, int] = {}
        for part in self.parts:
            if part.role != without:
                for name, times in part.structure.models(without=without).items():
                    found[name] = found.get(name, 0) + times * part.times
        return found
