"""A pipeline of stages over candidates: each stage gets the candidates of the one before and gives its own.

The first candidate of the last stage is the answer, so that a pipeline may end with a ranker as well as with a fuser.
A stage that fails hands on what it got and says so; only the failure to generate any candidate loses the question.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from escalade.core.checked import able
from escalade.core.errors import AnswerError, ConfigError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.ledger.span import Span
from escalade.models.structure import Worst


class Candidate(Struct, frozen=True):
    reply: Reply
    critique: str = ""
    """What a critic said of it, for rankers and fusers."""


class StageResult(Struct, frozen=True, kw_only=True):
    """What a stage made of the candidates, best first where it ranked them."""

    candidates: tuple[Candidate, ...]
    stopped: str
    """How the stage ended, such as "ranked" or "ranker failed"."""
    short: bool = False
    """Whether a budget kept the stage from doing its work."""


class Bound(Struct, frozen=True):
    """What a stage may be given at worst."""

    candidates: int = 0
    output: int = 0
    """Tokens of the longest candidate."""
    critique: int = 0
    """Tokens of the longest critique."""


class Stage(Protocol):
    async def run(self, request: Request, candidates: Sequence[Candidate], span: Span, place: int) -> StageResult:
        """`place`, the stage's position, goes into the places of its spans. Raises only where nothing is left."""
        ...

    def parts(self) -> tuple[Part, ...]: ...

    def described(self) -> str:
        """What it does, with all its settings, such as "rank by pairs, keep 3"."""
        ...

    def prompts(self) -> list[str]:
        """The fingerprints of its prompts."""
        ...

    def worst(self, prompt_tokens: int, given: Bound) -> tuple[Worst, Bound]:
        """What it may spend, and what the next stage may be given."""
        ...


class Pipeline:
    """`stages` in order; the first must generate."""

    def __init__(self, stages: Sequence[Stage], *, name: str = "pipeline") -> None:
        if not stages:
            raise ConfigError("a pipeline needs a stage")
        self.name = name
        self.stages = [able(stage, "run", "a stage, such as Generate([model]),") for stage in stages]

    async def reply(self, request: Request, span: Span) -> Reply:
        candidates: tuple[Candidate, ...] = ()
        generated: tuple[Reply, ...] = ()
        stopped = ""
        for place, stage in enumerate(self.stages, 1):
            result = await stage.run(request, candidates, span, place)
            candidates, stopped = result.candidates, result.stopped
            generated = generated or tuple(candidate.reply for candidate in candidates)
            span.note("stage", why=stopped, left=len(candidates))
            if result.short:
                stopped = "budget"
                break
        if not candidates:
            raise AnswerError(
                f"the pipeline {self.name} ended without a candidate", hint="let its first stage generate"
            )
        span.note("stopped", why=stopped)
        return msgspec.structs.replace(
            candidates[0].reply, candidates=generated, members=len(generated), stopped=stopped
        )

    def structure(self) -> Structure:
        settings = {
            "stages": [stage.described() for stage in self.stages],
            "prompts": [prompt for stage in self.stages for prompt in stage.prompts()],
        }
        parts = tuple(part for stage in self.stages for part in stage.parts())
        return Structure("pipeline", self.name, settings, parts)

    def worst(self, prompt_tokens: int) -> Worst:
        total, given = Worst(), Bound()
        for stage in self.stages:
            asked, given = stage.worst(prompt_tokens, given)
            total += asked
        return total.writing(given.output)
