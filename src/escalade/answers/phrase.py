"""Reads a short answer in words: what follows the last "answer is ...", else the last line.

Nothing is looked for within a sentence: "It is Paris" is that sentence, and no answer "Paris".
"""

from escalade.answers.answer import Answer
from escalade.answers.declaration import last_declared

_WRAPPING = " \t\r\n*_`\"'"
_LONGEST = 4000


def read_phrase(text: str) -> Answer | None:
    said = _final(text)
    return Answer(_canonical(said), "declared or last line", said) if said else None


def canonical_phrase(text: str) -> str:
    """Case, spacing, quotes, emphasis and a full stop at the end do not count; neither does "The answer is" before."""
    return _canonical(_final(text))


def _final(text: str) -> str:
    text = text.strip()
    final = last_declared(text, _LONGEST) or text.rpartition("\n")[2]
    return final.strip(_WRAPPING).removesuffix(".").strip(_WRAPPING) or final.strip()


def _canonical(phrase: str) -> str:
    return " ".join(phrase.split()).casefold()
