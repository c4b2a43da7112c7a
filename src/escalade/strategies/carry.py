"""What goes up a cascade: which earlier attempts the next one is shown, and in what words.

An attempt goes up with what was said of it, its score only where that is asked for; of a debate, all answers go up
with what its judge said of each. An answer of which nothing was said is never shown, and whether to climb on is not
decided here.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.gates import Verdict
from escalade.prompts import Template, template

Carry = Literal["best", "last", "all", "nothing"]
"""Which earlier answers the next attempt is shown: the best-scored one, the last, all, or none (it starts afresh)."""


class Climbed(Struct, frozen=True):
    """One attempt that came to an answer."""

    level: int
    """The rung that gave it, counted from 1."""
    reply: Reply
    verdict: Verdict


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

    def showing(self, request: Request, carried: list[Climbed], level: int, *, scores: bool) -> Request:
        """What the rung at `level` is asked: `request` with the attempts `carried` to it that were remarked on."""
        shown = [c for c in carried if _remarked(c)]
        if not shown:
            return request
        attempts = "\n\n".join(self._attempt(reply, scores=scores) for c in shown for reply in _remarked(c))
        own = all(c.level == level for c in shown)
        form = self.retry if own else self.escalate
        return form.around(request, attempts=attempts)

    def _attempt(self, reply: Reply, *, scores: bool) -> str:
        scored = scores and reply.score is not None
        said = f"{reply.reason}\nScore: {reply.score:.2f}" if scored else reply.reason
        return self.attempt.fill(answer=reply.text, feedback=said)


def carried(climbed: list[Climbed], carry: Carry) -> list[Climbed]:
    """The attempts among `climbed`, earliest first, that `carry` lets go up."""
    if not climbed or carry == "nothing":
        return []
    if carry == "all":
        return climbed
    return [climbed[-1] if carry == "last" else highest(climbed)]


def highest(climbed: list[Climbed]) -> Climbed:
    """The best-scored answer; the later among equals, the last if none has a score."""
    scored = [c for c in climbed if c.verdict.score is not None]
    return max(reversed(scored), key=lambda c: c.verdict.score or 0.0) if scored else climbed[-1]


def _remarked(climbed: Climbed) -> list[Reply]:
    """The answers of an attempt of which something was said: all that a judge of many looked at, else the one."""
    judged = [reply for reply in climbed.reply.candidates if reply.reason]
    if judged:
        return judged
    said = climbed.verdict
    return [msgspec.structs.replace(climbed.reply, score=said.score, reason=said.reason)] if said.reason else []
