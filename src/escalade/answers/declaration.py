r"""Finds where a text declares its answer ("The answer is ...", "**Answer:** ...") and takes \boxed{...} apart.

Only what follows the word "answer" and a colon, an equals sign or "is" counts as a declaration; "Answer choices:" and
"the answer is not" do not. The last one counts. Every pattern is bounded, so that time grows with the text's length.
"""

import re
from collections.abc import Iterator

GAP = r"[ \t*_]{0,6}"
ANSWER_IS = re.compile(
    rf"answers?\b{GAP}(?:\((?:letter|number)\))?"
    r"(?:(?:[ \t,][^.\n:?!=]{0,60}?)?(?<![\w'])(?:is|(?:must|should|would)[ ]be)\b(?![ \t]{1,3}not\b)"
    rf"|(?:choice|option|letter)?{GAP}[:=])[ \t*_:]{{0,8}}",
    re.IGNORECASE,
)
"""Matched at the word "answer"; ends where the answer should begin."""
_HASHES = "####"
_MOST_BOXES = 16
_LONGEST_BOX = 4000
_WORD = re.compile(r"\\?[A-Za-z0-9]{1,40}")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_BOX = re.compile(r"\\boxed(?:\{|[ \t]{0,4}(?=[A-Za-z0-9\\{]))")


def lowered(text: str) -> str:
    """`text` in lower case, with every character where it was."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def places(text: str, word: str, most: int = 256) -> Iterator[int]:
    """Where `word` occurs, last place first, and at most so many."""
    at = len(text)
    for _ in range(most):
        at = text.rfind(word, 0, at)
        if at < 0:
            return
        yield at


def last_declared(text: str, most: int = 600) -> str | None:
    """The rest of the line after the last declaration, or the next line with something in it; None without one."""
    for at in places(lowered(text), "answer"):
        match = ANSWER_IS.match(text, at)
        if match and (rest := _rest(text, match.end(), most)):
            return rest
    at = text.rfind("\n" + _HASHES)
    if at >= 0 or text.startswith(_HASHES):
        return _rest(text, at + 1 + len(_HASHES), most) or None
    return None


def _rest(text: str, start: int, most: int) -> str:
    return text[start : start + most].strip(" \t\r\n*_").split("\n", 1)[0].strip(" \t\r*_")


def last_boxed(text: str) -> tuple[int, str] | None:
    r"""Where the last \boxed begins and what it holds, braces matched; None without one that closes."""
    for at in places(text, "\\boxed", _MOST_BOXES):
        match = _BOX.match(text, at)
        if match is None:
            continue
        content = _braced(text, match.end()) if match[0].endswith("{") else _word(text, match.end())
        if content is not None:
            return at, content.strip()
    return None


def _word(text: str, start: int) -> str | None:
    match = _WORD.match(text, start)
    return match[0] if match else None


def _braced(text: str, start: int) -> str | None:
    depth = 1
    for brace in _BRACE.finditer(text, start, start + _LONGEST_BOX):
        if len(brace[0]) == 2:
            continue
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return text[start : brace.start()]
    return None
