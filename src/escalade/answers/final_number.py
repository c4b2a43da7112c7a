r"""Reads the number that a reply ends on.

In this order: the last \boxed{...}; what follows the last "answer is ..."; the last sentence, where it is a number
alone or states one ("So he has 42 apples.", "x = 42"). A number counts only at the start of what was boxed or declared,
or after a word or sign that states a result, and only where nothing right after it makes another number of it: "1,5",
"2^10", "1 million" and "3 or 4" are no answer, and neither is any other number in the prose.
"""

import re
from collections import deque

from escalade.answers.answer import Answer
from escalade.answers.declaration import last_boxed, last_declared
from escalade.answers.number import NUMERAL, UNIT, ascii_digits, spelt, value
from escalade.answers.number_ending import ends_there

_LEAD = r"""
    (?: \\ (?: boxed | fbox | text | textbf | textit | textrm | mathbf | mathrm ) [ ]? \{ | \\[(\[,;!]
      | [ \t*_$({\["'`:~≈&]
      | (?: about | approximately | approx\.? | around | roughly | exactly | only | just | simply ) [ \t]
    ){0,24}+"""
"""Wrapping, and words that leave a number what it is."""
_BEGINS = re.compile(_LEAD, re.IGNORECASE | re.VERBOSE)
_STATES = re.compile(
    rf"""
    (?: (?<![\w'-]) (?:
            is | are | was | were | be | has | have | had | equals? | equal [ ] to | gets? | got | gives? | makes?
          | yields? | obtains? | finds? | costs? | takes? | needs? | earns? | pays? | paid | spends? | spent | saves?
          | becomes? | contains? | weighs? | totals? | total [ ] of | left [ ] with | so | thus | hence | therefore
          | (?: adds? [ ] up | adding [ ] up | comes? | amounts? | sums? | rounds? ) [ ] to
          | (?: (?: in | de ) creas (?: e | es | ed | ing ) | (?: rises? | falls? | fell | drop(?: s | ped ) ) ) [ ] by
          | (?: giving | making | yielding | leaving | gives | leaves ) (?: [ ] (?: us | him | her | them ) )?
        ) ,? (?= [ \t*_$\\] )
      | \b (?: result | total | sum | solution | value ) [*_]{{0,3}} :
    ) {_LEAD} \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands right before a number that is stated."""
_DOUBTS = re.compile(
    r"\b(?:not|cannot|whether|if|unless|unclear|unknown|unsure|maybe|perhaps|may|might)\b|n't\b|\?", re.IGNORECASE
)
_EQUALS = re.compile(r"=|≈|\\approx(?![a-z])")
_VARIABLE = re.compile(r"(?<![A-Za-z\\'])[b-fi-kn-rt-z](?![A-Za-z'])|\d[A-Z](?![A-Za-z])")
"""Single letters that are no unit: with a number beside them, an equation to be solved."""
_PARTS = re.compile(r"=|≈|\\approx(?![a-z])|[,:]\s")
_NAME = re.compile(r"[A-Za-z](?:_\{?\w{1,9}\}?)?\s{0,3}\Z")
_CLAUSE_END = re.compile(r"[;?!](?=\s)|\.(?=\s)|,(?=\s+[a-z])|\s\(")
_SENTENCE_END = re.compile(r"""[.!?]["')*_\]]{0,4}\s+(?=["'(*_$\\]{0,4}[A-Z])""")
_SOME_UNIT = re.compile(r"(?:[ ][A-Za-z%°][A-Za-z%°/.^-]{0,20}){0,3}\Z")
_CLOSING = re.compile(r"\\end\{[a-z]{1,20}\*?\}")
_WRAPPING = ' \t\r\n*_`$"\\])'
_LONGEST_DECLARED = 500
"""Characters; a longer declaration may have been cut within its number."""
_WINDOW = 2000
"""Characters at the end of the last line in which its last sentence is looked for."""
_REACH = 120
"""Characters before a number in which what states it is looked for."""
_Number = re.Match[str]


def read_number(text: str) -> Answer | None:
    """The boxed number, else the declared one, else the one that the last sentence is or states.

    A box or a declaration with digits that cannot be read is an answer that cannot be read: no other is looked for.
    """
    text = ascii_digits(text)
    box = last_boxed(text)
    if box and _has_digit(box[1]):
        return _answer(_first(box[1]) or _result(box[1], len(box[1])), "boxed")
    declared = last_declared(text)
    if declared and _has_digit(declared):
        return _answer(_declared(declared), "last declaration")
    text = _unwrapped(text)
    line = text.rpartition("\n")[2]
    if lone := _lone(line, whole=len(line) == len(text)):
        return _answer(lone, "lone number")
    sentences = _SENTENCE_END.split(line[-_WINDOW:])
    if len(line) > _WINDOW and len(sentences) == 1:
        return None
    return _answer(_stated(sentences[-1]), "statement")


def _first(text: str, start: int = 0) -> _Number | None:
    """The number at `start`, wrapping apart, where it is the whole of what is said there."""
    lead = _BEGINS.match(text, start)
    found = NUMERAL.match(text, lead.end()) if lead else None
    return found if found and ends_there(text, found.end()) else None


def _result(text: str, end: int) -> _Number | None:
    """The number after the last equals sign before `end`: of "x = 42" and "so 3 + 4 = 7", not of "2x = 4"."""
    signs = list(_EQUALS.finditer(text, 0, end))
    if not signs:
        return None
    before = _PARTS.split(text[: signs[-1].start()])[-1]
    if _has_digit(before) and _VARIABLE.search(before) and not _STATES.search(_NAME.sub("", before)):
        return None
    return _first(text, signs[-1].end())


def _declared(rest: str) -> _Number | None:
    found = _first(rest)
    if found or len(rest) > _LONGEST_DECLARED:
        return found
    clause = _CLAUSE_END.search(rest)
    end = clause.start() if clause else len(rest)
    return _result(rest, end) or _stated(_SENTENCE_END.split(rest, maxsplit=1)[0])


def _unwrapped(text: str) -> str:
    """`text` without what closes a display or a block after its last word."""
    text = text.strip(_WRAPPING)
    closing = text.rfind("\\end{")
    return text[:closing].strip(_WRAPPING) if closing >= 0 and _CLOSING.fullmatch(text, closing) else text


def _lone(line: str, *, whole: bool) -> _Number | None:
    """The number that a line is; one that is the whole reply may have any unit of up to three words."""
    if len(line) > _WINDOW or line.lstrip().startswith(("- ", "* ", "+ ")):
        return None
    found = _first(line)
    if found is None:
        return None
    rest = line[found.end() :].strip(_WRAPPING)
    return found if UNIT.match(rest) or (whole and _SOME_UNIT.match(f" {rest}")) else None


def _stated(sentence: str) -> _Number | None:
    """The last number of a sentence, where the sentence states it."""
    numbers = deque(NUMERAL.finditer(sentence), maxlen=1)
    if not numbers or _DOUBTS.search(sentence):
        return None
    last = numbers[0]
    if _STATES.search(sentence[max(0, last.start() - _REACH) : last.start()]):
        return last if ends_there(sentence, last.end()) else None
    result = _result(sentence, len(sentence))
    return result if result and result.end() == last.end() else None


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _answer(found: _Number | None, method: str) -> Answer | None:
    size = value(found) if found else None
    return None if found is None or size is None else Answer(spelt(size), method, found[0].strip())
