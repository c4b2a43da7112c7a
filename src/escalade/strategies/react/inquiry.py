"""Inquiry: what one question asks of a toolbox, and what a head is told of it.

Nothing that a tool does ends the question: an error, an empty answer, an unknown name and a repeated query are
observations. A spent budget is remembered, for the conversation to end.
"""

from collections.abc import Sequence

import msgspec

from escalade.answers import without_reasoning
from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Message, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import ask
from escalade.models.together import together
from escalade.strategies.panel import note_failures
from escalade.strategies.react.step import Use
from escalade.strategies.react.toolbox import Toolbox


class Inquiry:
    """What one question asked of a toolbox so far."""

    def __init__(self, toolbox: Toolbox, request: Request, span: Span) -> None:
        self.budget: BudgetExceeded | None = None
        """The limit that a tool ran into."""
        self._slots = toolbox.slots
        self._request = request
        self._span = span
        self._known: dict[tuple[int, str], Reply] = {}
        self._last: dict[int, Reply | None] = {}

    @property
    def unused(self) -> list[str]:
        """The tools that were not asked anything yet."""
        return [slot.name for place, slot in enumerate(self._slots) if place not in self._last]

    @property
    def answers(self) -> list[Reply]:
        """Each tool's last answer, in the order of the tools."""
        return [reply for place in sorted(self._last) if (reply := self._last[place]) is not None]

    async def use(self, uses: Sequence[Use], step: int) -> list[str]:
        """Ask all tools of a step at once, each once; an observation for each use, in their order."""
        asked: dict[int, str] = {}
        placed = [self._placed(use, asked, step) for use in uses]
        outcomes = await together([self._ask(place, query, step) for place, query in asked.items()])
        observed: dict[int | None, str] = {
            place: self._observed(place, asked[place], outcome) for place, outcome in zip(asked, outcomes, strict=True)
        }
        return [refusal or observed[place] for place, refusal in placed]

    def _placed(self, use: Use, asked: dict[int, str], step: int) -> tuple[int | None, str]:
        """The tool's place and why it is not asked; "" where it is, and then its query is in `asked`."""
        place, query = self._find(use.tool), self._completed(use.query)
        name = "" if place is None else self._slots[place].name
        if place is None:
            names = ", ".join(slot.name for slot in self._slots)
            why, refusal = "unknown tool", f"there is no such tool; the tools are {names}"
        elif not query:
            why, refusal = "no query", f"{name} was not asked: nothing was written to it"
        elif (place, query) in self._known:
            why, refusal = "asked before", f"{name} was asked exactly this before; see what it said then"
        elif place in asked:
            why, refusal = "once a step", f"{name} was not asked this: ask a tool one thing a step"
        else:
            asked[place] = query
            return place, ""
        self._span.note("not_asked", step=step, tool=name, why=why)
        return place, f"({refusal})"

    async def _ask(self, place: int, query: str, step: int) -> Reply | Failure:
        slot = self._slots[place]
        request = self._asking(query).sampled(slot.index, slot.of)
        return await ask(slot.model, request, self._span, "tool", place=f"{step}.{place + 1}")

    def _observed(self, place: int, query: str, outcome: Reply | Failure) -> str:
        name = self._slots[place].name
        self._last.setdefault(place, None)
        if isinstance(outcome, Failure):
            note_failures([outcome], self._span)
            if isinstance(outcome.error, BudgetExceeded):
                self.budget = outcome.error
            return f"({name} could not be reached: {outcome.error.code.replace('_', ' ')})"
        said = without_reasoning(outcome.text).strip()
        if not said:
            return f"({name} said nothing)"
        self._known[place, query] = self._last[place] = outcome
        return f"{name} says:\n{said}"

    def _find(self, name: str) -> int | None:
        return next((place for place, slot in enumerate(self._slots) if slot.name.lower() == name.lower()), None)

    def _completed(self, query: str) -> str:
        """The query; the question as it was put where the query is the same but for its spacing."""
        question = self._request.question
        return question if query.split() == question.split() else query.strip()

    def _asking(self, query: str) -> Request:
        """The request as it is where all of it is asked, so that its answer is the model's own to the question."""
        if query == self._request.question:
            return self._request
        system = tuple(message for message in self._request.messages if message.role == "system")
        return msgspec.structs.replace(
            self._request, messages=(*system, Message("user", query)), tools=(), response_schema=None
        )
