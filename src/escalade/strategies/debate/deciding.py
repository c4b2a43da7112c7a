"""How a debate ends in one answer: by a judge of all answers, by vote, by weighted vote, or by a fuser.

Where a judge or a fuser fails, the answer that most members give stands, and it brings no score: nobody vouched for
it. Deciding never loses the answers that are there.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from escalade.core.checked import able
from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part
from escalade.gates import PanelJudge
from escalade.gates.blind import AROUND_TOKENS, blinded, listed
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst
from escalade.prompts import Template, template
from escalade.strategies.fuser import Fuser
from escalade.strategies.panel import short_of_budget
from escalade.strategies.weights import Weights, heaviest, plurality, unstated


class Decision(Struct, frozen=True, kw_only=True):
    reply: Reply
    candidates: tuple[Reply, ...]
    """The members' answers, with score and reason where a judge gave them."""
    short: bool = False
    """Whether a budget kept the decision from being made as it should."""


class Decider(Protocol):
    @property
    def stated(self) -> bool:
        """Whether members must be asked to state their confidence."""
        ...

    def check(self, members: int) -> None:
        """Raises ConfigError where it cannot decide between so many members."""
        ...

    async def decide(self, request: Request, answers: Mapping[int, Reply], span: Span) -> Decision:
        """One answer from those of the members, by their positions; there is at least one. Never raises."""
        ...

    def settings(self) -> dict[str, Any]: ...

    def parts(self) -> tuple[Part, ...]: ...

    def worst(self, prompt_tokens: int, members: int, output: int) -> Worst:
        """For a question of `prompt_tokens` and answers of at most `output` tokens."""
        ...


class _ByAnswers(Struct, frozen=True):
    """What decides by the members' answers alone, however many there are."""

    stated = False

    def check(self, members: int) -> None:
        """Any number will do."""


class ByVote(_ByAnswers, frozen=True):
    """The final answer that most members give; ties to the earliest."""

    async def decide(self, request: Request, answers: Mapping[int, Reply], span: Span) -> Decision:
        replies = list(answers.values())
        winner, counts = heaviest(replies, [None] * len(replies), request.expects)
        span.note("vote", counts=[round(count) for count in counts], answered=len(replies))
        return Decision(reply=replies[winner], candidates=tuple(replies))

    def settings(self) -> dict[str, Any]:
        return {"decide": "vote"}

    def parts(self) -> tuple[Part, ...]:
        return ()

    def worst(self, prompt_tokens: int, members: int, output: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst(output=output)


class ByWeight(Struct, frozen=True):
    """The final answer whose members weigh most."""

    weights: Weights

    @property
    def stated(self) -> bool:
        return self.weights.stated

    def check(self, members: int) -> None:
        self.weights.check(members)

    async def decide(self, request: Request, answers: Mapping[int, Reply], span: Span) -> Decision:
        replies = [unstated(reply, asked=self.weights.stated) for reply in answers.values()]
        weights = [self.weights.of(member, reply) for member, reply in answers.items()]
        winner, totals = heaviest(replies, weights, request.expects)
        span.note("vote", counts=totals, answered=len(replies), weights=weights)
        return Decision(reply=replies[winner], candidates=tuple(replies))

    def settings(self) -> dict[str, Any]:
        return {"decide": "weight"} | self.weights.settings()

    def parts(self) -> tuple[Part, ...]:
        return ()

    def worst(self, prompt_tokens: int, members: int, output: int) -> Worst:  # noqa: ARG002  (asks nobody)
        return Worst(output=output)


class ByJudge(_ByAnswers, frozen=True):
    """The answer that a panel judge scores highest. Its score and every answer's reason travel with the reply."""

    judge: PanelJudge

    def __post_init__(self) -> None:
        able(self.judge, "review", "a judge of all answers, such as PanelJudge(model),")

    async def decide(self, request: Request, answers: Mapping[int, Reply], span: Span) -> Decision:
        found = await self.judge.review(request, [reply.text for reply in answers.values()], span)
        judged = tuple(
            reply if one is None else msgspec.structs.replace(reply, score=one.score, reason=one.reason)
            for reply, one in zip(answers.values(), found.reviews, strict=True)
        )
        best = plurality(judged, request.expects) if found.best is None else found.best
        span.note(
            "panel",
            gate=self.judge.name,
            members=[member + 1 for member in answers],
            best=list(answers)[best] + 1,
            scores=[reply.score for reply in judged],
            reasons=[reply.reason for reply in judged],
            trouble=found.trouble,
        )
        return Decision(reply=judged[best], candidates=judged, short=found.error == BudgetExceeded.code)

    def settings(self) -> dict[str, Any]:
        return {"decide": "judge"}

    def parts(self) -> tuple[Part, ...]:
        return (Part("gate", self.judge.structure()),)

    def worst(self, prompt_tokens: int, members: int, output: int) -> Worst:
        return self.judge.worst(prompt_tokens, members, output).writing(output, quotable=members)


class ByFuser(_ByAnswers, frozen=True):
    """One answer that another model writes from all of them."""

    by: Model
    prompt: Template = msgspec.field(default_factory=lambda: template("fuse"))

    def __post_init__(self) -> None:
        checked(self.by, "by")

    @property
    def _fuser(self) -> Fuser:
        return Fuser(self.by, self.prompt)

    async def decide(self, request: Request, answers: Mapping[int, Reply], span: Span) -> Decision:
        replies = list(answers.values())
        shown = blinded([reply.text for reply in replies], span.random(request.item))
        fused = await self._fuser.written(request, listed(shown), span)
        if isinstance(fused, Failure):
            most, short = replies[plurality(replies, request.expects)], short_of_budget([fused])
            return Decision(reply=most, candidates=tuple(replies), short=short)
        return Decision(reply=fused, candidates=tuple(replies))

    def settings(self) -> dict[str, Any]:
        return {"decide": "fuser", "prompt": self.prompt.fingerprint}

    def parts(self) -> tuple[Part, ...]:
        return (self._fuser.part(),)

    def worst(self, prompt_tokens: int, members: int, output: int) -> Worst:
        fused = self._fuser.worst(prompt_tokens, members * (output + AROUND_TOKENS))
        return fused.writing(max(fused.output, output))
