"""Stores with runs whose every text we chose, so that a page can be held against them."""

import json
from decimal import Decimal

import msgspec

from escalade.core.grade import Grade
from escalade.core.money import Money
from escalade.core.structure import Part, Structure
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.models.backend import Received
from escalade.store import CallRow, Record, Run, Store
from escalade.store.record import Step, SystemFacts

RIGHT, WRONG = Grade(outcome="right", score=1.0, answer="4"), Grade(outcome="wrong", answer="5")
SYSTEMS = ("large", "small", "ladder")
_USD = {"large": "0.04", "small": "0.001", "judge": "0.002"}


def structure(name):
    if name != "ladder":
        return Structure("model", name)
    return Structure("cascade", "ladder", parts=tuple(Part("worker", structure(model)) for model in ("small", "large")))


def run_of(items, **facts):
    described = {name: SystemFacts(structure=structure(name), simulated=True) for name in SYSTEMS}
    wanted = {"id": "planted-1", "experiment": "planted", "task": "sums", "task_fingerprint": "f1"} | facts
    return Run(items=items, reference="large", systems=described, **wanted)


def asked(n):
    return f"What is {n} plus {n}?"


def call(n, model, path, role="worker", level=None):
    usage = Usage(input=20, output=30 + n % 7)
    cost = Money(Decimal(_USD[model]), "config")
    return Call(id=f"{model}-{n:06}", path=path, role=role, level=level, model=model, cost=cost, paid=cost, usage=usage)


def single(run, n, model, labels):
    grade = RIGHT if model == "large" or n % 2 else WRONG
    made = call(n, model, "/worker")
    return Record(
        run=run.id, system=model, item=f"sum-{n:05}", labels=labels, status="answered", answer=made.id, grade=grade,
        calls=[made], at=float(n), seconds=0.5, steps=[Step(path="/worker", role="worker", name=model, grade=grade)],
        spans=[SpanFact(path="", role="system", name=model, call=made.id),
               SpanFact(path="/worker", role="worker", name=model, call=made.id)],
    )  # fmt: skip


def ladder(run, n, labels, reason):
    """Even questions climb: the small model's answer is rejected, for `reason`."""
    climbs = n % 2 == 0
    first = call(n, "small", "/worker/worker.1", level=1)
    judged = call(n, "judge", "/worker/gate.1/gate", "gate", 1)
    calls = [first, judged, *([call(n, "large", "/worker/worker.2", level=2)] if climbs else [])]
    verdict = {"kind": "verdict", "gate": "judge", "accept": not climbs, "score": 0.2 if climbs else 0.9,
               "reason": reason}  # fmt: skip
    steps = [Step(path="/worker/worker.1", role="worker", name="small", level=1, grade=WRONG if climbs else RIGHT,
                  accepted=not climbs, score=verdict["score"])]  # fmt: skip
    spans = [
        SpanFact(path="", role="system", name="ladder", call=calls[-1 if climbs else 0].id),
        SpanFact(path="/worker", role="worker", name="ladder", notes=[{"kind": "stopped", "why": "accepted"}]),
        SpanFact(path="/worker/worker.1", role="worker", name="small", level=1, call=first.id),
        SpanFact(path="/worker/gate.1", role="gate", name="judge", level=1, notes=[verdict]),
        SpanFact(path="/worker/gate.1/gate", role="gate", name="judge", level=1, call=judged.id),
    ]
    if climbs:
        spans.append(SpanFact(path="/worker/worker.2", role="worker", name="large", level=2, call=calls[2].id))
    return Record(
        run=run.id, system="ladder", item=f"sum-{n:05}", labels=labels, status="answered", calls=calls, spans=spans,
        answer=calls[-1 if climbs else 0].id, grade=RIGHT, steps=steps, level=2 if climbs else 1, stopped="accepted",
        accepted=True, at=float(n), seconds=1.0,
    )  # fmt: skip


def plant(url, items=12, *, say=lambda n, model: f"{model} says: {2 * n}.", reason="too short", label="kind", **facts):
    """A run of `items` sums in the store at `url`."""
    run = run_of(items, **facts)
    with Store.open(url) as store:
        store.begin_run(run)
        for n in range(items):
            labels = {label: ("even", "odd")[n % 2]}
            for model in ("large", "small", "judge"):
                request = json.dumps({"messages": [{"role": "user", "content": asked(n)}]}).encode()
                received = msgspec.json.encode(Received(text=say(n, model)))
                store.add_call_later(CallRow(call=call(n, model, "/"), received=received, request=request, run=run.id))
            store.add_record(single(run, n, "large", labels))
            store.add_record(single(run, n, "small", labels))
            store.add_record(ladder(run, n, labels, reason))
    with Store.open(url) as store:
        store.end_run(run.id, "finished")
    return run
