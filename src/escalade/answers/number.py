r"""Reads numbers exactly: 1,234.50, $3, 45%, 1/2, 3 1/2, \frac{1}{2}, 1.5e3, 2 \times 10^5, with units after them.

Numbers are fractions, never floats. A percent sign is a unit like any other: 50% is read as 50. A number of more than
60 digits or beyond 10^300 is refused rather than computed.
"""

import re
from collections import deque
from fractions import Fraction

from escalade.answers.answer import Answer
from escalade.answers.declaration import last_boxed, last_declared

_NUMBER = re.compile(
    r"""
    (?<![\w.\\^]) (?P<sign>[-+]?) [ ]{0,2} (?: \\?[$£€] [ ]{0,2} )?
    (?:
        (?P<mixed>\d{1,30})? [ ]{0,2} \\[dtc]?frac [ ]?
            (?: \{ [ ]? (?P<top>-?\d{1,30}) [ ]? \} | (?P<top1>\d) ) [ ]?
            (?: \{ [ ]? (?P<under>\d{1,30}) [ ]? \} | (?P<under1>\d) )
      | (?P<whole>\d{1,30}) [ ] (?P<above>\d{1,15}) / (?P<below>\d{1,15})
      | (?P<plain> GROUPED | DECIMAL )
            (?: [ ]{0,2} / [ ]{0,2} (?P<over> GROUPED | DECIMAL ) (?!/) )?
            (?: [eE] (?P<exponent>[-+]?\d{1,4}) (?!\w)
              | [ ]{0,2} (?: \\times | \\cdot | x | \* ) [ ]{0,2} 10 (?: \^ | \*\* ) \{? (?P<ten>-?\d{1,4}) \}? )?
    )
    """.replace("GROUPED", r"\d{1,3} (?: (?: , | \{,\} | \\, ) \d{3} ){1,12} (?!\d) (?: \.\d{1,60} )?").replace(
        "DECIMAL", r"\d{1,60} (?: \.\d{1,60} )? | \.\d{1,60}"
    ),
    re.ASCII | re.VERBOSE,
)
_UNIT = re.compile(
    r"""
    [ ]* (?:
        \\?% | \^?\{?\\circ\}? | ° | \\[,;!] | \.(?!\d) | [ ]
      | \\ (?: text | textrm | mathrm | mbox ) \{ [^{}]{0,60} \} (?: \^\{?\d\}? )?
      | (?: degrees? | dollars? | cents? | percent | units? | points? | inch(?:es)? | feet | miles
          | hours? | minutes? | seconds? | days? | years? | cm | mm | km | kg ) \b (?: \^\{?\d\}? )?
    )* \Z
    """,
    re.VERBOSE,
)
_MOST_EXPONENT = 300
_LONGEST = 200
_WINDOW = 2000
"""Characters at the end of a text in which an undeclared number is looked for."""


def number(text: str) -> Fraction | None:
    """The number that `text` is, a unit after it allowed; None where it is anything else."""
    text = text.strip().strip("$").strip()
    if len(text) > _LONGEST:
        return None
    match = _NUMBER.match(text)
    return _value(match) if match and _UNIT.match(text, match.end()) else None


def spelt(value: Fraction) -> str:
    """A terminating decimal where there is one of at most 30 places, else p/q."""
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if places == 0 and rest == 1:
        return str(value.numerator)
    if rest != 1 or places > 30:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def read_number(text: str) -> Answer | None:
    """The boxed number, else the declared one, else the last number of the text."""
    box = last_boxed(text)
    if box and (found := _NUMBER.search(box[1])):
        return _answer(found, "boxed")
    declared = last_declared(text)
    if declared and (found := _NUMBER.search(declared.rpartition("=")[2]) or _NUMBER.search(declared)):
        return _answer(found, "last declaration")
    last = deque(_NUMBER.finditer(text, max(0, len(text) - _WINDOW)), maxlen=1)
    return _answer(last[0], "last number") if last else None


def canonical_number(text: str) -> str:
    value = number(text)
    return text.strip() if value is None else spelt(value)


def _answer(match: re.Match[str], method: str) -> Answer | None:
    value = _value(match)
    return None if value is None else Answer(spelt(value), method, match[0].strip())


def _value(match: re.Match[str]) -> Fraction | None:
    """Exact; None beyond the bounds and for a division by zero."""
    exponent = int(match["exponent"] or match["ten"] or 0)
    if abs(exponent) > _MOST_EXPONENT:
        return None
    try:
        size = _size(match) * Fraction(10) ** exponent
    except ZeroDivisionError:
        return None
    return -size if match["sign"] == "-" else size


def _size(match: re.Match[str]) -> Fraction:
    top, under = match["top"] or match["top1"], match["under"] or match["under1"]
    if top:
        return int(match["mixed"] or 0) + Fraction(int(top), int(under))
    if match["whole"]:
        return int(match["whole"]) + Fraction(int(match["above"]), int(match["below"]))
    size = _decimal(match["plain"])
    return size / _decimal(match["over"]) if match["over"] else size


def _decimal(digits: str) -> Fraction:
    return Fraction(re.sub(r"[,{}\\]", "", digits))
