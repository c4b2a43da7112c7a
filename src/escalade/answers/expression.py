r"""Reads a mathematical expression: the last \boxed{...}, else the declared answer, else the last formula or number.

A formula after the words "the answer is" ends with its dollar or its sentence. Nothing is evaluated.
"""

import re
from collections import deque

from escalade.answers.answer import Answer
from escalade.answers.declaration import last_boxed, last_declared
from escalade.answers.final_number import read_number
from escalade.answers.latex import canonical_latex, unwrapped

_FORMULA = re.compile(
    r"\$\$([^$]{1,1000})\$\$|(?<!\\)\$([^$\n]{1,500})(?<!\\)\$|\\\(((?:(?!\\\)).){1,500})\\\)|\\\[((?:(?!\\\]).){1,500})\\\]",
    re.DOTALL,
)
_SENTENCE_END = re.compile(r"[.;!?](?:\s|\Z)|,\s+(?:because|since|as|so|which|where)\b")
_WINDOW = 4000
"""Characters at the end of a text in which an unmarked formula is looked for."""


def read_expression(text: str) -> Answer | None:
    """The final expression of a reply."""
    box = last_boxed(text)
    if box and box[1]:
        return _answer(box[1], "boxed")
    declared = last_declared(text)
    if declared and (said := _declared(declared)):
        return _answer(said, "last declaration")
    tail = text[-_WINDOW:]
    formulas = deque(_FORMULA.finditer(tail), maxlen=1)
    if formulas:
        return _answer(_inside(formulas[0]), "last formula")
    return read_number(tail)


def _declared(rest: str) -> str:
    formula = _FORMULA.search(rest)
    if formula:
        return _inside(formula)
    end = _SENTENCE_END.search(rest)
    return rest[: end.start()] if end else rest


def _inside(formula: re.Match[str]) -> str:
    return next(group for group in formula.groups() if group is not None)


def _answer(said: str, method: str) -> Answer | None:
    said = unwrapped(said)
    return Answer(canonical_latex(said), method, said) if said else None
