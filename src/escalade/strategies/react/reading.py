"""Reads one turn of the text protocol: Thought, Action, Action Input, Final Answer. Pure; never raises.

Labels stand at the start of a line, in any case, numbered or in markdown. What follows an Observation that the head
wrote itself is its invention and is dropped, and so is a Final Answer after actions that it has not seen the results
of. Of a turn that is neither a whole action nor a final answer it is said what is missing; nothing is guessed.
"""

import json
import re
from typing import Any

from escalade.answers import without_reasoning
from escalade.answers.json_answer import last_json
from escalade.core.messages import Message
from escalade.strategies.react.step import Step, Use

NO_FORM = "it holds neither an action with its input nor a final answer"
NO_INPUT = "it names a tool, but not what to ask it"
NO_ACTION = "it holds an input, but names no tool to give it to"
NO_ANSWER = "its final answer is empty"

_LABEL = re.compile(
    r"^[ \t]{0,8}(?:[#>*_`-]{1,4}[ \t]{0,4})?(thought|action[ ]input|action|observation|final[ ]answer)"
    r"[ \t]{0,4}\d{0,3}[ \t]{0,4}[*_`]{0,3}[ \t]{0,4}:[*_`]{0,3}",
    re.IGNORECASE | re.MULTILINE,
)
_NAME = re.compile(r"[\w.-]+")
_FENCE = re.compile(r"\A```\w{0,16}\n(.*?)\n?```\Z", re.DOTALL)
_KEYS = ("query", "question", "input", "text")
"""Under which an object holds the query, where it has several keys."""


def read_turn(text: str) -> Step:
    """The step that a head's turn is."""
    own = _before_inventions(without_reasoning(text))
    sections = _sections(own)
    uses = _uses(sections)
    final_at = next((start for label, _, start, _ in sections if label == "final answer"), None)
    if any(use.query for use in uses):
        own = own if final_at is None else own[:final_at]
        return Step(said=_said(own), uses=uses)
    if final_at is not None:
        final = _unmarked(own[next(end for label, _, _, end in sections if label == "final answer") :])
        return Step(said=_said(own), final=final, trouble="" if final else NO_ANSWER)
    inputs = any(label == "action input" for label, *_ in sections)
    return Step(said=_said(own), uses=uses, trouble=NO_INPUT if uses else NO_ACTION if inputs else NO_FORM)


def read_query(written: str) -> str:
    """The query in an action's input: plain text, or the text in an object such as {"query": "..."}."""
    fenced = _FENCE.match(written.strip())
    text = (fenced[1] if fenced else written).strip()
    found = read_object(text) if text.startswith("{") else None
    if found is not None:
        return found
    quoted = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]
    return text[1:-1].strip() if quoted else text


def read_object(text: str) -> str | None:
    """The query in a JSON object, slips in it repaired; None where there is none."""
    value = last_json(text)
    if not isinstance(value, dict):
        return None
    texts = {key: part for key, part in value.items() if isinstance(part, str) and part.strip()}
    key = next((key for key in _KEYS if key in texts), None)
    if key is None and len(value) == 1 == len(texts) and _is_object(text):
        key = next(iter(texts))
    return None if key is None else texts[key].strip()


def _is_object(text: str) -> bool:
    """Whether the text is an object as it stands: a set in braces, repaired, would be taken for one."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)


_Section = tuple[str, str, int, int]
"""Label, text, where the label starts and where it ends."""


def _sections(text: str) -> list[_Section]:
    marks = list(_LABEL.finditer(text))
    ends = (*(mark.start() for mark in marks[1:]), len(text))
    return [
        (mark[1].lower(), text[mark.end() : end].strip(), mark.start(), mark.end())
        for mark, end in zip(marks, ends, strict=False)
    ]


def _before_inventions(text: str) -> str:
    invented = next((mark.start() for mark in _LABEL.finditer(text) if mark[1].lower() == "observation"), len(text))
    return text[:invented].strip()


def _uses(sections: list[_Section]) -> tuple[Use, ...]:
    """The actions before any final answer, each with the input that follows it."""
    uses: list[Use] = []
    for label, text, _, _ in sections:
        if label == "final answer":
            break
        if label == "action":
            name = _NAME.search(text)
            uses.append(Use(name[0] if name else "", ""))
        elif label == "action input" and uses and not uses[-1].query:
            uses[-1] = Use(uses[-1].tool, read_query(text))
    return tuple(uses)


def _said(text: str) -> Message:
    return Message("assistant", text.strip() or "(nothing)")


def _unmarked(text: str) -> str:
    """The answer without the end of emphasis that began before its label."""
    text = text.strip()
    return text.removesuffix("**").rstrip() if text.count("**") % 2 else text
