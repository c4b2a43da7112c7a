"""The judge gate: a model scores the answer from 0 to 1, and a threshold decides.

The judge sees the question and the answer, never the gold and never who wrote it. How strict it is to be is its system
message, and no part of the threshold. Output that cannot be read is asked for once more; after that, and when the judge
fails, the verdict is "unjudged".
"""

import copy
from typing import Any, NoReturn, Self

import msgspec

from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates.asked_twice import asked_twice, put_to_judge, worst_of_two
from escalade.gates.combine import Combinable
from escalade.gates.protocol import Verdict, checked_score
from escalade.gates.reading import Scored, read_scored
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst, structure_of
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
        words = self._prompt.fill(question=request.question, answer=reply.text)
        question = put_to_judge(request, words, SCHEMA, self._strictness)
        heard = await asked_twice(self.model, question, span, "gate", read=read_verdict, again=self._again)
        if isinstance(heard.last, Failure):
            trouble, error = f"the judge failed: {heard.last.error}", heard.last.error.code
            return Verdict(accept=None, trouble=trouble, error=error)
        if heard.said is None:
            return Verdict(accept=None, trouble="the judge's replies could not be read")
        score = heard.said.score
        return Verdict(accept=score >= self.at_least, score=score, reason=heard.said.reason)

    def structure(self) -> Structure:
        prompts = [t.fingerprint for t in (self._prompt, self._again, self._strictness) if t]
        settings: dict[str, Any] = {"at_least": self.at_least, "prompts": prompts}
        if self._strictness:
            settings["strictness"] = self._strictness.name
        return Structure("judge", self.name, settings, (Part("gate", structure_of(self.model), times=2),))

    def worst(self, prompt_tokens: int) -> Worst:
        words = sum(len(t.text.encode()) for t in (self._prompt, self._strictness) if t)
        prompt = prompt_tokens + words + len(msgspec.json.encode(SCHEMA))
        return worst_of_two(self.model, prompt, self._again, len(_NO_OBJECT))


def read_verdict(reply: Reply) -> tuple[Scored | None, str]:
    """The score in a judge's reply with its reason, or None and why there is none."""
    scored = read_scored(reply.text)
    if scored is not None:
        return scored, ""
    return None, "it was cut off" if reply.finish == "length" else _NO_OBJECT


def judge(model: Model) -> Judge:
    """`judge(model) >= 0.9` reads as what it does."""
    return Judge(model)
