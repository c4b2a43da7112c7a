"""What was said of answers, as MLflow assessments: gates' verdicts, judges' scores and labels, grades, right answers.

Each says who said it. A judge that could not decide is an assessment without a value and with the reason, never a low
score. A redacted task's right answers and its judges' and graders' words stay out.
"""

from collections.abc import Iterator
from typing import Any

from escalade.core.grade import Grade
from escalade.core.ids import digest
from escalade.ledger.paths import is_in, judged_by
from escalade.ledger.span import SpanFact
from escalade.store import Record, Run
from escalade.track.values import AssessedBy, Assessment


class Assessing:
    """The assessments of one record. `span_ids` holds the ids of its spans by their paths."""

    def __init__(self, run: Run, record: Record, trace: str, span_ids: dict[str, str]) -> None:
        self._run = run
        self._record = record
        self._trace = trace
        self._span_ids = span_ids

    def all(self, gold: str = "") -> list[Assessment]:
        """Of the final answer and of those on the way. `gold` is the right answer, where it is known here."""
        found = [*self._expected(gold), *self._final()]
        name = f"{self._run.metric} of a step"
        found += [self._graded(name, step.grade, step.path) for step in self._record.steps if step.grade is not None]
        for span in self._record.spans:
            found += self._said_in(span)
        return found

    def _expected(self, gold: str) -> Iterator[Assessment]:
        if gold and not self._run.redacted:
            yield self._one("expected_response", gold, "HUMAN", self._run.task, expected=True)

    def _final(self) -> Iterator[Assessment]:
        grade = self._record.grade
        if grade is None:
            return
        yield self._graded(self._run.metric, grade, None)
        for name, other in grade.others.items():
            yield self._graded(name, other, None)
        yield from self._battle(grade)

    def _graded(self, name: str, grade: Grade, path: str | None) -> Assessment:
        judges = {call.model for call in self._record.grading}
        source = ", ".join(sorted(judges)) or grade.method or self._run.task
        failed = grade.outcome == "grader_failed"
        return self._one(
            name,
            None if failed else grade.score,
            "LLM_JUDGE" if judges else "CODE",
            source,
            path=path,
            rationale=self._shown(grade.reason or (f"read as {grade.answer}" if grade.answer else "")),
            trouble=self._shown(grade.reason) or "the grader failed" if failed else "",
            metadata={"outcome": grade.outcome},
        )

    def _battle(self, grade: Grade) -> Iterator[Assessment]:
        for ruling in grade.battle.rulings if grade.battle else ():
            for place, game in enumerate(ruling.games, start=1):
                yield self._one(
                    f"game {place} of {ruling.judge}",
                    game.label,
                    "LLM_JUDGE",
                    ruling.judge,
                    trouble="" if game.label else game.trouble or "no label could be read",
                    metadata={"shown first": game.first},
                )

    def _said_in(self, span: SpanFact) -> Iterator[Assessment]:
        for note in span.notes:
            if note.get("kind") == "verdict":
                yield self._verdict(span, note)
            elif note.get("kind") == "panel":
                yield from self._panel(span, note)

    def _verdict(self, span: SpanFact, note: dict[str, Any]) -> Assessment:
        """A gate's word on the answer that has the same place as the gate."""
        judged = judged_by(span.path)
        asked = [call.model for call in self._record.calls if is_in(call.path, span.path)]
        accept, score = note.get("accept"), note.get("score")
        return self._one(
            f"gate {note.get('gate') or span.name}",
            accept if score is None else score,
            "LLM_JUDGE" if asked else "CODE",
            ", ".join(dict.fromkeys(asked)) or span.name,
            path=judged if judged in self._span_ids else span.path,
            rationale=self._shown(note.get("reason", "")),
            trouble="" if accept is not None else self._shown(note.get("trouble", "")) or "unjudged",
            metadata={} if accept is None else {"accepted": str(accept).lower()},
        )

    def _panel(self, span: SpanFact, note: dict[str, Any]) -> Iterator[Assessment]:
        """A judge's scores of all members' last answers, each on the whole of the debate."""
        reasons = note.get("reasons") or []
        for place, (member, score) in enumerate(zip(note["members"], note.get("scores", []), strict=False)):
            yield self._one(
                f"panel {note.get('gate', '')} on member {member}",
                score,
                "LLM_JUDGE",
                str(note.get("gate", "")),
                path=span.path,
                rationale=self._shown(reasons[place] if place < len(reasons) else ""),
                trouble="" if score is not None else self._shown(note.get("trouble", "")) or "unjudged",
                metadata={"best": str(member == note.get("best")).lower()},
            )

    def _one(self, name: str, value: Any, by: AssessedBy, source: str, **rest: Any) -> Assessment:
        path = rest.pop("path", None)
        return Assessment(
            id=f"a-{digest(self._trace, name, path or '', source)[:32]}",
            name=name,
            value=value,
            by=by,
            source=source,
            span=None if path is None else self._span_ids.get(path),
            **rest,
        )

    def _shown(self, words: str) -> str:
        return "" if self._run.redacted else words
