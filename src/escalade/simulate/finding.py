"""Finding which known question a text asks: as it is, or somewhere inside a larger prompt.

Words are compared, so that line breaks and spacing do not matter; spelling does. Built on first use, since most
questions are found without it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

_WINDOW = 8
"""Words in a window: long enough to tell questions apart, short enough to survive a cut prompt."""
_STRIDE = 4


def normalised(text: str) -> str:
    return " ".join(text.split())


class QuestionIndex:
    """Known questions by their rarest window of words."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` are normalised and distinct."""
        words = {text: text.split() for text in texts}
        seen = Counter(window for parts in words.values() for window in _offered(parts))
        self._by_window: dict[str, list[str]] = {}
        for text, parts in words.items():
            rarest = min(_offered(parts), key=seen.__getitem__, default="")
            self._by_window.setdefault(rarest, []).append(text)
        self._sizes = sorted({window.count(" ") + 1 for window in self._by_window if window}, reverse=True)

    def search(self, prompt: str) -> str | None:
        """The known question inside `prompt` (normalised): the last that stands there as a whole, else the last of
        which a window stands there that no other question has.
        """
        words = prompt.split(" ")
        whole: tuple[int, str] | None = None
        part: tuple[int, str] | None = None
        for place, window in self._windows(words):
            candidates = self._by_window.get(window, ())
            for text in candidates:
                start = prompt.rfind(text)
                if start >= 0:
                    whole = max(whole or (-1, ""), (start, text))
                elif len(candidates) == 1 and len(window.split()) == _WINDOW:
                    part = max(part or (-1, ""), (place, text))
        found = whole or part
        return found[1] if found else None

    def _windows(self, words: list[str]) -> Iterator[tuple[int, str]]:
        for size in self._sizes:
            for place in range(len(words) - size + 1):
                yield place, " ".join(words[place : place + size])


def _offered(words: list[str]) -> Iterator[str]:
    """The windows of a question that may stand for it; a short question is one window."""
    if len(words) <= _WINDOW:
        yield " ".join(words)
        return
    for start in range(0, len(words) - _WINDOW + 1, _STRIDE):
        yield " ".join(words[start : start + _WINDOW])
