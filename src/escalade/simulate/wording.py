"""Puts simulated thoughts into words: reasoning, marked final answers, verdicts in JSON.

Reasoning holds no digits, single letters or answer-like phrases, so that only a final answer can be read as one.
"""

import json
import re
from typing import Any

from escalade.core.messages import Expects
from escalade.simulate.draws import Draws

_SENTENCES = (
    "First restate what is given and what is wanted.",
    "The conditions bind the quantities together, so they have to be used jointly.",
    "Working from the definitions keeps the steps short.",
    "It helps to look at a smaller version of the same problem.",
    "One tempting shortcut ignores a condition, so it is left aside.",
    "Each step follows from the previous one and from what the task states.",
    "Rearranging the terms makes the structure visible.",
    "The extreme cases behave as they should.",
    "Checking the units and the signs shows nothing odd.",
    "Alternatives were considered and do not fit all the conditions.",
    "Substituting back confirms the relation.",
    "Putting the pieces together settles the matter.",
)
_CHARACTERS_PER_TOKEN = 4
_BOXED = re.compile(r"\\?boxed")
_THE_ANSWER_IS = re.compile(r"answer is\s*:?\s*[\"'`]?\s*\(?[A-Z<\[]")
_ANSWER_COLON = re.compile(r"(?<!Final )Answer:")
_IN_SHORT = re.compile(r"In short: (.*?)\.?\s*(?:\n|\Z)")
_REASONS_AGAINST = (
    "A step in the middle does not follow from what stands before it; redo it and check the conclusion.",
    "One of the conditions of the question is not used; work it in and compare.",
    "The conclusion is stated with more certainty than the argument bears; verify it by substitution.",
)
_REASONS_FOR = (
    "The steps follow from one another and the conclusion meets every condition.",
    "Working it out independently leads to the same conclusion.",
)


def reasoning(tokens: float, draws: Draws) -> str:
    """Sentences of about this many tokens."""
    start = draws.below(len(_SENTENCES))
    wanted = tokens * _CHARACTERS_PER_TOKEN
    written: list[str] = []
    length = 0
    while length < wanted:
        sentence = _SENTENCES[(start + len(written)) % len(_SENTENCES)]
        written.append(sentence)
        length += len(sentence) + 1
    return " ".join(written)


def marked(value: str, expects: Expects, asked: str) -> str:
    """The final answer as a line of text, marked as `asked` wants it and else as is usual for its form."""
    if expects.form == "json":
        return f"```json\n{value}\n```"
    if _BOXED.search(asked):
        return f"The result is \\boxed{{{value}}}."
    choice = expects.form == "choice"
    if _THE_ANSWER_IS.search(asked):
        return f"The answer is ({value})." if choice else f"The answer is {value}."
    if _ANSWER_COLON.search(asked):
        return f"Answer: {value}"
    if expects.form == "text":
        return f"In short: {value}."
    if expects.form == "expression":
        return f"The result is \\boxed{{{value}}}."
    return f"The answer is ({value})." if choice else f"Answer: {value}"


def gist(text: str) -> str:
    """What a free text comes down to: its summary where it has one."""
    found = _IN_SHORT.findall(text)
    return str(found[-1]) if found else " ".join(text.split())


def as_json(value: dict[str, Any], *, fenced: bool) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"```json\n{text}\n```" if fenced else text


def reason(draws: Draws, *, accepted: bool) -> str:
    """Why an answer is accepted or not; gives nothing away of the right answer."""
    return draws.pick(_REASONS_FOR if accepted else _REASONS_AGAINST)
