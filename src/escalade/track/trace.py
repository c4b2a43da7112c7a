"""One question's way through one system, as a trace whose spans are our Spans. Pure: a Record and its texts in.

A span carries who answered, in what role, on which level, what it used and cost, what it was sent and what it said.
Ids are made from the MLflow experiment, run, system, item, sample and the span's path, so that a trace that is sent
twice is one trace, and none takes its place in another experiment. A redacted task's texts are withheld. Spans start
where the Record says, less the time that grading took.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from escalade.core.ids import digest
from escalade.ledger.call import Call
from escalade.ledger.paths import all_above
from escalade.ledger.span import SpanFact
from escalade.models.journal import said
from escalade.store import CallRow, Record, Run
from escalade.track.assessments import Assessing
from escalade.track.call_account import account_of
from escalade.track.names import shortened, tags
from escalade.track.question_run import model_of, question_tags
from escalade.track.values import SpanLog, TraceLog

WITHHELD = "(withheld: the task's authors ask that its texts be kept private)"
_PREVIEW = 1000
_KINDS = {"gate": "EVALUATOR", "tool": "TOOL", "head": "AGENT"}


class Question(Struct, frozen=True):
    """What was asked, as far as it is known where the trace is made."""

    text: str = ""
    gold: str = ""


def trace_id(record: Record, experiment: str) -> str:
    """`experiment` is the id of MLflow's, which keeps one trace of an id over all of its experiments."""
    return f"tr-{digest(experiment, record.run, record.system, record.item, str(record.sample))[:32]}"


def trace_log(
    run: Run, record: Record, rows: Mapping[str, CallRow], question: Question | None = None, *, experiment: str
) -> TraceLog:
    """The trace of one record in the MLflow experiment of that id. `rows` holds its Calls with their texts; `question`
    is taken from them if not given.
    """
    trace, asked = trace_id(record, experiment), question or Question()
    telling = _Telling(run, record, rows)
    text = WITHHELD if run.redacted else asked.text or telling.first_question()
    start_ns = round((record.at - (record.seconds or 0.0)) * 1e9)
    ids = {span.path: digest(trace, span.path)[:16] for span in record.spans}
    return TraceLog(
        id=trace,
        name=record.system,
        item=record.item,
        question=shortened(text, _PREVIEW),
        answer=shortened(telling.answer(), _PREVIEW),
        start_ms=start_ns // 1_000_000,
        duration_ms=round((record.seconds or 0.0) * 1000),
        failed=bool(record.error),
        tags=tags(question_tags(record)),
        spans=[telling.span(span, ids, start_ns, text) for span in record.spans],
        assessments=Assessing(run, record, trace, ids).all(asked.gold),
    )


class _Telling:
    """One record, told span by span."""

    def __init__(self, run: Run, record: Record, rows: Mapping[str, CallRow]) -> None:
        self._run = run
        self._record = record
        self._rows = rows
        self._made: dict[str, list[Call]] = {}
        for call in record.calls:
            self._made.setdefault(call.path, []).append(call)

    def span(self, fact: SpanFact, ids: Mapping[str, str], start_ns: int, question: str) -> SpanLog:
        start = start_ns + round(fact.start_s * 1e9)
        calls = self._made.get(fact.path, [])
        failed = fact.error + (f": {fact.message}" if fact.message and not self._run.redacted else "")
        return SpanLog(
            id=ids[fact.path],
            parent=next((ids[path] for path in all_above(fact.path) if path in ids), None),
            name=fact.name,
            kind="CHAT_MODEL" if calls else _KINDS.get(fact.role, "CHAIN"),
            start_ns=start,
            end_ns=start + max(0, round(fact.seconds * 1e9)),
            error=failed,
            attributes=self._texts(fact, question, calls) | self._facts(fact) | account_of(calls),
        )

    def answer(self) -> str:
        """The final text."""
        return self._said(self._record.answer, self._record.text) or ""

    def first_question(self) -> str:
        """The last user message that the first model was sent: the question, in a template of ours where it had one."""
        for call in self._record.calls:
            messages = self._asked(call).get("messages", [])
            users = [one.get("content", "") for one in messages if one.get("role") == "user"]
            if users:
                return str(users[-1])
        return ""

    def _texts(self, fact: SpanFact, question: str, calls: Sequence[Call]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not fact.path:
            category = self._record.labels.get("category")
            found["mlflow.spanInputs"] = {"q": question, "question_id": self._record.item, "category": category}
            found["mlflow.spanOutputs"] = {"answer": self.answer(), "model": model_of(self._record)}
            return found
        if calls:
            found["mlflow.spanInputs"] = {"messages": WITHHELD} if self._run.redacted else self._asked(calls[-1])
        text = self._said(fact.call, fact.text)
        if text is not None:
            found["mlflow.spanOutputs"] = {"answer": text}
        return found

    def _facts(self, fact: SpanFact) -> dict[str, Any]:
        """Where it stands, and what was decided there but for what assessments say. Notes may quote a question."""
        found: dict[str, Any] = {"escalade.path": fact.path, "escalade.role": fact.role, "escalade.level": fact.level}
        if not self._run.redacted:
            found["escalade.notes"] = [note for note in fact.notes if note.get("kind") not in ("verdict", "panel")]
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def _said(self, call: str, text: str | None) -> str | None:
        if call in self._rows:
            text = said(self._rows[call])
        return text if text is None or not self._run.redacted else WITHHELD

    def _asked(self, call: Call) -> dict[str, Any]:
        """What was sent: a chat's request, whatever form its backend wrote it in."""
        row = self._rows.get(call.id)
        if row is None or row.request is None:
            return {}
        try:
            body = msgspec.json.decode(row.request)
        except msgspec.DecodeError:
            return {"request": row.request.decode(errors="replace")}
        if isinstance(body, dict):
            return body
        is_chat = isinstance(body, list) and body and isinstance(body[0], list)
        return {"messages": body[0]} if is_chat else {"request": body}
