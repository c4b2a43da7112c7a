r"""Whether a number ends where its digits do, or what follows makes another number of it.

After "5" all of these do: ",5", "^2", ":30", "!", "x", " million", " and a half", " or 6", " hours 30", " + 1". Nothing
is computed: a number that goes on is left unread.
"""

import re

from escalade.answers.number import MARKED_UNIT, MULTIPLE

_CLOSING = rf"""
    (?: [)\]}}*_$"'`%°€£¢] | [ ]?\\?% | \\[)\],;!] | [ ]?\^?\{{?\\circ\}}?
      | [ ]{{0,2}} {MARKED_UNIT}
    ){{0,16}}+"""
"""Wrapping and marked units."""
_STOP = r"(?: \.(?![\d.a-z]) | [,;:—](?![ \t]{0,3}[-+]?\\?[$£€]?\.?\d) | \? | </ )"
"""Punctuation that no further number follows."""
_APART = r"""
    (?: \Z | (?=\s) | /(?=[A-Za-z]) | -(?=[A-Za-z]{2}) | \\(?: \\ | (?: quad | qquad | end | approx ) (?![A-Za-z]) )
      | (?: mm | cm | km | mg | kg | g | ms | s | h | hrs? | min | mph | ft | in | lbs? | oz | mL | ml | L
          | k?Hz | k?J | k?W | k?Pa | N | V ) (?!\w) (?: \^\{?\d\}? )? )"""
"""What else may follow at once."""
_GOES_ON = rf"""
    [ \t]* (?:
        [-+]?\\?[$£€]?\.?\d                                           # another number
      | [+*/^=<>|±÷√π·] | \([ ]?\d | -(?![ ]?[A-Za-z]{{2}} | -)        # an operation
      | \\(?! \\ | [)\]%,;!$] | (?: quad | qquad | end | approx ) (?![A-Za-z]) )
      | [bcdefijknpqrtuvwxyz](?![\w'])                                # a variable
      | {MULTIPLE}
      | (?i: pi | squared | cubed | factorial | plus | minus | times | divided | multiplied | mod | modulo | choose
          | raised | or | (?: more | less | fewer | greater ) [ ] than | out [ ] of ) \b
      | (?: of | in | over | to ) [ ] (?: [-$]?\d | the [ ] power )
      | and [ ] (?: [-$]?\d | an? \b | one | two | three | half | minus )
      | [A-Za-z/]{{1,20}} (?: [ ,]{{1,2}} (?: and [ ] )? | [ ]?[-+*/=÷·][ ]? ) [-$]?\d )  # 2 hours 30, 5 m + 6 m
"""
_ENDS = re.compile(rf"{_CLOSING} (?: {_STOP} | {_APART} (?! {_GOES_ON} ) )", re.VERBOSE)


def ends_there(text: str, end: int) -> bool:
    """Whether the number that ends at `end` is the whole of what is said there."""
    return _ENDS.match(text, end) is not None
