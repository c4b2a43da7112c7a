"""Cascade: rungs from cheap to dear; a gate looks at each answer and the climb ends at the first good one.

A rung may be tried again ("spinning") while that gains enough. A rung or a gate that fails is noted and climbed past;
it never loses the question. Exhausted, the best answer of all rungs stands, marked not accepted. What a rung is shown
of earlier attempts is not decided here, but by `carried` and CascadePrompts.
"""

from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from escalade.core.checked import choice, number, whole
from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, EscaladeError, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates import Gate, decide
from escalade.gates.protocol import checked_gate
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.strategies.carry import Carry, CascadePrompts, Climbed, carried, highest
from escalade.strategies.panel import note_failures
from escalade.strategies.sample import distinct


class Cascade:
    """Asks `rungs` in order until `accept` accepts.

    `attempts` is how often a rung may answer; it is left early when an attempt scores less than `min_gain` above the
    one before it.
    """

    def __init__(
        self,
        rungs: Sequence[Model],
        accept: Gate,
        *,
        attempts: int = 1,
        min_gain: float = 0.05,
        carry: Carry = "best",
        name: str = "cascade",
        show_scores: bool = False,
        prompts: CascadePrompts | None = None,
    ) -> None:
        if not rungs:
            raise ConfigError("a cascade needs a rung")
        self.name = name
        self.rungs = distinct(rungs, "a rung")
        self.accept = checked_gate(accept, "accept")
        self.attempts = whole(attempts, "attempts", 1)
        self.min_gain = number(min_gain, "min_gain")
        self.carry: Carry = choice(carry, "carry", get_args(Carry))
        self.show_scores = show_scores
        self.prompts = prompts or CascadePrompts()

    async def reply(self, request: Request, span: Span) -> Reply:
        climbed: list[Climbed] = []
        last_error: EscaladeError | None = None
        for level, rung in enumerate(self.rungs, 1):
            last_error = await self._rung(level, rung, request, climbed, span) or last_error
            if climbed and climbed[-1].verdict.accept:
                return self._final(climbed[-1], climbed, "accepted", span)
            if isinstance(last_error, BudgetExceeded):
                break
        if not climbed:
            raise last_error or AnswerError("no rung answered")
        short = isinstance(last_error, BudgetExceeded) or any(_short(attempt) for attempt in climbed)
        stopped = "budget" if short else "exhausted"
        return self._final(best(climbed), climbed, stopped, span)

    async def _rung(
        self, level: int, rung: Model, request: Request, climbed: list[Climbed], span: Span
    ) -> EscaladeError | None:
        """Try one rung as often as it pays, adding to `climbed`; the error if it failed."""
        before: float | None = None
        for attempt in range(self.attempts):
            place = f"{level}.{attempt + 1}" if self.attempts > 1 else str(level)
            shown = carried(climbed, self.carry)
            asked = self.prompts.showing(request, shown, level, scores=self.show_scores)
            prompt = asked.sampled(attempt, self.attempts)
            outcome = await ask(rung, prompt, span, place=place, level=level)
            if isinstance(outcome, Failure):
                note_failures([outcome], span)
                return outcome.error
            verdict = await decide(self.accept, request, outcome, span, place=place, level=level)
            climbed.append(Climbed(level, outcome, verdict))
            if verdict.accept or verdict.score is None:
                return None
            # Rounded, since 0.25 is less than 0.05 above 0.2 in floats.
            if before is not None and round(verdict.score - before, 9) < self.min_gain:
                return None
            before = verdict.score
        return None

    def _final(self, chosen: Climbed, climbed: list[Climbed], stopped: str, span: Span) -> Reply:
        span.note("stopped", why=stopped, level=chosen.level, climbed=climbed[-1].level)
        return msgspec.structs.replace(
            chosen.reply,
            accepted=chosen.verdict.accept,
            score=chosen.verdict.score,
            reason=chosen.verdict.reason,
            level=chosen.level,
            stopped=stopped,
            candidates=(),
            members=0,
        )

    def structure(self) -> Structure:
        settings: dict[str, Any] = {
            "attempts": self.attempts,
            "min_gain": self.min_gain,
            "carry": self.carry,
            "prompts": self.prompts.fingerprints(),
        }
        if self.show_scores:
            settings["show_scores"] = True
        rungs = [
            Part("worker", structure_of(rung), times=self.attempts, level=level)
            for level, rung in enumerate(self.rungs, 1)
        ]
        gate = Part("gate", self.accept.structure(), times=self.attempts * len(self.rungs))
        return Structure("cascade", self.name, settings, (*rungs, gate))

    def worst(self, prompt_tokens: int) -> Worst:
        """Every rung answers as often as it may, and each prompt carries what `carry` allows."""
        total, told, largest = Worst(), 0, 0
        words = self.prompts.length()
        for rung in self.rungs:
            for _ in range(self.attempts):
                answer = worst_of(rung, prompt_tokens + told)
                verdict = self.accept.worst(prompt_tokens + answer.output)
                quoted = answer.quotable * (answer.output + verdict.output + words)
                largest = max(largest, quoted)
                told = told + quoted if self.carry == "all" else largest if self.carry != "nothing" else 0
                total += (answer + verdict).writing(answer.output)
        return total


def _short(attempt: Climbed) -> bool:
    """Whether a budget kept the answer, or the verdict on it, from being what it should."""
    return BudgetExceeded.code in (attempt.verdict.error, attempt.reply.stopped)


def best(climbed: list[Climbed]) -> Climbed:
    """What stands when nothing was accepted.

    The last answer if it is unjudged: it is the strongest rung's, and nobody found it lacking. Else the best-scored.
    """
    return climbed[-1] if climbed[-1].verdict.unjudged else highest(climbed)
