"""The outward form of an answer, counted by Arena-Hard-Auto's rules: headings, list items, bold, and its length.

What stands between code fences is taken out first, as there, and every copy of it elsewhere with it. Their length is
in tokens of one tokeniser that we do not ship: ours is a guess at four characters a token, and marked so. An answer
that comes with the publisher's own counts keeps them; the two rulers are never laid at one pair of answers.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.battle import Style
from escalade.core.usage import estimated_tokens

_FENCED = re.compile(r"```([^`]*)```")
_HEADINGS = {f"h{depth}": re.compile(rf"^#{{{depth}}}\s", re.MULTILINE) for depth in range(1, 7)}
_LISTS = {
    "ordered": re.compile(r"^\s*\d+\.\s", re.MULTILINE),
    "unordered": re.compile(r"^\s*[-*+]\s", re.MULTILINE),
}
_BOLD = {"**": re.compile(r"\*\*[^*\n]+\*\*"), "__": re.compile(r"__[^_\n]+__")}


class Markdown(Struct, frozen=True):
    """Counts by kind, under the names of the official files."""

    header_count: dict[str, int]
    list_count: dict[str, int]
    bold_count: dict[str, int]


def markdown(text: str) -> Markdown:
    """The marks in `text` outside fenced code."""
    for inside in _FENCED.findall(text):
        text = text.replace(inside, "")
    return Markdown(*(_counts(text, group) for group in (_HEADINGS, _LISTS, _BOLD)))


def _counts(text: str, group: Mapping[str, re.Pattern[str]]) -> dict[str, int]:
    return {kind: len(pattern.findall(text)) for kind, pattern in group.items()}


def style_of(text: str) -> Style:
    """The style of an answer, its length estimated."""
    found = markdown(text)
    return Style(
        tokens=estimated_tokens(len(text)),
        headers=sum(found.header_count.values()),
        lists=sum(found.list_count.values()),
        bold=sum(found.bold_count.values()),
        estimated=True,
    )


def published_style(metadata: Any) -> Style | None:
    """The style that an official file states; None where it does not state all of it."""
    if not isinstance(metadata, dict):
        return None
    counts = [_sum(metadata.get(name)) for name in ("token_len", "header_count", "list_count", "bold_count")]
    tokens, headers, lists, bold = counts
    if tokens is None or headers is None or lists is None or bold is None:
        return None
    return Style(tokens=tokens, headers=headers, lists=lists, bold=bold)


def metadata_of(text: str, tokens: int | None = None) -> dict[str, Any]:
    """What an official file says of an answer's style, in its order and no more; without `tokens` they are guessed."""
    counted = estimated_tokens(len(text)) if tokens is None else tokens
    return {"token_len": counted, **msgspec.to_builtins(markdown(text))}


def _sum(value: Any) -> int | None:
    parts = list(value.values()) if isinstance(value, dict) else [value]
    return sum(parts) if all(type(part) is int and part >= 0 for part in parts) else None
