"""Taking a critique of several answers apart: what it says of each of them, by the ids under which they were shown.

A remark belongs to the answer whose id begins its line. A critique that names none of the ids is about all of them;
one that names some says nothing of the others.
"""

import re
from collections.abc import Sequence

from escalade.answers import without_reasoning

_LONGEST = 100_000
"""Characters that are read: a critique is no longer, and a hostile one must not cost minutes."""
_MARKS = re.escape("*_`#>\"'()<[{")
_HEADING = re.compile(
    rf"^[ \t{_MARKS}-]{{0,12}}(?:answer[ \t{_MARKS}]{{1,6}})?"
    r"(\w{1,32})\b[ \t*_`\"')>\]}]{0,6}[:.,\u2013\u2014-]?[ \t*_]{0,6}",
    re.MULTILINE | re.IGNORECASE,
)
"""Whatever word may be an id at the beginning of a line; which words are ids is looked up."""


def addressed(critique: str, ids: Sequence[str]) -> dict[str, str]:
    """What `critique` says of each answer, by id; answers of which it says nothing are missing."""
    text = without_reasoning(critique[:_LONGEST]).strip()
    spelt = {one.upper(): one for one in ids}
    found = [match for match in _HEADING.finditer(text) if match[1].upper() in spelt]
    if not found:
        return dict.fromkeys(ids, text) if text else {}
    remarks: dict[str, list[str]] = {}
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        if remark := text[match.end() : end].strip():
            remarks.setdefault(spelt[match[1].upper()], []).append(remark)
    return {one: "\n".join(parts) for one, parts in remarks.items()}
