"""Debate: members answer on their own, talk for a few rounds, and one answer is decided on.

First answers are independent and in parallel; nobody sees a peer before. A round is criticism and refinement among
anonymous peers. The talk ends early where the members agree or nobody changes an answer any more. A member that fails
is one member less, a judge that fails leaves the vote; nothing but the failure of every member loses the question. It
does not claim that talking helps: docs/debate.md says when it does not.
"""

import copy
from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from escalade.core.checked import able, choice, whole
from escalade.core.errors import ConfigError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, worst_sum
from escalade.models.together import together
from escalade.strategies.debate.debater import Debater, debaters
from escalade.strategies.debate.deciding import ByVote, Decider
from escalade.strategies.debate.exchange import Answers, DebatePrompts, Exchange, Voice
from escalade.strategies.debate.stop import Stop
from escalade.strategies.debate.topology import Topology
from escalade.strategies.panel import bare, short_of_budget, usable
from escalade.strategies.sample import distinct

When = Literal["always", "disagree"]


class Debate:
    """`members` debate for up to `rounds` rounds; `decide` chooses the answer.

    With `critique` a round is two calls a member, criticism and refinement; without it, one: the member sees its
    peers' answers and refines its own. `when="disagree"` lets members talk only where `stop` does not hold from the
    start. A model that stands there n times gives n samples.
    """

    def __init__(
        self,
        members: Sequence[Debater | Model],
        rounds: int = 1,
        *,
        decide: Decider | None = None,
        critique: bool = True,
        when: When = "always",
        stop: Stop | None = None,
        topology: Topology = "full",
        prompts: DebatePrompts | None = None,
        name: str = "debate",
    ) -> None:
        if not members:
            raise ConfigError("a debate needs a member")
        self.name = name
        self.members = _independent(debaters(members))
        self.rounds = whole(rounds, "rounds", 0)
        self.decide: Decider = able(decide or ByVote(), "decide", "a way to decide, such as ByVote(),")
        self.decide.check(len(members))
        self.when: When = choice(when, "when", get_args(When))
        self.stop = stop or Stop()
        topology = choice(topology, "topology", get_args(Topology))
        self.exchange = Exchange(topology, critique, prompts or DebatePrompts(), stated=self.decide.stated)

    async def reply(self, request: Request, span: Span) -> Reply:
        voices = self._voices(request, span)
        asked = [ask(voice.model, voice.request, span, place=m + 1) for m, voice in voices.items()]
        outcomes = await together(asked)
        usable(outcomes, span)
        first = {m: bare(reply) for m, reply in enumerate(outcomes) if isinstance(reply, Reply)}
        if short_of_budget(outcomes):
            answers, stopped = first, "budget"
        else:
            answers, stopped = await self._talk(request, voices, first, span)
        decision = await self.decide.decide(request, answers, span)
        stopped = "budget" if decision.short else stopped
        span.note("stopped", why=stopped)
        return msgspec.structs.replace(
            decision.reply, candidates=decision.candidates, members=len(outcomes), stopped=stopped
        )

    def _voices(self, request: Request, span: Span) -> dict[int, Voice]:
        if self.decide.stated:
            request = self.exchange.prompts.confidence.around(request)
        return {
            m: Voice(member.model, member.voice(request, span.random(f"{request.item}/voice {m}")))
            for m, member in enumerate(self.members)
        }

    async def _talk(
        self, request: Request, voices: dict[int, Voice], answers: Answers, span: Span
    ) -> tuple[Answers, str]:
        """The answers after the talk, and why it ended."""
        if self.rounds and len(answers) < 2:
            return answers, "only one answer"
        compared = self.exchange.compared(answers)
        if self.rounds and self.when == "disagree" and (why := self.stop.agreed(compared, request.expects)):
            return answers, why
        for number in range(1, self.rounds + 1):
            before, held = compared, await self.exchange.round(number, voices, answers, span)
            answers, compared = held.answers, self.exchange.compared(held.answers)
            if held.short:
                return answers, "budget"
            if number < self.rounds and (why := self.stop.enough(before, compared, request.expects)):
                return answers, why
        return answers, "rounds"

    def structure(self) -> Structure:
        settings = {
            "rounds": self.rounds,
            "critique": self.exchange.critique,
            "when": self.when,
            "topology": self.exchange.topology,
            "share": self.stop.share,
            "stable": self.stop.stable,
            "prompts": self.exchange.prompts.fingerprints(),
        }
        times = 1 + self._talking() * (1 + self.exchange.critique)
        parts = tuple(Part("worker", member.structure(), times=times) for member in self.members)
        return Structure("debate", self.name, settings | self.decide.settings(), (*parts, *self.decide.parts()))

    def _talking(self) -> int:
        """Rounds that can be held: nobody talks alone."""
        return self.rounds if len(self.members) > 1 else 0

    def worst(self, prompt_tokens: int) -> Worst:
        """Every member answers, criticises and refines in every round; then the decision is paid."""
        asked = prompt_tokens + (len(self.exchange.prompts.confidence.text.encode()) if self.decide.stated else 0)
        total = worst_sum([member.worst(asked) for member in self.members])
        for _ in range(self._talking()):
            total += self.exchange.worst(self.members, asked, total.output)
        decision = self.decide.worst(prompt_tokens, len(self.members), total.output)
        both = total + decision
        return both.writing(both.output, decision.quotable)


def _independent(members: Sequence[Debater]) -> list[Debater]:
    """The members, where a model that stands there n times gives n samples."""
    result = []
    for member, model in zip(members, distinct([member.model for member in members]), strict=True):
        own = copy.copy(member)
        own.model, own.name = model, model.name
        result.append(own)
    return result
