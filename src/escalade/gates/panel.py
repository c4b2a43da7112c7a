"""The panel judge: a model looks at several answers at once and scores each, with a reason and the best of all.

It sees the question and the answers under drawn ids in a drawn order, never the gold and never who wrote what. The
scores decide; the answer that the judge calls the best only settles ties. What cannot be read is asked for once more;
answers without a review after that are unjudged, and so are all of them when the judge fails.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.errors import Failure
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.gates.asked_twice import asked_twice, put_to_judge, worst_of_two
from escalade.gates.blind import AROUND_TOKENS, Shown, blinded, listed
from escalade.gates.panel_reading import Reviewed, read_reviews
from escalade.gates.reading import Scored
from escalade.ledger.span import Span
from escalade.models.given import checked
from escalade.models.protocol import Model
from escalade.models.structure import Worst, structure_of, worst_of
from escalade.prompts import Template, template

_REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "reason": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["id", "reason", "score"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"reviews": {"type": "array", "items": _REVIEW}, "best": {"type": "string"}},
    "required": ["reviews", "best"],
    "additionalProperties": False,
}
_CUT = "it was cut off"
_UNREAD = "it held no JSON object with reviews of these answers and the best of them"
_LACKING = "it lacked a review, with a score from 0 to 1, of {}"


class Reviews(Struct, frozen=True, kw_only=True):
    """What a panel judge made of the answers, in the order in which it was given them."""

    reviews: tuple[Scored | None, ...]
    """None: unjudged."""
    best: int | None = None
    """The place of the best answer, counted from 0; None if all are unjudged."""
    trouble: str = ""
    """Why answers are unjudged."""
    error: str = ""
    """The code of the error that left them unjudged, where there was one: "budget" where a limit did."""


class PanelPrompts(Struct, frozen=True):
    """The words of a panel judge; `strictness` is its system message."""

    judge: Template = msgspec.field(default_factory=lambda: template("panel_judge"))
    again: Template = msgspec.field(default_factory=lambda: template("panel_judge_again"))
    strictness: Template | None = None

    def fingerprints(self) -> list[str]:
        return [t.fingerprint for t in (self.judge, self.again, self.strictness) if t]


class PanelJudge:
    """Scores answers by asking `model`. Without `ask_again`, a reply that cannot be read leaves them unjudged at once.

    `role` is what its calls are booked under.
    """

    def __init__(
        self, model: Model, *, prompts: PanelPrompts | None = None, ask_again: bool = True, role: str = "gate"
    ) -> None:
        self.model = checked(model, "judge")
        self.name = model.name
        self.prompts = prompts or PanelPrompts()
        self.ask_again = ask_again
        self.role = role

    async def review(
        self, request: Request, answers: Sequence[str], span: Span, *, place: str | None = None, reverse: bool = False
    ) -> Reviews:
        """Reviews of `answers`; never raises for a failing judge or an exhausted budget.

        `reverse` shows them in the opposite of the order that they have without it.
        """
        shown = blinded(answers, span.random(request.item))
        shown = shown[::-1] if reverse else shown
        words = self.prompts.judge.fill(question=request.question, answers=listed(shown))
        heard = await asked_twice(
            self.model,
            put_to_judge(request, words, SCHEMA, self.prompts.strictness),
            span,
            self.role,
            read=lambda reply: _read(reply, shown),
            again=self.prompts.again if self.ask_again else None,
            place=place,
        )
        if heard.said is None and isinstance(heard.last, Failure):
            return _failed(heard.last, shown)
        return _in_order(heard.said, shown, heard.trouble)

    def structure(self) -> Structure:
        settings = {"ask_again": self.ask_again, "prompts": self.prompts.fingerprints()}
        if self.prompts.strictness:
            settings["strictness"] = self.prompts.strictness.name
        judge = Part(self.role, structure_of(self.model), times=1 + self.ask_again)
        return Structure("panel", self.name, settings, (judge,))

    def worst(self, prompt_tokens: int, answers: int, output: int) -> Worst:
        """The worst case for a question of `prompt_tokens` and so many `answers` of at most `output` tokens each."""
        words = sum(len(t.text.encode()) for t in (self.prompts.judge, self.prompts.strictness) if t)
        prompt = prompt_tokens + words + answers * (output + AROUND_TOKENS)
        if not self.ask_again:
            return worst_of(self.model, prompt)
        trouble = max(len(_UNREAD), len(_LACKING) + answers * AROUND_TOKENS)
        return worst_of_two(self.model, prompt, self.prompts.again, trouble)


def _read(reply: Reply, shown: Sequence[Shown]) -> tuple[Reviewed | None, str]:
    """The reviews in a judge's reply, and what is wrong with it."""
    reviewed = read_reviews(reply.text, {one.id for one in shown})
    if reviewed is None:
        return None, _CUT if reply.finish == "length" else _UNREAD
    lacking = [one.id for one in shown if one.id not in reviewed.by_id]
    return reviewed, _LACKING.format(", ".join(lacking)) if lacking else ""


def _failed(failure: Failure, shown: Sequence[Shown]) -> Reviews:
    trouble = f"the judge failed: {failure.error}"
    return Reviews(reviews=(None,) * len(shown), trouble=trouble, error=failure.error.code)


def _in_order(reviewed: Reviewed | None, shown: Sequence[Shown], trouble: str) -> Reviews:
    by_id: Mapping[str, Scored] = reviewed.by_id if reviewed else {}
    ordered = sorted(shown, key=lambda one: one.place)
    # Where scores are equal and the judge does not prefer one of them, the earlier answer stands.
    ranked = [
        (by_id[one.id].score, reviewed is not None and one.id == reviewed.best, -one.place)
        for one in ordered
        if one.id in by_id
    ]
    return Reviews(
        reviews=tuple(by_id.get(one.id) for one in ordered),
        best=-max(ranked)[2] if ranked else None,
        trouble=f"the judge's reply could not be used: {trouble}" if trouble else "",
    )
