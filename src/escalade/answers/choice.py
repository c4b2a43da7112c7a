r"""Reads which of the offered options a reply chose.

In this order: the last "answer is ..." or \boxed{...}, whichever comes later; the last "option ... is" or "(C) is the
correct answer"; a letter that is all of the reply or all of its last line. A letter counts only as a word ("AB" is
not A, "I think" is not I), a declaration of two letters counts as none, and a letter that was not on offer is no
answer. Nothing else in the prose is taken for a choice.
"""

import re
from functools import lru_cache

from msgspec import Struct

from escalade.answers.answer import Answer
from escalade.answers.declaration import ANSWER_IS, last_boxed, lowered, places

_OPEN = r"""(?:\\(?:boxed|fbox|text(?:bf|rm|it)?|math(?:rm|bf)|\(|\[)[ \t]{0,2}|[\s*_$({\["'`<:]){0,24}+"""
_CLOSE = r"""(?:\\[)\]]|[\s*_$)}\]"'`>]){0,16}+"""
_LEAD = r"(?:(?:most[ ]likely|therefore|thus|probably|likely|clearly|the|option|choice|letter|answer)\b[ \t]{1,3}){0,3}"
_OPTION_IS = re.compile(r"(?:option|choice)\b[ \t*_]{0,6}(?:is\b|[:=])[ \t*_:]{0,8}", re.IGNORECASE)
_REASONS = "because|since|as|for|with|is|which|and|or|would|due|by|based|from"


class _Patterns(Struct, frozen=True):
    declared: re.Pattern[str]
    """The letter at the start of what was declared."""
    second: re.Pattern[str]
    """A second letter right after the first."""
    stated: re.Pattern[str]
    alone: re.Pattern[str]
    labelled: re.Pattern[str]
    """A letter and, on the same line, the option's text."""


@lru_cache(maxsize=64)
def _patterns(choices: tuple[str, ...]) -> _Patterns:
    letters = all(len(c) == 1 and c.isascii() and c.isupper() for c in choices)
    names = "[A-Z]" if letters else "|".join(re.escape(c) for c in sorted(choices, key=len, reverse=True))
    # A lower-case letter counts in brackets only, "A" and "I" not where they begin a sentence.
    prose = rf"(?![ \t]{{1,3}}(?!(?:{_REASONS})\b)[a-z])" if letters else ""
    word = rf"(?:{names})(?![\w']|-\w)(?:(?<![AI])|{prose})" if letters else rf"(?i:{names})(?!\w)"
    bracketed = r"(?<=[({])[a-z](?=[)}])" if letters else r"(?!)"
    token = rf"(?:{word}|{bracketed})"
    return _Patterns(
        re.compile(rf"{_OPEN}(?i:{_LEAD}){_OPEN}({token})"),
        re.compile(rf"{_CLOSE}(?:,|/|&|and\b|or\b){_OPEN}(?:and\b|or\b)?{_OPEN}{token}(?![ \t]{{1,3}}[a-z])"),
        re.compile(
            rf"(?:(?<![\w'-])({word})\)?|(?<=[(])({token})[)])[*_]{{0,2}}[ \t]{{1,3}}is[ \t]{{1,3}}"
            r"(?:therefore |thus )?the (?:correct|right|best) (?:answer|option|choice)\b"
        ),
        re.compile(rf"{_OPEN}({token}){_CLOSE}\.?{_CLOSE}\Z"),
        re.compile(rf"{_OPEN}({token})[).:][^\n]{{0,400}}\Z"),
    )


def read_choice(text: str, choices: tuple[str, ...]) -> Answer | None:
    """The chosen one of `choices`, spelt as it was offered."""
    if not choices:
        return None
    patterns = _patterns(choices)
    found = _declared(text, patterns) or _stated(text, patterns) or _alone(text, patterns)
    if found is None:
        return None
    token, method = found
    for choice in choices:
        if choice.casefold() == token.casefold():
            return Answer(choice, method, choice)
    return None


def canonical_choice(text: str) -> str:
    return text.strip(" \t\n()[]{}.*$\"'").upper()


def _declared(text: str, patterns: _Patterns) -> tuple[str, str] | None:
    """The last declaration or box; "" as its letter where it names two."""
    answer = _last(text, "answer", ANSWER_IS, patterns)
    box = last_boxed(text)
    if box and (answer is None or box[0] > answer[0]):
        letter = patterns.declared.match("{" + box[1] + "}")
        if letter:
            return letter[1], "boxed"
    return (answer[1], "last declaration") if answer else None


def _last(text: str, noun: str, anchor: re.Pattern[str], patterns: _Patterns) -> tuple[int, str] | None:
    for at in places(lowered(text), noun):
        start = anchor.match(text, at)
        letter = start and patterns.declared.match(text, start.end())
        if letter:
            return at, "" if patterns.second.match(text, letter.end()) else letter[1]
    return None


def _stated(text: str, patterns: _Patterns) -> tuple[str, str] | None:
    found = [f for noun in ("option", "choice") if (f := _last(text, noun, _OPTION_IS, patterns))]
    if " is the" in text or " is therefore the" in text or " is thus the" in text:
        found += [(m.start(), m[1] or m[2]) for m in patterns.stated.finditer(text)]
    return (max(found)[1], "statement") if found else None


def _alone(text: str, patterns: _Patterns) -> tuple[str, str] | None:
    whole = text.strip()
    match = patterns.alone.match(whole[whole.rfind("\n") + 1 :]) or patterns.labelled.match(whole)
    return (match[1], "lone letter") if match else None
