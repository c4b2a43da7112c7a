"""Reads a prompt as a model would: which part it asks to be played, and what it shows.

The part follows from the output that is asked for (JSON keys, labels, tools, a final answer) and from the tagged
sections that are shown, never from exact wording and never from anything outside the messages:

    <question>  <answer id="...">  <your_answer>  <earlier_answer>  <feedback>

Instructions are looked for outside those sections only, so that a quoted answer cannot change the part.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct

from escalade.core.ids import digest
from escalade.core.messages import Request

PartPlayed = Literal["worker", "judge", "panel", "pairwise", "critic", "refiner", "fuser", "head", "tool_head"]

_SECTION = re.compile(
    r"<(question|answer|your_answer|earlier_answer|feedback)(?:\s+id\s*=\s*[\"']?([^\"'>\s]+)[\"']?)?\s*>(.*?)</\1>",
    re.DOTALL,
)
_ASSISTANT = re.compile(r"Start of Assistant ([AB]).s Answer\|?>(.*?)<?\|?The End of Assistant \1.s Answer", re.DOTALL)
_USER_PROMPT = re.compile(r"<\|User Prompt\|>(.*?)(?=<\|The Start of Assistant|\Z)", re.DOTALL)
_KEY = re.compile(r"[\"`]([a-z_]+)[\"`]")
_PAIR_LABEL = re.compile(r"\[\[\s*A\s*(?:[>=<]+\s*B\s*)?\]\]")
_CRITIQUE = re.compile(
    r"\bcriti(?:que|ci[sz]e)|\b(?:find|point out|list|name)\b[^.\n]{0,40}\b(?:errors|mistakes|flaws)"
)
_VERDICT_KEYS = frozenset({"score", "rating", "grade"})


class Shown(Struct, frozen=True):
    id: str
    text: str


class Prompt(Struct, frozen=True):
    """What a model makes of the messages that it got."""

    part: PartPlayed
    question: str
    """The text in which the question is to be found."""
    instruction: str
    """Everything outside the tagged sections."""
    shown: tuple[Shown, ...] = ()
    """Others' answers, in the order in which they stand there."""
    earlier: str = ""
    """The last earlier attempt."""
    feedback: str = ""
    keys: frozenset[str] = frozenset()
    """The JSON keys that are asked for."""
    wording: str = ""
    """A digest of all messages: the same question put differently is luck anew."""
    draw: int = 0
    """Which of many independent answers to the same words this is."""


def read_prompt(request: Request, knows: Callable[[str], bool]) -> Prompt:
    """`knows` tells whether a text is a known question by itself, which starts a conversation anew."""
    system = "\n\n".join(m.content for m in request.messages if m.role == "system")
    said = [m.content for m in request.messages if m.role == "user"]
    told = "\n\n".join(said)
    sections = list(_SECTION.finditer(told)) if "</" in told else []
    outside = f"{system}\n\n{_SECTION.sub(' ', told)}" if sections else f"{system}\n\n{told}"
    keys = _keys(outside, request.response_schema)
    shown = tuple(Shown(s[2] or str(i + 1), s[3].strip()) for i, s in enumerate(_named(sections, "answer")))
    shown = shown or tuple(Shown(label, text.strip()) for label, text in _ASSISTANT.findall(told))
    earlier = _last(sections, "earlier_answer")
    feedback = _last(sections, "feedback")
    part = _part(request, outside, keys, len(shown))
    if part in ("worker", "critic") and (earlier or feedback):
        part = "refiner"
    # A head's later turns are observations and remarks on its steps, not questions.
    question = _question(sections, told, said[:1] if part in ("head", "tool_head") else said)
    if part == "worker" and (follow_up := _follow_up(request, knows)):
        part, (question, earlier, feedback) = "refiner", follow_up
    if part == "refiner" and not earlier and shown:
        earlier, shown = shown[0].text, shown[1:]
    return Prompt(part, question, outside, shown, earlier, feedback, keys, _wording(request), _draw(request))


def _part(request: Request, outside: str, keys: frozenset[str], shown: int) -> PartPlayed:
    if request.tools:
        return "tool_head"
    if "Action Input:" in outside and "Final Answer:" in outside:
        return "head"
    if shown == 2 and _PAIR_LABEL.search(outside):
        return "pairwise"
    if "best" in keys and shown:
        return "panel"
    if keys & _VERDICT_KEYS:
        return "judge" if shown < 2 else "panel"
    if shown and _CRITIQUE.search(outside.lower()):
        return "critic"
    return "fuser" if shown > 1 else "refiner" if shown else "worker"


def _keys(outside: str, schema: dict[str, Any] | None) -> frozenset[str]:
    """The keys that the words or the schema ask for. Quoted words are keys only where JSON is spoken of."""
    quoted = frozenset(_KEY.findall(outside)) if "json" in outside.lower() else frozenset()
    return quoted | frozenset(_properties(schema)) if schema else quoted


def _properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in schema.values():
            yield from _properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _properties(part)


def _named(sections: list[re.Match[str]], name: str) -> list[re.Match[str]]:
    return [s for s in sections if s[1] == name]


def _last(sections: list[re.Match[str]], name: str) -> str:
    texts = [s[3].strip() for s in sections if s[1] == name]
    return texts[-1] if texts else ""


def _question(sections: list[re.Match[str]], told: str, said: list[str]) -> str:
    tagged = _last(sections, "question")
    if tagged:
        return tagged
    quoted = _USER_PROMPT.search(told) if "<|User Prompt|>" in told else None
    if quoted:
        return quoted[1].strip()
    if sections:
        return _SECTION.sub(" ", told).strip()
    return said[-1] if said else ""


def _follow_up(request: Request, knows: Callable[[str], bool]) -> tuple[str, str, str] | None:
    """(question, earlier answer, feedback) of a conversation whose last turn is about the model's own answer."""
    turns = [m for m in request.messages if m.role in ("user", "assistant")]
    if len(turns) < 3 or turns[-1].role != "user" or turns[-2].role != "assistant":
        return None
    first = next(m.content for m in turns if m.role == "user")
    return (first, turns[-2].content, turns[-1].content) if knows(first) and not knows(turns[-1].content) else None


def _wording(request: Request) -> str:
    return digest(*(part for m in request.messages for part in (m.role, m.content)))[:16]


def _draw(request: Request) -> int:
    if request.sampling.temperature == 0:
        return 0
    return (request.sampling.seed or 0) + request.sample
