"""Length: a gate that accepts answers of a certain number of words. It costs nothing and judges nothing else."""

from typing import TYPE_CHECKING

from escalade.config.plugins import Path, Spec
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates import Gate, Verdict
from escalade.gates.combine import Combinable
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from pydantic import Field

if TYPE_CHECKING:
    from escalade.config.build import Builder


class Length(Combinable):
    """Accepts texts of `at_least` to `at_most` words; `Combinable` gives it `&` and `|`."""

    name = "length"

    def __init__(self, at_most: int, at_least: int = 1) -> None:
        self.at_most = at_most
        self.at_least = at_least

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (asks nobody)
        words = len(reply.text.split())
        accept = self.at_least <= words <= self.at_most
        wanted = f"Answer in {self.at_least} to {self.at_most} words; the answer above has {words}."
        return Verdict(accept=accept, score=float(accept), reason="" if accept else wanted)

    def structure(self) -> Structure:
        return Structure("length", self.name, {"at_most": self.at_most, "at_least": self.at_least})

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst()


class LengthSpec(Spec):
    """The answer has a certain number of words."""

    length: int = Field(ge=1, description="the most words that are accepted")
    at_least: int = Field(1, ge=0, description="the fewest words that are accepted")

    def build(self, builder: "Builder", path: Path) -> Gate:  # noqa: ARG002  (the signature of every kind)
        return Length(self.length, self.at_least)
