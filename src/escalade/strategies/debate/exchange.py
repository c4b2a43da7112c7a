"""One round of a debate: members criticise the answers that they see, then each refines its own.

Peers are anonymous, under drawn ids and in a drawn order; the question is shown as it was asked, its earlier turns and
system message included. A critic that fails is one critic less; a member whose refinement fails, or of whose answer
nobody said anything, keeps the answer that it has. Whoever is shown an answer is told nothing of scores.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.gates.blind import AROUND_TOKENS, Shown, blinded, listed
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Worst, worst_sum
from escalade.models.together import together
from escalade.prompts import Template, template
from escalade.strategies.debate.critiques import addressed
from escalade.strategies.debate.debater import Debater
from escalade.strategies.debate.stop import changed
from escalade.strategies.debate.topology import Topology, most_seen, seen_by
from escalade.strategies.panel import bare, note_failures, short_of_budget
from escalade.strategies.weights import unstated

Answers = dict[int, Reply]
"""By member: the answer that it stands by."""


class Voice(Struct, frozen=True):
    """A member of one debate: who is asked, and the question as that member hears it."""

    model: Model
    request: Request


class DebatePrompts(Struct, frozen=True):
    """The words of a debate."""

    critique: Template = msgspec.field(default_factory=lambda: template("critique"))
    refine: Template = msgspec.field(default_factory=lambda: template("refine"))
    refine_among_peers: Template = msgspec.field(default_factory=lambda: template("refine_among_peers"))
    confidence: Template = msgspec.field(default_factory=lambda: template("confidence"))
    """Asked only where the members' stated confidence decides."""

    def fingerprints(self) -> list[str]:
        return [t.fingerprint for t in (self.critique, self.refine, self.refine_among_peers, self.confidence)]


class Round(Struct, frozen=True):
    """What came of a round."""

    answers: Answers
    short: bool
    """Whether a budget kept anybody from speaking."""


class Exchange(Struct, frozen=True):
    """How members talk: who sees whom, and whether they criticise before they refine."""

    topology: Topology
    critique: bool
    prompts: DebatePrompts
    stated: bool = False
    """Whether members state a confidence, which is no part of their answers."""

    async def round(self, number: int, voices: Mapping[int, Voice], answers: Answers, span: Span) -> Round:
        """The answers after round `number`, counted from 1."""
        item = next(iter(voices.values())).request.item
        seen = seen_by(self.topology, sorted(answers), span.random(f"{item}/round {number}"))
        views = {
            m: blinded([answers[peer].text for peer in peers], span.random(f"{item}/round {number}/member {m}"))
            for m, peers in seen.items()
            if peers
        }
        if not self.critique:
            words = self.prompts.refine_among_peers
            shown = {m: {"answers": listed(view)} for m, view in views.items()}
        else:
            words = self.prompts.refine
            outcomes = await self._criticised(number, voices, answers, views, span)
            if short_of_budget(list(outcomes.values())):
                return Round(answers, short=True)
            remarks = _by_addressee(outcomes, views, seen)
            for m, said in remarks.items():
                span.random(f"{item}/round {number}/remarks {m}").shuffle(said)
            shown = {m: {"remarks": "\n\n".join(said)} for m, said in remarks.items()}
        asked = {m: words.around(voices[m].request, answer=answers[m].text, **shown[m]) for m in sorted(shown)}
        return await self._refined(number, voices, answers, asked, span)

    def compared(self, answers: Answers) -> Answers:
        """The answers as they are set against one another, which is not how they are shown to peers."""
        return {m: unstated(reply, asked=self.stated) for m, reply in answers.items()}

    async def _criticised(
        self,
        number: int,
        voices: Mapping[int, Voice],
        answers: Answers,
        views: Mapping[int, Sequence[Shown]],
        span: Span,
    ) -> dict[int, Reply | Failure]:
        """By critic: its critique of all answers that it sees."""
        asked = []
        for m, view in views.items():
            request = self.prompts.critique.around(voices[m].request, own=answers[m].text, answers=listed(view))
            # A critique is prose: the form that the question's answer must have is not its form.
            request = msgspec.structs.replace(request, response_schema=None, tools=())
            asked.append(ask(voices[m].model, request, span, "critic", place=f"{m + 1}.r{number}"))
        outcomes = await together(asked)
        note_failures(outcomes, span)
        return dict(zip(views, outcomes, strict=True))

    async def _refined(
        self, number: int, voices: Mapping[int, Voice], answers: Answers, asked: Mapping[int, Request], span: Span
    ) -> Round:
        """The answers of those who are asked refined, the others' as they are."""
        outcomes = await together(
            [ask(voices[m].model, request, span, place=f"{m + 1}.r{number}") for m, request in asked.items()]
        )
        note_failures(outcomes, span)
        given = {m: bare(reply) for m, reply in zip(asked, outcomes, strict=True) if isinstance(reply, Reply)}
        before, after = self.compared(answers), self.compared(given)
        for m in given:
            place = f"{span.path}/worker.{m + 1}"
            turned = changed(before[m].text, after[m].text, voices[m].request.expects)
            span.note("revised", path=f"{place}.r{number}", first=place, changed=turned)
        return Round(answers | given, short_of_budget(outcomes))

    def worst(self, members: Sequence[Debater], prompt_tokens: int, output: int) -> Worst:
        """The worst case of one round over answers of at most `output` tokens."""
        seen = most_seen(self.topology, len(members))
        if len(members) < 2:
            return Worst()
        if not self.critique:
            words = prompt_tokens + len(self.prompts.refine_among_peers.text.encode()) + output
            return worst_sum(
                [m.worst(words + n * (output + AROUND_TOKENS)) for m, n in zip(members, seen, strict=True)]
            )
        words = prompt_tokens + len(self.prompts.critique.text.encode()) + output
        critics = [m.worst(words + n * (output + AROUND_TOKENS)) for m, n in zip(members, seen, strict=True)]
        longest = max(critic.output for critic in critics)
        words = prompt_tokens + len(self.prompts.refine.text.encode()) + output
        refined = [m.worst(words + n * (longest + AROUND_TOKENS)) for m, n in zip(members, seen, strict=True)]
        return worst_sum([*critics, *refined])


def _by_addressee(
    outcomes: Mapping[int, Reply | Failure], views: Mapping[int, Sequence[Shown]], seen: Mapping[int, Sequence[int]]
) -> dict[int, list[str]]:
    """By member: what the critics said of its answer."""
    remarks: dict[int, list[str]] = {}
    for critic, outcome in outcomes.items():
        if isinstance(outcome, Failure):
            continue
        said = addressed(outcome.text, [one.id for one in views[critic]])
        for one in views[critic]:
            if one.id in said:
                remarks.setdefault(seen[critic][one.place], []).append(said[one.id])
    return remarks
