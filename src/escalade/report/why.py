"""Why a trial ended as it did, on a terminal: its story with the texts of its Calls.

Model text is untrusted: it is printed as text, without escapes and controls. Nothing is looked up here: texts and
prompts come from the caller, by the ids of their Calls.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.report.draw import full_width
from escalade.report.noted import WITHHELD
from escalade.report.story import Line, Passage, story
from escalade.report.untrusted import safe, shortened
from escalade.store.record import Record

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree


def render_why(
    record: Record,
    texts: Mapping[str, str],
    console: "Console",
    *,
    prompts: Mapping[str, str] | None = None,
    redacted: bool = False,
    full: bool = False,
) -> None:
    """Draw the tree of one record. `texts` and `prompts` are by the id of the Call, and shortened unless `full`."""
    from rich.tree import Tree  # noqa: PLC0415  (wanted only where something is drawn)

    quoting = _Quoting(texts, prompts or {}, redacted, full)
    whole = story(record, redacted=redacted)
    root = Tree(_heading(whole))
    _grow(root, whole, quoting)
    with full_width(console):
        console.print(root)


def _grow(node: "Tree", passage: Passage, quoting: "_Quoting") -> None:
    for line in passage.lines:
        if (drawn := quoting.line(line)) is not None:
            node.add(drawn)
    for inner in passage.passages:
        _grow(node.add(_heading(inner)), inner, quoting)


def _heading(passage: Passage) -> "Text":
    from rich.text import Text  # noqa: PLC0415  (wanted only where something is drawn)

    return Text(passage.title, "bold").append(f"  {passage.facts}" if passage.facts else "", "not bold dim")


class _Quoting(Struct, frozen=True):
    """Puts the texts of Calls where a story names them."""

    texts: Mapping[str, str]
    prompts: Mapping[str, str]
    redacted: bool
    full: bool

    def line(self, line: Line) -> "Text | None":
        """None for a prompt that is not to be shown."""
        from rich.text import Text  # noqa: PLC0415  (wanted only where something is drawn)

        match line.kind:
            case "asked":
                prompt = self.prompts.get(line.call)
                return None if prompt is None else Text(f"asked: {self._quoted(prompt)}")
            case "answer" if line.call:
                answer = self.texts.get(line.call)
                return Text("(its text was not stored)", "dim") if answer is None else Text(self._quoted(answer))
            case "answer":
                return Text(self._quoted(line.text))
            case _:
                return Text(line.text, "dim")

    def _quoted(self, text: str) -> str:
        if self.redacted:
            return WITHHELD
        return safe(text) if self.full else shortened(text)
