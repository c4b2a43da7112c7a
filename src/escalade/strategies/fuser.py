"""A fuser: a model that writes one answer from several, in the words of a prompt.

What it is shown of the answers, and which of them stands where it fails, is the affair of the strategy that asks it.
"""

from msgspec import Struct

from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.prompts import Template
from escalade.strategies.panel import bare, note_failures


class Fuser(Struct, frozen=True):
    """`by`, asked in the words of `prompt`."""

    by: Model
    prompt: Template

    async def written(self, request: Request, shown: str, span: Span, place: int | None = None) -> Reply | Failure:
        """One answer to `request` from those that are `shown`, bare; a failure is noted."""
        outcome = await ask(self.by, self.prompt.around(request, answers=shown), span, "fuser", place=place)
        note_failures([outcome], span)
        return bare(outcome) if isinstance(outcome, Reply) else outcome

    def part(self) -> Part:
        return Part("fuser", structure_of(self.by))

    def worst(self, prompt_tokens: int, shown: int) -> Worst:
        """The worst case for a question of `prompt_tokens` and answers that take `shown` tokens."""
        return worst_of(self.by, prompt_tokens + len(self.prompt.text.encode()) + shown)
