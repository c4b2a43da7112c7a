"""A trace is worked out from a Record and its texts alone. By hand, on paper."""

from decimal import Decimal

import msgspec
import pytest

from escalade.core.grade import Grade
from escalade.core.money import UNKNOWN, Money
from escalade.core.structure import Structure
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.store import CallRow, Record, Run
from escalade.store.record import SystemFacts
from escalade.track.trace import WITHHELD, Question, trace_id, trace_log

ONE = {"ladder": SystemFacts(structure=Structure("model", "ladder"))}
RUN = Run(id="try-1", experiment="try", task="sums", items=1, systems=ONE)
VERDICT = {"kind": "verdict", "gate": "judge", "accept": None, "score": None, "reason": "", "trouble": "it timed out"}
STOPPED = {"kind": "stopped", "why": "exhausted"}
SPANS = [
    SpanFact(path="", role="system", name="ladder", seconds=4.0),
    SpanFact(path="/worker", role="worker", name="ladder", seconds=4.0, notes=[STOPPED]),
    SpanFact(path="/worker/worker.1", role="worker", name="small", level=1, start_s=0.5, seconds=2.0, call="c1"),
    SpanFact(path="/worker/gate.1", role="gate", name="judge", level=1, start_s=2.5, seconds=1.0, notes=[VERDICT]),
    SpanFact(path="/worker/gate.1/gate", role="gate", name="judge", level=1, error="timeout", message="after 1 s"),
]
CALLS = [
    Call(id="c1~a", path="/worker/worker.1", model="small", status="failed", error="rate_limited", attempt=1),
    Call(
        id="c1",
        path="/worker/worker.1",
        model="small",
        asked="vendor/small",
        answered="vendor/small-2026",
        provider="vendor",
        attempt=2,
        usage=Usage(input=100, output=10, cached=40),
        cost=Money(Decimal("0.0012"), "reported"),
        paid=Money(Decimal("0.0012"), "reported"),
    ),
    Call(id="c2", path="/worker/gate.1/gate", role="gate", model="judge", status="unknown", cost=UNKNOWN),
]
ROWS = {
    "c1": CallRow(
        call=CALLS[1], received=b'{"text":"the answer"}', request=b'{"messages":[{"role":"user","content":"Why?"}]}'
    )
}
RECORD = Record(
    run="try-1", system="ladder", item="q1", status="answered", answer="c1", spans=SPANS, calls=CALLS, at=1004.0,
    seconds=4.0, grade=Grade(outcome="right", score=1.0, method="match"), labels={"category": "why"},
)  # fmt: skip


@pytest.fixture
def log():
    priced = [msgspec.structs.replace(CALLS[0], cost=Money(Decimal(0), "nothing")), *CALLS[1:]]
    record, asked = msgspec.structs.replace(RECORD, calls=priced), Question("Why is it so?", "Because.")
    return trace_log(RUN, record, ROWS, asked, experiment="7")


def by_path(log):
    return {span.attributes["escalade.path"]: span for span in log.spans if "escalade.path" in span.attributes}


def test_spans_form_the_tree_of_the_record_in_its_time(log):
    """Each below its own, started when it did."""
    ids = {path: span.id for path, span in by_path(log).items()}
    parents = {path: span.parent for path, span in by_path(log).items()}
    assert parents["/worker/gate.1/gate"] == ids["/worker/gate.1"]
    assert parents["/worker/worker.1"] == ids["/worker"]
    assert [span for span in log.spans if span.parent is None] == log.spans[:1]
    small = by_path(log)["/worker/worker.1"]
    assert (small.start_ns, small.end_ns) == (1_000_500_000_000, 1_002_500_000_000)


def test_a_call_s_facts_are_in_mlflow_s_own_attributes_and_exactly_in_ours(log):
    """Model, provider, tokens with the cached part, money as text, and what was tried before."""
    found = by_path(log)["/worker/worker.1"].attributes
    assert found["mlflow.llm.model"] == "vendor/small"
    assert found["escalade.answered_by"] == "vendor/small-2026"
    assert found["mlflow.llm.provider"] == "vendor"
    usage = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110, "cache_read_input_tokens": 40}
    assert found["mlflow.chat.tokenUsage"] == usage
    assert found["mlflow.llm.cost"] == {"total_cost": 0.0012}
    assert (found["escalade.cost_usd"], found["escalade.cost_source"]) == ("0.0012", "reported")
    assert [one["error"] for one in found["escalade.attempts"]] == ["rate_limited", ""]
    assert found["mlflow.spanInputs"] == {"messages": [{"role": "user", "content": "Why?"}]}
    assert found["mlflow.spanOutputs"] == {"answer": "the answer"}


def test_an_unknown_cost_is_said_to_be_none(log):
    """Left out, MLflow would put in a guess from its own list of prices."""
    found = by_path(log)["/worker/gate.1/gate"].attributes
    assert found["mlflow.llm.cost"] == {}
    assert found["escalade.cost_usd"] == "unknown"


def test_an_unjudged_answer_is_no_low_score(log):
    """Its assessment has no value, and the reason; it lies on the answer that was looked at."""
    [verdict] = [one for one in log.assessments if one.name == "gate judge"]
    assert (verdict.value, verdict.trouble, verdict.by, verdict.source) == (None, "it timed out", "LLM_JUDGE", "judge")
    assert verdict.span == by_path(log)["/worker/worker.1"].id


def test_the_grade_and_the_right_answer_are_assessments_with_a_source(log):
    """The grader's method for the one, the data's author for the other."""
    said = {one.name: one for one in log.assessments}
    assert (said["accuracy"].value, said["accuracy"].by, said["accuracy"].source) == (1.0, "CODE", "match")
    expected = said["expected_response"]
    assert (expected.value, expected.by, expected.expected) == ("Because.", "HUMAN", True)


def test_without_the_items_the_question_is_what_the_first_model_was_sent():
    """A run can be logged from its store alone."""
    alone = trace_log(RUN, RECORD, ROWS, experiment="7")
    assert alone.question == "Why?"
    assert "expected_response" not in {one.name for one in alone.assessments}


def test_a_trace_has_one_id_for_each_trial():
    """The same when it is made again, another for another sample, system, run or MLflow experiment."""
    others = [{"sample": 1}, {"system": "other"}, {"run": "try-2"}, {"item": "q2"}]
    ids = [trace_id(msgspec.structs.replace(RECORD, **other), "7") for other in ({}, {}, *others)]
    assert ids[0] == ids[1]
    assert len({*ids, trace_id(RECORD, "8")}) == 6


def test_a_redacted_trace_quotes_nothing():
    """Neither question, answer, request, reasons, notes nor a provider's message."""
    secret = {"question": "Why is it so?", "gold": "Because."}
    asked = Question(secret["question"], secret["gold"])
    log = trace_log(msgspec.structs.replace(RUN, redacted=True), RECORD, ROWS, asked, experiment="7")
    told = msgspec.json.encode(log).decode()
    for words in ("Why", "Because", "the answer", "after 1 s", "it timed out", "exhausted"):
        assert words not in told, words
    assert WITHHELD in told
