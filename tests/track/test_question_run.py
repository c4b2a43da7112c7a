"""The run of a question has the ancestor's names, whole costs and no made-up numbers. Worked out on paper."""

from decimal import Decimal

import pytest

from escalade.core.grade import Grade
from escalade.core.money import UNKNOWN, Money
from escalade.core.structure import Part, Structure
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.store import Record, Run
from escalade.store.record import SystemFacts
from escalade.track.question_run import question_run

JUDGE = Structure("judge", "judge", {"at_least": 0.92}, (Part("gate", Structure("model", "gate-model")),))
RUNGS = [Part("worker", Structure("model", name), level=level) for level, name in ((1, "small"), (2, "large"))]
LADDER = SystemFacts(structure=Structure("cascade", "ladder", parts=(*RUNGS, Part("gate", JUDGE))))
RUN = Run(id="try-1", experiment="try", task="sums", items=1, systems={"ladder": LADDER})


def call(path, usd, *, role="worker", level=1, model="small"):
    cost = UNKNOWN if usd is None else Money(Decimal(usd), "config")
    return Call(id=path, path=path, role=role, level=level, model=model, cost=cost, usage=Usage(input=100, output=10))


def attempt(place, level, accept, score):
    verdict = {"kind": "verdict", "gate": "judge", "accept": accept, "score": score}
    return [
        SpanFact(
            path=f"/worker/worker.{place}", role="worker", name="rung", level=level, call=f"/worker/worker.{place}"
        ),
        SpanFact(path=f"/worker/gate.{place}", role="gate", name="judge", level=level, notes=[verdict]),
    ]


def calls(place, level, worker, gate, model="small"):
    return [
        call(f"/worker/worker.{place}", worker, level=level, model=model),
        call(f"/worker/gate.{place}/gate", gate, role="gate", level=level, model="gate-model"),
    ]


def record(spans, made, **facts):
    top = [SpanFact(path="", role="system", name="ladder"), SpanFact(path="/worker", role="worker", name="ladder")]
    facts = {"status": "answered", "accepted": True, "score": 0.95, "level": 2, "at": 1000.0, "seconds": 4.0} | facts
    return Record(run="try-1", system="ladder", item="q1", spans=[*top, *spans], calls=made, **facts)


CLIMB = record(
    [*attempt("1", 1, accept=False, score=0.4), *attempt("2", 2, accept=True, score=0.95)],
    [*calls("1", 1, "0.01", "0.002"), *calls("2", 2, "0.10", "0.003", model="large")],
    answer="/worker/worker.2",
    labels={"category": "hard_prompt"},
    grade=Grade(outcome="right", score=1.0),
)
TEXTS = {"/worker/worker.1": "wrong", "/worker/worker.2": "the answer"}


def test_a_climb_has_the_simple_flow_s_params_and_metrics():
    """Its names, its judge's costs by attempt, and the length of each answer."""
    log = question_run(RUN, CLIMB, TEXTS)
    assert log.name == "q1"
    expected = {"question_id": "q1", "category": "hard_prompt", "config_key": "ladder", "judge_model": "gate-model"}
    expected |= {"acceptable_score": "0.92", "num_models": "2", "final_best_model": "large", "model_name": "large"}
    assert expected.items() <= log.params.items()
    by_attempt = {"iterations": 2, "iter_1_length": 5, "iter_1_passed": 0, "iter_2_length": 10, "iter_2_passed": 1}
    by_attempt |= {"iter_1_model_cost": 0.01, "iter_1_judge_cost": 0.002, "iter_2_judge_cost": 0.003}
    assert by_attempt.items() <= log.metrics.items()


def test_a_climb_has_the_complex_flow_s_metrics():
    """The cost of a level has its judge in it, and the total all levels: the ancestor's had neither."""
    found = question_run(RUN, CLIMB, TEXTS).metrics
    assert found["cascade_lvl_1_cost"] == pytest.approx(0.012)
    assert found["cascade_lvl_2_cost"] == pytest.approx(0.103)
    assert found["total_cost"] == pytest.approx(0.115)
    assert found["model_cost"] == pytest.approx(0.11)
    assert found["judge_cost"] == pytest.approx(0.005)
    final = {"final_cascade_level": 2, "final_best_confidence_score": 0.95, "success": 1, "answer_length": 10}
    assert final.items() <= found.items()
    assert not any(name.startswith("lvl") for name in found), "only a level with several attempts spins"


def test_several_attempts_at_a_level_have_the_spinning_flow_s_metrics():
    """By level and spin, with what a spin gained on the one before it on the same level."""
    spans = [*attempt("1.1", 1, accept=False, score=0.4), *attempt("1.2", 1, accept=False, score=0.55)]
    spans += attempt("2.1", 2, accept=True, score=0.95)
    made = [*calls("1.1", 1, "0.01", "0.002"), *calls("1.2", 1, "0.01", "0.002"), *calls("2.1", 2, "0.1", "0.003")]
    found = question_run(RUN, record(spans, made), {}).metrics
    assert found["lvl1_spin2_improvement"] == pytest.approx(0.15)
    assert "lvl1_spin1_improvement" not in found
    assert "lvl2_spin1_improvement" not in found
    expected = {"final_level": 2, "final_spin": 1, "lvl1_spin1_score": 0.4, "lvl2_spin1_passed": 1}
    assert expected.items() <= found.items()


def test_an_unknown_price_leaves_every_sum_it_is_in_out():
    """And no other: what is known stays."""
    made = [*calls("1", 1, "0.01", "0.002"), *calls("2", 2, None, "0.003")]
    spans = [*attempt("1", 1, accept=False, score=0.4), *attempt("2", 2, accept=True, score=0.95)]
    found = question_run(RUN, record(spans, made), {}).metrics
    assert {"total_cost", "model_cost", "cascade_lvl_2_cost", "iter_2_model_cost"}.isdisjoint(found)
    assert found["cascade_lvl_1_cost"] == pytest.approx(0.012)
    assert found["judge_cost"] == pytest.approx(0.005)


def test_a_failed_question_is_logged_as_one():
    """It is no success, has no length, and counts in quality as the loss that it is."""
    failed = record(
        [], [call("/worker", "0.01")], status="failed", error="timeout", accepted=None, score=None, level=None
    )
    log = question_run(RUN, failed, {})
    assert log.failed
    assert log.tags["error"] == "timeout"
    assert {"success": 0.0, "quality": 0.0}.items() <= log.metrics.items()
    assert "answer_length" not in log.metrics
