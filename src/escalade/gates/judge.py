"""The judge gate: a model scores the answer from 0 to 1, and a threshold decides.

The judge sees the question and the answer, never the gold and never who wrote it. How strict it is to be is its system
message, and no part of the threshold. Output that cannot be read is asked
for once more; after that, and when the judge fails, the verdict is "unjudged".
"""

import copy
from typing import Any, NoReturn, Self

import msgspec

from escalade.core.errors import Failure
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.gates.combine import Combinable
from escalade.gates.protocol import Verdict, checked_score
from escalade.gates.reading import read_scored
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model, ask
from escalade.models.structure import Part, Structure, Worst, structure_of, worst_of
from escalade.prompts import Template, template

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "score": {"type": "number", "minimum": 0, "maximum": 1}},
    "required": ["reason", "score"],
    "additionalProperties": False,
}
_NO_OBJECT = "it held no JSON object with a score from 0 to 1"


class Judge(Combinable):
    """Accepts answers that `model` scores `at_least` so high; `strictness` is its system message."""

    def __init__(
        self,
        model: Model,
        at_least: float = 0.9,
        *,
        prompt: Template | None = None,
        again: Template | None = None,
        strictness: Template | None = None,
    ) -> None:
        self.model = checked(model, "judge")
        self.at_least = checked_score(at_least)
        self.name = model.name
        self._prompt = prompt or template("judge")
        self._again = again or template("judge_again")
        self._strictness = strictness

    def __ge__(self, at_least: float) -> Self:
        """`judge(model) >= 0.9`: the same judge with that threshold."""
        other = copy.copy(self)
        other.at_least = checked_score(at_least)
        return other

    def __gt__(self, score: float) -> NoReturn:
        raise TypeError("a score that reaches the threshold is accepted: write judge(model) >= 0.9, not >")

    def __le__(self, score: float) -> NoReturn:
        raise TypeError("a judge accepts from its threshold upwards: write judge(model) >= 0.9")

    __lt__ = __le__

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:
        question = self._question(request, reply)
        outcome = await ask(self.model, question, span, "gate")
        if isinstance(outcome, Failure):
            return self._failed(outcome)
        scored = read_scored(outcome.text)
        if scored is None:
            again = await self._asked_again(question, outcome, span)
            if isinstance(again, Failure):
                return self._failed(again)
            scored = read_scored(again.text)
        if scored is None:
            return Verdict(accept=None, gate=self.name, trouble="the judge's replies could not be read")
        return Verdict(accept=scored.score >= self.at_least, score=scored.score, reason=scored.reason, gate=self.name)

    def _question(self, request: Request, reply: Reply) -> Request:
        messages: tuple[Message, ...] = (
            Message("user", self._prompt.fill(question=request.question, answer=reply.text)),
        )
        if self._strictness:
            messages = (Message("system", self._strictness.text), *messages)
        return Request(
            messages, response_schema=SCHEMA, item=request.item, labels=request.labels, sample=request.sample
        )

    async def _asked_again(self, question: Request, unreadable: Reply, span: Span) -> Reply | Failure:
        problem = "it was cut off" if unreadable.finish == "length" else _NO_OBJECT
        said = Message("assistant", unreadable.text or "(nothing)")
        again = Message("user", self._again.fill(problem=problem))
        asked = msgspec.structs.replace(question, messages=(*question.messages, said, again))
        return await ask(self.model, asked, span, "gate")

    def _failed(self, failure: Failure) -> Verdict:
        trouble = f"the judge failed: {failure.error}"
        return Verdict(accept=None, gate=self.name, trouble=trouble, error=failure.error.code)

    def structure(self) -> Structure:
        prompts = [t.fingerprint for t in (self._prompt, self._again, self._strictness) if t]
        settings: dict[str, Any] = {"at_least": self.at_least, "prompts": prompts}
        if self._strictness:
            settings["strictness"] = self._strictness.name
        return Structure("judge", self.name, settings, (Part("gate", structure_of(self.model), times=2),))

    def worst(self, prompt_tokens: int) -> Worst:
        words = sum(len(t.text.encode()) for t in (self._prompt, self._strictness) if t)
        prompt = prompt_tokens + words + len(msgspec.json.encode(SCHEMA))
        first = worst_of(self.model, prompt)
        again = worst_of(self.model, prompt + first.output + len(self._again.text.encode()) + len(_NO_OBJECT))
        return first + again


def judge(model: Model) -> Judge:
    """`judge(model) >= 0.9` reads as what it does."""
    return Judge(model)
