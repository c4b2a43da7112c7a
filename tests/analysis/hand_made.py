"""Runs and records written by hand, so that every figure can be worked out on paper."""

from decimal import Decimal
from typing import Any

from msgspec import convert

from escalade.core.grade import Grade
from escalade.core.money import UNKNOWN, Money
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.store.record import Record, Run, Step, SystemFacts

RIGHT, WRONG = Grade(outcome="right", score=1.0), Grade(outcome="wrong")


def leaf(name: str) -> dict[str, Any]:
    return {"kind": "model", "name": name}


def made_of(kind: str, *members: dict[str, Any], gate: dict[str, Any] | None = None) -> dict[str, Any]:
    parts = [{"role": "worker", "structure": member} for member in members]
    if gate:
        parts.append({"role": "gate", "structure": made_of("judge", gate)})
    return {"kind": kind, "name": kind, "parts": parts}


def run_of(items: int, *, reference: str = "", **structures: dict[str, Any]) -> Run:
    return Run(
        id="run", experiment="try", task="sums", items=items, reference=reference, systems=systems_of(**structures)
    )


def systems_of(**structures: dict[str, Any]) -> dict[str, SystemFacts]:
    return convert({name: {"structure": structure} for name, structure in structures.items()}, dict[str, SystemFacts])


def call(usd: str | None, model: str = "small", role: str = "worker", level: int | None = None, **facts: Any) -> Call:
    cost = UNKNOWN if usd is None else Money(Decimal(usd), "config")
    facts.setdefault("usage", Usage(input=100, output=10))
    return Call(id=f"{model}-{role}-{level}", model=model, role=role, level=level, cost=cost, **facts)


def trial(system: str, item: str, grade: Grade | None, *calls: Call, **facts: Any) -> Record:
    facts = {"status": "answered", "answer": "call"} | facts
    return Record(run="run", system=system, item=item, grade=grade, calls=list(calls), **facts)


def graded(score: float) -> Grade:
    outcome = "right" if score == 1 else "wrong" if score == 0 else "partial"
    return Grade(outcome=outcome, score=score)


def rung(level: int) -> SpanFact:
    return SpanFact(path=f"/worker.{level}", role="worker", name="rung", level=level)


def step(level: int, grade: Grade | None, accepted: bool | None) -> Step:
    return Step(path=f"/worker.{level}", role="worker", name="rung", level=level, grade=grade, accepted=accepted)
