"""Cascade: rungs from cheap to dear; a gate looks at each answer and the climb ends at the first good one.

A rejected answer goes up with the gate's explanation, and with its score only where `show_scores` asks for that; of a
debate, all answers go up with what its judge said of each. A rung may be tried again ("spinning") while that gains
enough. A rung or a gate that fails is noted and climbed past; it never loses the question. Exhausted,
the best answer of all rungs stands, marked not accepted.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from escalade.core.errors import AnswerError, BudgetExceeded, EscaladeError, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.gates import Gate, Verdict, decide
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Part, Structure, Worst, structure_of, worst_of
from escalade.prompts import Template, template
from escalade.strategies.sample import distinct

Carry = Literal["best", "last", "all", "nothing"]
"""Which earlier answers the next attempt is shown: the best-scored one, the last, all, or none (it starts afresh)."""


class Climbed(Struct, frozen=True):
    """One attempt that came to an answer."""

    rung: int
    reply: Reply
    verdict: Verdict


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
        prompts: "CascadePrompts | None" = None,
    ) -> None:
        if not rungs:
            raise ValueError("a cascade needs a rung")
        if attempts < 1:
            raise ValueError(f"attempts counts from 1, not {attempts}")
        self.name = name
        self.rungs = distinct(rungs)
        self.accept = accept
        self.attempts = attempts
        self.min_gain = min_gain
        self.carry: Carry = carry
        self.show_scores = show_scores
        self.prompts = prompts or CascadePrompts()

    async def reply(self, request: Request, span: Span) -> Reply:
        climbed: list[Climbed] = []
        last_error: EscaladeError | None = None
        for rung in range(len(self.rungs)):
            last_error = await self._rung(rung, request, climbed, span) or last_error
            if climbed and climbed[-1].verdict.accept:
                return self._final(climbed[-1], climbed, "accepted", span)
            if isinstance(last_error, BudgetExceeded):
                break
        if not climbed:
            raise last_error or AnswerError("no rung answered")
        short = isinstance(last_error, BudgetExceeded) or any(_short(attempt) for attempt in climbed)
        stopped = "budget" if short else "exhausted"
        return self._final(best(climbed), climbed, stopped, span)

    async def _rung(self, rung: int, request: Request, climbed: list[Climbed], span: Span) -> EscaladeError | None:
        """Try one rung as often as it pays, adding to `climbed`; the error if it failed."""
        before: float | None = None
        for attempt in range(self.attempts):
            place = f"{rung + 1}.{attempt + 1}" if self.attempts > 1 else str(rung + 1)
            prompt = self._prompt(request, climbed, rung).sampled(attempt, self.attempts)
            outcome = await ask(self.rungs[rung], prompt, span, place=place, level=rung + 1)
            if isinstance(outcome, Failure):
                span.note("failed", path=outcome.path, error=outcome.error.code, message=str(outcome.error))
                return outcome.error
            verdict = await decide(self.accept, request, outcome, span, place=place, level=rung + 1)
            climbed.append(Climbed(rung, outcome, verdict))
            if verdict.accept or verdict.score is None:
                return None
            # Rounded, since 0.25 is less than 0.05 above 0.2 in floats.
            if before is not None and round(verdict.score - before, 9) < self.min_gain:
                return None
            before = verdict.score
        return None

    def _prompt(self, request: Request, climbed: list[Climbed], rung: int) -> Request:
        shown = [c for c in self._carried(climbed) if _remarked(c)]
        if not shown:
            return request
        attempts = "\n\n".join(self._attempt(reply) for c in shown for reply in _remarked(c))
        asked = request.messages[-1].content
        own = all(c.rung == rung for c in shown)
        form = self.prompts.retry if own else self.prompts.escalate
        return request.saying(form.fill(question=asked, attempts=attempts))

    def _attempt(self, reply: Reply) -> str:
        scored = self.show_scores and reply.score is not None
        said = f"{reply.reason}\nScore: {reply.score:.2f}" if scored else reply.reason
        return self.prompts.attempt.fill(answer=reply.text, feedback=said)

    def _carried(self, climbed: list[Climbed]) -> list[Climbed]:
        if not climbed or self.carry == "nothing":
            return []
        if self.carry == "all":
            return climbed
        return [climbed[-1] if self.carry == "last" else _highest(climbed)]

    def _final(self, chosen: Climbed, climbed: list[Climbed], stopped: str, span: Span) -> Reply:
        span.note("stopped", why=stopped, level=chosen.rung + 1, climbed=climbed[-1].rung + 1)
        return msgspec.structs.replace(
            chosen.reply,
            accepted=chosen.verdict.accept,
            score=chosen.verdict.score,
            reason=chosen.verdict.reason,
            level=chosen.rung + 1,
            stopped=stopped,
            candidates=(),
            asked=0,
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
        total, carried, largest = Worst(), 0, 0
        words = self.prompts.length()
        for rung in self.rungs:
            for _ in range(self.attempts):
                answer = worst_of(rung, prompt_tokens + carried)
                verdict = self.accept.worst(prompt_tokens + answer.output)
                quoted = answer.remarked * (answer.output + verdict.output + words)
                largest = max(largest, quoted)
                carried = carried + quoted if self.carry == "all" else largest if self.carry != "nothing" else 0
                total = Worst(
                    total.calls + answer.calls + verdict.calls,
                    (total + answer + verdict).usd,
                    max(total.output, answer.output),
                )
        return total


class CascadePrompts(Struct, frozen=True):
    """The words in which an earlier answer goes up the ladder."""

    escalate: Template = msgspec.field(default_factory=lambda: template("escalate"))
    retry: Template = msgspec.field(default_factory=lambda: template("retry"))
    attempt: Template = msgspec.field(default_factory=lambda: template("attempt"))

    def fingerprints(self) -> list[str]:
        return [self.escalate.fingerprint, self.retry.fingerprint, self.attempt.fingerprint]

    def length(self) -> int:
        """Bytes, and so at most as many tokens, of the words themselves."""
        return sum(len(t.text.encode()) for t in (self.escalate, self.retry, self.attempt))


def _remarked(climbed: Climbed) -> list[Reply]:
    """The answers of an attempt of which something was said: all that a judge of many looked at, else the one."""
    judged = [reply for reply in climbed.reply.candidates if reply.reason]
    if judged:
        return judged
    said = climbed.verdict
    return [msgspec.structs.replace(climbed.reply, score=said.score, reason=said.reason)] if said.reason else []


def _short(attempt: Climbed) -> bool:
    """Whether a budget kept the answer, or the verdict on it, from being what it should."""
    return BudgetExceeded.code in (attempt.verdict.error, attempt.reply.stopped)


def _highest(climbed: list[Climbed]) -> Climbed:
    """The best-scored answer; the later among equals, the last if none has a score."""
    scored = [c for c in climbed if c.verdict.score is not None]
    return max(reversed(scored), key=lambda c: c.verdict.score or 0.0) if scored else climbed[-1]


def best(climbed: list[Climbed]) -> Climbed:
    """What stands when nothing was accepted.

    The last answer if it is unjudged: it is the strongest rung's, and nobody found it lacking. Else the best-scored.
    """
    return climbed[-1] if climbed[-1].verdict.unjudged else _highest(climbed)
