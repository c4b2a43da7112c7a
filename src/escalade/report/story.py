"""The story of one trial as plain values: who was asked, what came of it, what the gates decided, what it cost.

Whatever draws it (a terminal, a page) adds the texts of Calls and the looks. Texts are named by the ids of their Calls
and never copied here; all other lines are safe to print. A redacted story has no text that could quote a question.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from escalade.core.grade import Grade
from escalade.core.money import total
from escalade.ledger.call import Call
from escalade.ledger.paths import all_above
from escalade.ledger.span import SpanFact
from escalade.report.money import money
from escalade.report.noted import WITHHELD, told
from escalade.report.untrusted import one_line, safe
from escalade.store.record import Record

LineKind = Literal["attempt", "asked", "error", "answer", "grade", "note"]


class Line(Struct, frozen=True, array_like=True):
    kind: LineKind
    text: str = ""
    """Safe to print; "" where the text is that of a Call."""
    call: str = ""
    """The id of the Call whose request (`asked`) or answer (`answer`) stands here."""


class Passage(Struct, frozen=True, array_like=True):
    """One span, or the whole trial, with what was asked below it."""

    title: str
    facts: str
    lines: list[Line]
    passages: list["Passage"]


def story(record: Record, *, redacted: bool = False) -> Passage:
    """The tree of one record. The cost of a passage is that of its own calls and of all calls below it."""
    teller = _Teller(record, redacted=redacted)
    root = Passage(*teller.whole(), [], [])
    by_path = {"": root}
    for span in record.spans:
        passage = root
        if span.path:
            passage = Passage(*teller.heading(span), [], [])
            next(by_path[path] for path in all_above(span.path) if path in by_path).passages.append(passage)
            by_path[span.path] = passage
        passage.lines.extend(teller.inside(span))
    if not record.spans:
        root.lines.extend(teller.attempt(call) for call in record.calls)
    if record.grading or (record.grade and record.grade.outcome == "grader_failed"):
        verdicts = list(_verdicts(record.grade, redacted=redacted))
        root.passages.append(Passage("grading", _spent(record.grading), verdicts, []))
    return root


def _verdicts(grade: Grade | None, *, redacted: bool) -> Iterator[Line]:
    """What a grader that asks models found: the label of every game or, where none was played, its reason.

    Of one that failed: why.
    """
    if grade is None or grade.battle is None:
        if grade is not None and grade.reason:
            yield Line("grade", WITHHELD if redacted else one_line(grade.reason, 400))
        return
    for ruling in grade.battle.rulings:
        for game in ruling.games:
            label = game.label or f"unjudged: {game.trouble}"
            yield Line("grade", one_line(f"{ruling.judge}, A being the {game.first}'s answer: {label}", 400))


class _Teller:
    """What one record says of each of its parts."""

    def __init__(self, record: Record, *, redacted: bool) -> None:
        self._record = record
        self._redacted = redacted
        self._steps = {step.path: step for step in record.steps}
        self._made: dict[str, list[Call]] = {}
        self._below: dict[str, list[Call]] = {}
        self._maker = {call.id: call.path for call in record.calls}
        for call in record.calls:
            self._made.setdefault(call.path, []).append(call)
            for path in (call.path, *all_above(call.path)):
                self._below.setdefault(path, []).append(call)

    def whole(self) -> tuple[str, str]:
        record = self._record
        facts = [record.status, record.stopped, f"error {record.error}" if record.error else ""]
        facts += ["accepted" if record.accepted else "not accepted"] if record.accepted is not None else []
        facts += [f"answer of rung {record.level}"] if record.level is not None else []
        facts += [f"graded {self._grade(record.grade)}"] if record.grade else []
        facts += [self._cost_of(""), "" if record.latency_s is None else f"{record.latency_s:.2f} s"]
        sample = f", sample {record.sample}" if record.sample else ""
        return one_line(f"{record.system} on {record.item}{sample}"), _joined(dict.fromkeys(facts))

    def heading(self, span: SpanFact) -> tuple[str, str]:
        rung = f"rung {span.level}" if span.level is not None else ""
        error = f"failed: {span.error}" if span.error else ""
        return _title(span.role, span.name), _joined((rung, self._cost_of(span.path), f"{span.seconds:.2f} s", error))

    def inside(self, span: SpanFact) -> Iterator[Line]:
        """What happened in a span itself: attempts, the prompt, the answer, its grade, decisions."""
        made = self._made.get(span.path, ())
        yield from (self.attempt(call) for call in made if call.status != "ok" or call.finish not in ("", "stop"))
        yield from (Line("asked", call=call.id) for call in made)
        if span.message and not self._redacted:
            yield Line("error", one_line(span.message, 400))
        yield from self._answer(span)
        step = self._steps.get(span.path)
        if step and step.grade:
            yield Line("grade", f"graded {self._grade(step.grade)}")
        yield from (Line("note", told(note, redacted=self._redacted)) for note in span.notes)

    def attempt(self, call: Call) -> Line:
        outcome = call.error or call.finish or call.status
        facts = (f"attempt {call.attempt}", call.model, outcome, money(total([call.cost])))
        return Line("attempt", ", ".join(one_line(fact, 60) for fact in facts))

    def _answer(self, span: SpanFact) -> Iterator[Line]:
        if not span.call:
            if span.text is not None:
                yield Line("answer", WITHHELD if self._redacted else safe(span.text))
            return
        maker = self._maker.get(span.call, span.path)
        if maker != span.path:
            yield Line("note", one_line(f"answers with the text of {maker}"))
        else:
            yield Line("answer", WITHHELD) if self._redacted else Line("answer", call=span.call)

    def _grade(self, grade: Grade) -> str:
        outcome = grade.outcome.replace("_", " ")
        outcome += f" ({grade.score:.3g})" if grade.outcome == "partial" else ""
        return outcome + (f", read as {one_line(grade.answer, 80)}" if grade.answer and not self._redacted else "")

    def _cost_of(self, path: str) -> str:
        return _spent(self._below.get(path, []))


def _spent(calls: Sequence[Call]) -> str:
    """What they cost together, how many they are, and how many the journal answered; "" for none."""
    if not calls:
        return ""
    hits = sum(call.hit for call in calls)
    journal = "" if not hits else "from the journal" if hits == len(calls) else f"{hits} from the journal"
    count = "1 call" if len(calls) == 1 else f"{len(calls):,} calls"
    return ", ".join(part for part in (money(total(call.cost for call in calls)), count, journal) if part)


@lru_cache(maxsize=1024)
def _title(role: str, name: str) -> str:
    return one_line(f"{role} {name}")


def _joined(facts: Iterable[str]) -> str:
    return safe("; ".join(fact for fact in facts if fact))
