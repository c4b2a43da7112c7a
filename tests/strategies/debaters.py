"""Members of debates that say what a test tells them to, by what they are asked to do."""

import asyncio
import json
import re
from collections.abc import Callable
from decimal import Decimal

from escalade.core.errors import EscaladeError
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.ledger.span import Span
from escalade.models.structure import Worst

SHOWN = re.compile(r'<answer id="(\w+)">\n(.*?)\n</answer>', re.DOTALL)
Says = str | EscaladeError | Callable[[Request], str]


class Member:
    """Says `first`, then `refined` whenever it is asked for its answer again; criticises with `critique`.

    By default it keeps its answer and says of each peer's answer what it read there. `asked` holds the places of its
    spans and the requests that it got there; `slow` turns of the event loop pass before it answers.
    """

    def __init__(
        self, name: str, first: Says, *, refined: Says | None = None, critique: Says | None = None, slow: int = 0
    ) -> None:
        self.name = name
        self.slow = slow
        self.asked: dict[str, Request] = {}
        self._first = first
        self._refined = first if refined is None else refined
        self._critique = critique or self._remarks

    async def reply(self, request: Request, span: Span) -> Reply:
        self.asked[span.path.rpartition("/")[2]] = request
        for _ in range(self.slow):
            await asyncio.sleep(0)
        critic, again = span.role == "critic", "<earlier_answer>" in request.messages[-1].content
        says = self._critique if critic else self._refined if again else self._first
        said = says(request) if callable(says) else says
        if isinstance(said, EscaladeError):
            raise said
        return Reply(text=said, model=self.name)

    def prompt(self, place: str) -> str:
        """What it was asked at that place, in words."""
        return self.asked[place].messages[-1].content

    def _remarks(self, request: Request) -> str:
        shown = SHOWN.findall(request.messages[-1].content)
        return "\n".join(f"Answer {one}: {self.name} read {text!r}" for one, text in shown)

    def structure(self) -> Structure:
        return Structure("scripted", self.name)

    def worst(self, prompt_tokens: int) -> Worst:
        return Worst(1, Decimal(prompt_tokens), 100)


class Reviewer(Member):
    """A judge of several answers that scores them by their texts, and answers that it does not know with 0."""

    def __init__(self, scores: dict[str, float]) -> None:
        super().__init__("judge", self._reviews)
        self._scores = scores

    def _reviews(self, request: Request) -> str:
        shown = SHOWN.findall(request.messages[-1].content)
        reviews = [
            {"id": one, "score": self._scores.get(text, 0), "reason": f"remark on {text}"} for one, text in shown
        ]
        best = max(reviews, key=lambda review: review["score"])["id"]
        return json.dumps({"reviews": reviews, "best": best})


def answers(*values: object) -> list[Member]:
    """Members a, b, c, ... who give these final answers and keep them."""
    return [Member(chr(ord("a") + place), f"Answer: {value}") for place, value in enumerate(values)]
