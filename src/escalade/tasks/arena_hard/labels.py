"""Reading a judge's label as Arena-Hard-Auto's code does: the last one, in double brackets if there are any.

The text is taken in upper case; `[[A>B]]` is looked for first and `[A>B]` only where no such label stands. Mirrored
spellings (`A<B`, `B=A`) mean what they say. A letter alone, or any other filling, is no label: the official code
raises an error there or, in its descendants, calls it a tie; here it is None and the judge is asked again. Reasoning
that a judge wrote into its reply is no verdict, and is left out first.
"""

import re

from escalade.answers import without_reasoning
from escalade.core.battle import Label

_LONGEST = 200_000
"""Characters from the end that are read: a verdict stands there, and hostile text must not cost minutes."""
_DOUBLE = re.compile(r"\[\[([AB<>=]+)\]\]")
_SINGLE = re.compile(r"\[([AB<>=]+)\]")
SPELLINGS: dict[str, Label] = {
    "A>>B": "A>>B",
    "A>B": "A>B",
    "A=B": "A=B",
    "B>A": "B>A",
    "B>>A": "B>>A",
    "B<<A": "A>>B",
    "B<A": "A>B",
    "B=A": "A=B",
    "A<B": "B>A",
    "A<<B": "B>>A",
}


def read_label(text: str) -> Label | None:
    """The label that ends a judge's `text`; None where there is none, or where the last bracket holds another."""
    said = without_reasoning(text[-_LONGEST:]).upper()
    for pattern in (_DOUBLE, _SINGLE):
        found = pattern.findall(said)
        if found:
            return SPELLINGS.get(found[-1])
    return None
