"""Why a trial ended as it did: one tree of who said what, what the gates made of it, and what each part cost.

Model text is untrusted: it is printed as text, without escapes and controls. A redacted record shows no text that
could quote a question. Nothing is looked up here: texts and prompts come from the caller, by the ids of their Calls.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from escalade.core.grade import Grade
from escalade.core.money import total
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.report.draw import full_width
from escalade.report.money import money
from escalade.report.noted import WITHHELD, told
from escalade.report.untrusted import one_line, safe, shortened
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
    """Draw the tree of one record. `texts` and `prompts` are by the id of the Call; unless `full`, they are shortened.

    A span's cost is that of its own calls and of all calls below it.
    """
    from rich.tree import Tree  # noqa: PLC0415  (wanted only where something is drawn)

    story = _Story(record, texts, prompts or {}, redacted=redacted, full=full)
    root = Tree(story.root())
    nodes: dict[str, Tree] = {"": root}
    for span in record.spans:
        if span.path == "":
            _add_lines(root, story.inside(span))
            continue
        parent = next(nodes[path] for path in _upwards(span.path) if path in nodes)
        nodes[span.path] = parent.add(story.heading(span))
        _add_lines(nodes[span.path], story.inside(span))
    if not record.spans:
        _add_lines(root, [story.attempt(call) for call in record.calls])
    with full_width(console):
        console.print(root)


def _upwards(path: str) -> Iterator[str]:
    """The paths above this one, the nearest first, "" last."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _add_lines(node: "Tree", lines: "list[Text]") -> None:
    for line in lines:
        node.add(line)


class _Story:
    """One record, told part by part."""

    def __init__(
        self, record: Record, texts: Mapping[str, str], prompts: Mapping[str, str], *, redacted: bool, full: bool
    ) -> None:
        self._record = record
        self._texts = texts
        self._prompts = prompts
        self._redacted = redacted
        self._full = full
        self._steps = {step.path: step for step in record.steps}
        self._made: dict[str, list[Call]] = {}
        self._below: dict[str, list[Call]] = {}
        self._maker = {call.id: call.path for call in record.calls}
        for call in record.calls:
            self._made.setdefault(call.path, []).append(call)
            for path in (call.path, *_upwards(call.path)):
                self._below.setdefault(path, []).append(call)

    def root(self) -> "Text":
        record = self._record
        facts = [record.status, record.stopped, f"error {record.error}" if record.error else ""]
        facts += ["accepted" if record.accepted else "not accepted"] if record.accepted is not None else []
        facts += [f"answer of rung {record.level}"] if record.level is not None else []
        facts += [f"graded {self._grade(record.grade)}"] if record.grade else []
        facts += [self._cost(""), f"{record.latency_s:.2f} s"]
        sample = f", sample {record.sample}" if record.sample else ""
        return _text(
            f"{record.system} on {record.item}{sample}", "; ".join(fact for fact in dict.fromkeys(facts) if fact)
        )

    def heading(self, span: SpanFact) -> "Text":
        rung = f"rung {span.level}" if span.level is not None else ""
        error = f"failed: {span.error}" if span.error else ""
        facts = [rung, self._cost(span.path), f"{span.seconds:.2f} s", error]
        return _text(f"{span.role} {span.name}", "; ".join(fact for fact in facts if fact))

    def inside(self, span: SpanFact) -> "list[Text]":
        """What happened in a span itself: attempts, the prompt, the answer, its grade, decisions."""
        made = self._made.get(span.path, [])
        lines = [self.attempt(call) for call in made if call.status != "ok" or call.finish not in ("", "stop")]
        lines += [self._quoted("asked", self._prompts[call.id]) for call in made if call.id in self._prompts]
        if span.message and not self._redacted:
            lines.append(_text("", one_line(span.message, 400)))
        lines += self._answer(span)
        step = self._steps.get(span.path)
        if step and step.grade:
            lines.append(_text("", f"graded {self._grade(step.grade)}"))
        return lines + [_text("", told(note, redacted=self._redacted)) for note in span.notes]

    def attempt(self, call: Call) -> "Text":
        facts = [
            f"attempt {call.attempt}",
            call.model,
            call.error or call.finish or call.status,
            money(total([call.cost])),
        ]
        return _text("", ", ".join(one_line(fact, 60) for fact in facts))

    def _answer(self, span: SpanFact) -> "list[Text]":
        if not span.call:
            return [] if span.text is None else [self._quoted("", span.text)]
        maker = self._maker.get(span.call, span.path)
        if maker != span.path:
            return [_text("", f"answers with the text of {maker}")]
        found = self._texts.get(span.call)
        return [_text("", "(its text was not stored)") if found is None else self._quoted("", found)]

    def _quoted(self, what: str, text: str) -> "Text":
        shown = WITHHELD if self._redacted else (safe(text) if self._full else shortened(text))
        return _text("", f"{what}: {shown}" if what else shown, "")

    def _grade(self, grade: Grade) -> str:
        said = grade.outcome.replace("_", " ")
        said += f" ({grade.score:.3g})" if grade.outcome == "partial" else ""
        return said + (f", read as {one_line(grade.answer, 80)}" if grade.answer and not self._redacted else "")

    def _cost(self, path: str) -> str:
        calls = self._below.get(path, [])
        if not calls:
            return ""
        hits = sum(call.hit for call in calls)
        journal = "" if not hits else "from the journal" if hits == len(calls) else f"{hits} from the journal"
        count = "1 call" if len(calls) == 1 else f"{len(calls):,} calls"
        return ", ".join(part for part in (money(total(call.cost for call in calls)), count, journal) if part)


def _text(head: str, rest: str, style: str = "dim") -> "Text":
    from rich.text import Text  # noqa: PLC0415  (wanted only where something is drawn)

    text = Text(one_line(head), "bold")
    return text.append(
        ("  " if head and rest else "") + safe(rest), "not bold " + style if head else style or "not bold"
    )
