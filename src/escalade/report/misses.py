"""Misses as a table, a line each, or with whole texts. What could quote a question of a redacted task is withheld."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from escalade.analysis.misses import KINDS, Miss
from escalade.report import draw
from escalade.report.noted import WITHHELD
from escalade.report.untrusted import one_line, safe

if TYPE_CHECKING:
    from rich.console import Console

_END = 70
"""Characters of an answer's end that are shown: there its final answer should stand."""


def withheld_miss(miss: Miss) -> Miss:
    """The miss without what models, graders and providers wrote."""
    withheld = {name: WITHHELD for name in ("answer", "reason", "message") if getattr(miss, name)}
    return msgspec.structs.replace(miss, text=None if miss.text is None else WITHHELD, **withheld)


def counts(misses: Iterable[Miss]) -> dict[str, Counter[str]]:
    """How many of each kind, by system."""
    by_system: dict[str, Counter[str]] = {}
    for miss in misses:
        by_system.setdefault(miss.system, Counter())[miss.kind] += 1
    return by_system


def draw_counts(title: str, by_system: Mapping[str, Counter[str]], console: "Console") -> None:
    kinds = [kind for kind in KINDS if any(of[kind] for of in by_system.values())]
    rows = [(system, *(f"{of[kind]:,}" for kind in kinds)) for system, of in by_system.items()]
    draw.table(title, ("system", *kinds), rows, console)


def draw_misses(misses: Sequence[Miss], console: "Console", *, full: bool) -> None:
    """A line each or, `full`, with whole texts."""
    if full:
        for miss in misses:
            draw.lines(
                f"{miss.system} on {_place(miss)}: {miss.kind}", [_why(miss, full=True), safe(miss.text or "")], console
            )
        return
    rows = [(miss.system, _place(miss), miss.kind, _why(miss)) for miss in misses]
    draw.table("Misses", ("system", "item", "miss", "what was read, or why not"), rows, console, words=4)


def _place(miss: Miss) -> str:
    return f"{miss.item}, sample {miss.sample}" if miss.sample else miss.item


def _why(miss: Miss, *, full: bool = False) -> str:
    if miss.kind == "failed":
        return one_line(": ".join(part for part in (miss.error or "no answer", miss.message) if part))
    parts = [f"read as {one_line(miss.answer, 80)}"] if miss.answer else []
    parts += [f"score {miss.score:.3g}"] if miss.kind == "partial" else []
    parts += [one_line(miss.reason)] if miss.reason else []
    if not miss.answer and miss.text and not full:
        parts.append(f"ends with: {_end(miss.text)}")
    return "; ".join(parts)


def _end(text: str) -> str:
    flat = " ".join(safe(text[-8 * _END :]).split())
    return flat if len(flat) <= _END else f"... {flat[-_END:].lstrip()}"
