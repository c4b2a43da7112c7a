r"""How one number is written: 1,234.50, 1 234, $3, 45%, 1/2, 3 1/2, 1½, \frac{1}{2}, 1.5e3, 2 \times 10^5, units after.

Numbers are fractions, never floats. A percent sign is a unit like any other: 50% is read as 50. Refused are what may
be one of two numbers (1,5 and 12,34,567), a number of more than 60 digits, and one beyond 10^300.
"""

import re
import unicodedata
from fractions import Fraction

_SEPARATORS = (",", r"\{,\}", r"\\,", "[ ]")
_GROUPED = "|".join(rf"\d{{1,3}} (?: {mark} \d{{3}} ){{1,12}} (?!\d) (?: \.\d{{1,60}} )?" for mark in _SEPARATORS)
_DECIMAL = r"\d{1,60} (?: \.\d{1,60} )? | \.\d{1,60}"
_PLAIN = f"{_GROUPED} | {_DECIMAL}"
_FRAC = r"""
    (?P<mixed> \d{1,30} )? [ ]{0,2} \\[dtc]?frac [ ]?
    (?: \{ [ ]? (?P<top> -?\d{1,30} ) [ ]? \} | (?P<top1> \d ) ) [ ]?
    (?: \{ [ ]? (?P<under> \d{1,30} ) [ ]? \} | (?P<under1> \d ) )"""
_MIXED = r"(?P<whole> \d{1,30} ) [ ]{1,2} (?P<above> \d{1,15} ) / (?P<below> \d{1,15} )"
_RATIO = rf"[ ]{{0,2}} / [ ]{{0,2}} (?P<over> {_PLAIN} ) (?!/)"
_POWER = r"""
    [eE] (?P<exponent> [-+]?\d{1,4} ) (?!\w)
  | [ ]{0,2} (?: \\times | \\cdot | x | \* ) [ ]{0,2} 10 (?: \^ | \*\* ) \{? (?P<ten> -?\d{1,4} ) \}?"""
NUMERAL = re.compile(
    rf"""
    (?<![\w.\\^]) (?<![_^]\{{)
    (?: (?P<sign> [-+] ) [ ]{{0,2}} )? (?: \\?[$£€] [ ]{{0,2}} )?
    (?: {_FRAC} | {_MIXED} | (?P<plain> {_PLAIN} ) (?: {_RATIO} )? (?: {_POWER} )? )
    """,
    re.ASCII | re.VERBOSE,
)
"""A number at its longest. What stands before and after it is the caller's to look at."""
_MULTIPLES = """
    dozen | hundred | thousand | million | billion | trillion | quadrillion | lakh | crore | mln | bn | mn
  | half | halves | third | quarter | fourth | fifth | sixth | seventh | eighth | ninth | tenth | hundredth
  | thousandth"""
MULTIPLE = rf"(?: (?i: {_MULTIPLES} ) s? \b )"
"""A word that makes another number of the one before it; for verbose patterns."""
MARKED_UNIT = rf"""
    (?: \\ (?: text | textrm | mathrm | mbox ) \{{ (?! [ ]? {MULTIPLE} ) [^{{}}]{{0,60}} \}} (?: \^\{{?\d\}}? )? )"""
UNIT = re.compile(
    rf"""
    [ ]* (?:
        \\?% | \^?\{{?\\circ\}}? | ° | \\[,;!] | \.(?!\d) | [ ]
      | {MARKED_UNIT}
      | (?: degrees? | dollars? | cents? | percent | units? | points? | inch(?:es)? | feet | miles
          | hours? | minutes? | seconds? | days? | years? | cm | mm | km | kg ) \b (?: \^\{{?\d\}}? )?
    )* \Z
    """,
    re.VERBOSE,
)
"""All that may follow a number which stands alone."""
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_FULL_WIDTH = {"．": ".", "，": ",", "＋": "+", "－": "-", "％": "%", "＝": "=", "\u066b": ".", "\u066c": ","}  # noqa: RUF001  (what is looked for)
_MOST_EXPONENT = 300
_LONGEST = 200


def number(text: str) -> Fraction | None:
    """The number that `text` is, a unit after it allowed; None where it is anything else."""
    text = ascii_digits(text).strip().strip("$").strip()
    if len(text) > _LONGEST:
        return None
    match = NUMERAL.match(text)
    return value(match) if match and UNIT.match(text, match.end()) else None


def ascii_digits(text: str) -> str:
    """`text` with the digits of all scripts as 0 to 9, and ½ as 1/2 with a space before it: 1½ is 1 1/2."""
    return text if text.isascii() else _FOREIGN.sub(_ascii, text)


def value(match: re.Match[str]) -> Fraction | None:
    """The exact value of what NUMERAL matched; None beyond the bounds and for a division by zero."""
    exponent = int(match["exponent"] or match["ten"] or 0)
    if abs(exponent) > _MOST_EXPONENT:
        return None
    try:
        size = _size(match) * Fraction(10) ** exponent
    except ZeroDivisionError:
        return None
    return -size if match["sign"] == "-" else size


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


def canonical_number(text: str) -> str:
    found = number(text)
    return text.strip() if found is None else spelt(found)


def _ascii(match: re.Match[str]) -> str:
    character = match[0]
    if (digit := unicodedata.decimal(character, None)) is not None:
        return str(digit)
    if unicodedata.decomposition(character).startswith("<fraction>"):
        return " " + unicodedata.normalize("NFKC", character).replace("\N{FRACTION SLASH}", "/")
    return _FULL_WIDTH.get(character, character)


def _size(match: re.Match[str]) -> Fraction:
    top, under = match["top"] or match["top1"], match["under"] or match["under1"]
    if top:
        return int(match["mixed"] or 0) + Fraction(int(top), int(under))
    if match["whole"]:
        return int(match["whole"]) + Fraction(int(match["above"]), int(match["below"]))
    size = _decimal(match["plain"])
    return size / _decimal(match["over"]) if match["over"] else size


def _decimal(digits: str) -> Fraction:
    return Fraction(re.sub(r"[,{}\\ ]", "", digits))
