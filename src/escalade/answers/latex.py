"""One spelling for the many ways of writing the same short formula in LaTeX.

Changes spelling alone: it never reorders, computes (save the value of a plain number) or evaluates. Two formulas with
one canonical spelling are equal; two with different ones may still be.
"""

import re

from escalade.answers.number import number, spelt

_LONGEST = 2000
_ROUNDS = 4
"""One change of spelling may lay bare another."""
_NEGATIVE_SPACE = re.compile(r"\\!\s*")
_WRAPS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), (r"\boxed{", "}"), ("**", "**"))
_REPLACED = (
    (re.compile(r"\\[dtc]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)(?![a-zA-Z])\.?"), ""),
    (re.compile(r"\\[,;:> ]|~|\\q?quad(?![a-zA-Z])|\\displaystyle(?![a-zA-Z])"), " "),
    (re.compile(r"\^\{?\\circ\}?|\\degree(?![a-zA-Z])|°"), ""),
    (re.compile(r"\\?[%$]"), ""),
    (re.compile(r"(?<=\d)\{,\}(?=\d{3})"), ","),
    (re.compile(r"\\(?:le|leqslant)(?![a-zA-Z])"), r"\\leq"),
    (re.compile(r"\\(?:ge|geqslant)(?![a-zA-Z])"), r"\\geq"),
    (re.compile(r"\\(?:ne)(?![a-zA-Z])"), r"\\neq"),
    (re.compile("π"), r"\\pi "),
    (re.compile("∞"), r"\\infty "),
    (re.compile(r"√\{?(\d{1,20})\}?"), r"\\sqrt{\1}"),
    (re.compile(r"\\frac[ \t]?(\d)[ \t]?(\d)(?!\d)"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\frac[ \t]?(\d)[ \t]?\{"), r"\\frac{\1}{"),
    (re.compile(r"\\frac[ \t]?(\{[^{}]{1,80}\})[ \t]?(\w)"), r"\\frac\1{\2}"),
    (re.compile(r"\\sqrt[ \t]?(\w)"), r"\\sqrt{\1}"),
    (re.compile(r"(?<![\w.])\.(?=\d)"), "0."),
    (re.compile(r"(?<=\d)\.0{1,20}(?!\d)"), ""),
)
_TEXT = re.compile(r"\\(?:text(?:bf|it|rm)?|mathrm|mathbf|mbox)[ \t]?\{([^{}]{0,200})\}")
_UNIT_AFTER_NUMBER = re.compile(
    r"(?<=[\d})])[ \t]{0,4}\\(?:text|textrm|mathrm|mbox)[ \t]?\{[^{}]{0,60}\}(?:\^\{?\d\}?)?\Z"
)
_NAMED = re.compile(r"\A[a-zA-Z](?:\([a-zA-Z]\)|_\{?\w\}?)?[ \t]{0,4}(?:=|\\in(?![a-zA-Z]))[ \t]{0,4}(?=[^=])")
_NEEDLESS_SPACE = re.compile(r"(\\[a-zA-Z]+)[ \t]+(?=[a-zA-Z])|[ \t]+")
_SHORT_FRACTION = re.compile(r"(?<![\w}.])(\d{1,20})/(\d{1,20})(?![\w.])")


def canonical_latex(text: str) -> str:
    r"""The canonical spelling of a formula, given without or with its $ or \boxed wrapping."""
    if len(text) > _LONGEST:
        return text.strip()
    for _ in range(_ROUNDS):
        respelt = _respelt(text)
        if respelt == text:
            break
        text = respelt
    return text


def _respelt(text: str) -> str:
    text = _NEGATIVE_SPACE.sub("", unwrapped(text))
    value = number(text)
    if value is not None:
        return spelt(value)
    text = _UNIT_AFTER_NUMBER.sub("", " ".join(text.split()))
    for pattern, instead in _REPLACED:
        text = pattern.sub(instead, text)
    text = _TEXT.sub(lambda match: f" {match[1]} ", text).strip(" .")
    text = _NAMED.sub("", text)
    value = number(text)
    if value is not None:
        return spelt(value)
    text = _NEEDLESS_SPACE.sub(lambda match: f"{match[1]} " if match[1] else "", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    return text.casefold() if len(text) > 2 and text.isalpha() else text  # a word, not variables


def unwrapped(text: str) -> str:
    """`text` without the delimiters that enclose all of it, and without the full stop after it."""
    for _ in range(8):
        text = text.strip()
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        shorter = next((_without(text, *wrap) for wrap in _WRAPS if _encloses(text, *wrap)), text)
        if shorter == text:
            break
        text = shorter
    return text.strip()


def _without(text: str, opening: str, closing: str) -> str:
    return text[len(opening) : len(text) - len(closing)]


def _encloses(text: str, opening: str, closing: str) -> bool:
    if not (text.startswith(opening) and text.endswith(closing) and len(text) >= len(opening) + len(closing)):
        return False
    inside = _without(text, opening, closing)
    if closing != "}":
        return closing not in inside
    depth = 1
    for brace in re.findall(r"[{}]", inside):
        depth += 1 if brace == "{" else -1
        if not depth:
            return False
    return True
