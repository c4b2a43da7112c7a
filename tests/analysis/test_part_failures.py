"""Parts that fail while their system answers, and answers that nothing decided on."""

import pytest
from hand_made import RIGHT, call, leaf, made_of, run_of, trial

from escalade.analysis.part_failures import PartFacts
from escalade.analysis.tally import Tally
from escalade.ledger.span import SpanFact
from escalade.store.record import Record


def span(path: str, name: str = "dead", role: str = "worker", error: str = "", **facts) -> SpanFact:
    return SpanFact(path=path, role=role, name=name, error=error, **facts)


def gate(accept: bool | None, error: str = "") -> list[SpanFact]:
    """A judge's verdict on an answer, and what its model did."""
    note = {"kind": "verdict", "gate": "dead", "accept": accept}
    return [span("/worker/gate.1", role="gate", notes=[note]), span("/worker/gate.1/gate", role="gate", error=error)]


def summed(*spans: SpanFact, items: int = 8, single: bool = True, **facts):
    """A team that had these spans in every trial, beside the single model that it is worse than."""
    structures = {"team": made_of("debate", leaf("small"), leaf("dead")), "small": leaf("small")}
    tally = Tally(run_of(items, reference="small", **structures))
    whole = [span("", "team", "system"), span("/worker", "team"), *spans]
    for n in range(items):
        tally.add(trial("team", f"q{n}", RIGHT, call("0.02"), spans=whole, **facts))
        if single:
            tally.add(trial("small", f"q{n}", RIGHT, call("0.01"), spans=[span("/worker", "small")]))
    return tally.summary({})


def told(summary) -> str:
    return "\n".join(note for note in summary.notes if note.startswith("team"))


def test_a_member_that_always_fails_is_counted_told_and_keeps_advice_from_being_given():
    """The answers are there and right all the same."""
    found = summed(span("/worker/worker.1", "small"), span("/worker/worker.2", error="connection"))
    assert found.systems[0].part_failures == [PartFacts(role="worker", name="dead", asked=8, failed=8)]
    assert told(found) == "team: member `dead` failed 8 of the 8 times it was asked."
    assert found.advice == "Of team nothing can be said: its member `dead` never worked."
    assert found.systems[0].sentence.endswith(" But its member `dead` never worked.")


def test_a_gate_and_its_judge_are_told_of_once():
    """Its verdicts are unjudged since the judge failed; both counts are kept."""
    found = summed(*gate(None, "connection"))
    assert [(part.role, part.failed) for part in found.systems[0].part_failures] == [("gate", 8), ("verdict", 8)]
    assert told(found) == "team: 8 of 8 verdicts of gate `dead` are unjudged."


def test_a_judge_of_all_answers_that_scores_none_is_a_verdict_unjudged():
    """Its model answered, in words that no score could be read from."""
    panel = {"kind": "panel", "gate": "dead", "scores": [None, None]}
    found = summed(span("/worker/worker.1", "team", notes=[panel]), span("/worker/worker.1/gate", role="gate"))
    assert found.systems[0].part_failures == [PartFacts(role="verdict", name="dead", asked=8, failed=8)]


def test_what_works_and_what_a_budget_ended_is_no_failure():
    """A rejection is a verdict, and a budget's failures have a note of their own."""
    assert summed(*gate(accept=False), span("/worker/worker.1", error="budget")).systems[0].part_failures == []
    assert summed(*gate(None, "connection"), status="budget").systems[0].part_failures == []


def test_strategies_inside_are_counted_by_their_parts_alone():
    """A sample that fails since its model did is not a second part that failed."""
    found = summed(span("/worker/worker.1", "small#1", error="x"), span("/worker/worker.1/worker", "small", error="x"))
    assert [part.name for part in found.systems[0].part_failures] == ["small"]


def test_a_single_model_has_no_parts():
    """Its failures are its trials'."""
    tally = Tally(run_of(1, small=leaf("small")))
    spans = [span("", "small", "system"), span("/worker", "small", error="timeout")]
    tally.add(Record(run="run", system="small", item="q", status="failed", error="timeout", spans=spans))
    assert tally.summary({}).systems[0].part_failures == []


@pytest.mark.parametrize(("ending", "noted"), [("steps", True), ("ranker failed", True), ("exhausted", False)])
def test_answers_that_nothing_decided_on_are_noted(ending, noted):
    """However a strategy ends, its endings are counted."""
    found = summed(stopped=ending)
    assert found.systems[0].endings == {ending: 8}
    assert told(found) == (f"team: 8 of 8 answers ended with '{ending}'." if noted else "")


def test_a_rare_failure_is_counted_and_not_noted():
    """One in thirty-two is below the share that a note is for."""
    tally = Tally(run_of(32, team=made_of("vote", leaf("small"), leaf("dead"))))
    for n in range(32):
        tally.add(trial("team", f"q{n}", RIGHT, spans=[span("/worker/worker.2", error="x" if n == 0 else "")]))
    found = tally.summary({})
    assert found.systems[0].part_failures == [PartFacts(role="worker", name="dead", asked=32, failed=1)]
    assert told(found) == ""
