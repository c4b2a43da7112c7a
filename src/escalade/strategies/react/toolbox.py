"""Tools that are Models, and what was asked of them within one question.

A head is told each tool's name, what it is good at and how reliable it was measured to be. One Model that stands there
n times gives n tools, whose answers are independent samples. Nothing that a tool does ends the question: an error, an
empty answer, an unknown name and a repeated query are observations. Only a spent budget stops the asking.
"""

import asyncio
import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from escalade.answers import without_reasoning
from escalade.core.errors import BudgetExceeded, Failure
from escalade.core.messages import Message, Request, Tool
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import Model, ask
from escalade.models.structure import Part, Worst, structure_of, worst_of, worst_sum
from escalade.strategies.react.step import Use
from escalade.strategies.sample import Sampled, distinct

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_NAME = 48
"""Native tools may be called up to 64 characters; some room is left for a number."""
_GOOD_AT = "answers questions of any kind"
_AROUND = 160
"""Bytes for each tool, its name included: more than stand around an answer, a refusal or a description on the wire."""


class ModelTool(Struct, frozen=True):
    """A Model as a tool."""

    model: Model
    name: str = ""
    """What the head calls it, as far as calls can hold that; the Model's name if not said."""
    good_at: str = ""
    """What the head is told of it, as a phrase."""
    reliability: float | None = None
    """The share of questions that it was measured to answer rightly, 0 to 1."""


class Slot(Struct, frozen=True):
    """One tool as it is offered: the `index`-th of the `of` tools that are the same Model."""

    name: str
    model: Model
    told: ModelTool
    """What the head is told of it."""
    index: int
    of: int

    @property
    def description(self) -> str:
        said = (self.told.good_at or _GOOD_AT).rstrip(".")
        if self.index:
            said += "; independent of the one before"
        if self.told.reliability is not None:
            said += f"; was right on {self.told.reliability:.0%} of the questions that it was measured on"
        return f"{said}."


class Toolbox:
    """Tools in their order, under names that text and native calls can hold and that no two share."""

    def __init__(self, tools: Sequence[Model | ModelTool]) -> None:
        if not tools:
            raise ValueError("an agent needs a tool")
        offered = [tool if isinstance(tool, ModelTool) else ModelTool(tool) for tool in tools]
        self.slots: list[Slot] = []
        for tool, member in zip(offered, distinct([tool.model for tool in offered]), strict=True):
            drawn = member if isinstance(member, Sampled) else Sampled(member, 0, 1)
            name = _name(tool.name or drawn.model.name, self.names)
            self.slots.append(Slot(name, drawn.model, tool, drawn.index, drawn.of))

    @property
    def names(self) -> list[str]:
        return [slot.name for slot in self.slots]

    @property
    def most_uses(self) -> int:
        """How many uses of one step are looked at: what a head can make us tell it is bounded."""
        return 2 * len(self.slots)

    def listed(self) -> str:
        """The tools for a prompt, one a line."""
        return "\n".join(f"- {slot.name}: {slot.description}" for slot in self.slots)

    def offered(self) -> tuple[Tool, ...]:
        """The tools for native calls."""
        query = {"type": "string", "description": "what you ask it, complete in itself"}
        schema = {"type": "object", "properties": {"query": query}, "required": ["query"]}
        return tuple(Tool(slot.name, slot.description, schema) for slot in self.slots)

    def parts(self, times: int) -> tuple[Part, ...]:
        return tuple(Part("tool", structure_of(slot.model), times=times) for slot in self.slots)

    def worst(self, query_tokens: int) -> tuple[Worst, int]:
        """Every tool asked once, and by how many tokens a prompt grows that quotes them all."""
        each = [worst_of(slot.model, query_tokens) for slot in self.slots]
        refusal = sum(len(name) + len(", ") for name in self.names)
        quoted = sum(worst.output + _AROUND for worst in each) + self.most_uses * (refusal + _AROUND)
        return worst_sum(each), quoted

    def length(self) -> int:
        """Bytes, and so at most as many tokens, of the tools' descriptions in any protocol."""
        return len(self.listed().encode()) + 2 * _AROUND * len(self.slots)


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
        told = [self._refusal(use, asked, step) for use in uses]
        # An unforeseen exception waits for the other tools: their calls belong to this question's account.
        ended = await asyncio.gather(*(self._ask(*one, step) for one in asked.items()), return_exceptions=True)
        for place, outcome in zip(asked, ended, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            told[told.index(place)] = self._observed(place, asked[place], outcome)
        return [said for said in told if isinstance(said, str)]

    def _refusal(self, use: Use, asked: dict[int, str], step: int) -> str | int:
        """Why a tool is not asked, in words; else its place, which is then in `asked` with the query."""
        place = self._find(use.tool)
        query = self._completed(use.query)
        name = "" if place is None else self._slots[place].name
        if place is None:
            why, said = "unknown tool", f"there is no such tool; the tools are {', '.join(s.name for s in self._slots)}"
        elif not query:
            why, said = "no query", f"{name} was not asked: nothing was written to it"
        elif (place, query) in self._known:
            why, said = "asked before", f"{name} was asked exactly this before; see what it said then"
        elif place in asked:
            why, said = "once a step", f"{name} was not asked this: ask a tool one thing a step"
        else:
            asked[place] = query
            return place
        self._span.note("not_asked", step=step, tool=name, why=why)
        return f"({said})"

    async def _ask(self, place: int, query: str, step: int) -> Reply | Failure:
        slot = self._slots[place]
        request = self._asking(query).sampled(slot.index, slot.of)
        return await ask(slot.model, request, self._span, "tool", place=f"{step}.{place + 1}")

    def _observed(self, place: int, query: str, outcome: Reply | Failure) -> str:
        name = self._slots[place].name
        self._last.setdefault(place, None)
        if isinstance(outcome, Failure):
            self._span.note("failed", path=outcome.path, error=outcome.error.code, message=str(outcome.error))
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


def times(worst: Worst, count: int) -> Worst:
    """The same worst case, `count` times over."""
    return Worst(worst.calls * count, None if worst.usd is None else worst.usd * Decimal(count), worst.output)


def _name(wanted: str, taken: Sequence[str]) -> str:
    fit = _UNFIT.sub("-", wanted).strip("-")[:_LONGEST_NAME] or "tool"
    name, number, used = fit, 1, {other.lower() for other in taken}
    while name.lower() in used:
        number += 1
        name = f"{fit}-{number}"
    return name
