"""Budgets are walls, seen from the provider's side; a higher wall continues the same run."""

from decimal import Decimal

import stored
from ladder import config, written

from escalade.simulate.faults import Faults
from escalade.simulate.server import Service


def _billed(served):
    return sum((entry.usd for entry in served.bill.entries), Decimal(0))


def test_two_hundred_questions_at_once_stay_within_the_budget(program, serve, tmp_path):
    """All asked in parallel, the provider bills no more than the budget; a higher one ends the same run."""
    budget = Decimal("0.15")
    with serve(Service(report_cost=True)) as served:
        experiment = {"concurrency": 200, "budget": {"usd": str(budget)}}
        path = written(tmp_path, config(served.url, items=200, experiment=experiment, concurrency=200))
        short = program("run", path, "--json", "--store", "sqlite:///budget.sqlite")
        assert short.code == 3, short.err
        assert budget / 3 < _billed(served) <= budget
        assert "run budget of 0.15 USD" in short.err
        assert "raise the run budget" in short.err
        assert short.json()["run"]["finished"] is False
        more = program("run", path, "--json", "--budget", "5", "--store", "sqlite:///budget.sqlite")
        assert more.code == 0, more.err
        assert more.json()["run"] == {**short.json()["run"], "finished": True}
        known = stored.answered(tmp_path / "budget.sqlite")
        assert known == {entry.request_id: entry.usd for entry in served.bill.entries}
        assert sum(known.values(), Decimal(0)) == _billed(served) <= 5


def test_what_a_run_budget_cut_short_is_not_recorded_as_the_systems_answer(program, serve, tmp_path):
    """With a raised budget the report is that of a run which never met a wall."""
    with serve(Service(report_cost=True)) as served:
        path = written(tmp_path, config(served.url, items=30))
        for budget in ("0.02", "0.05", "5"):
            raised = program("run", path, "--json", "--budget", budget, "--store", "sqlite:///walls.sqlite")
        free = program("run", path, "--json", "--store", "sqlite:///free.sqlite")
    walled, unwalled = raised.json(), free.json()
    for report in (walled, unwalled):
        for system in report["systems"]:
            del system["latency_s"], system["paid"]
    assert walled == unwalled


def test_lost_answers_keep_their_reservation(program, serve, tmp_path):
    """Answers that were cut may have been billed: their worst case counts, so that the bill stays within the budget."""
    budget = Decimal("0.15")
    with serve(Service(report_cost=True, faults=Faults(cut=0.2, invalid_json=0.2))) as served:
        experiment = {"concurrency": 50, "budget": {"usd": str(budget)}}
        path = written(tmp_path, config(served.url, items=200, experiment=experiment))
        assert program("run", path, "--store", "sqlite:///cut.sqlite", "-q").code == 3
        assert 0 < _billed(served) <= budget


def test_each_question_has_its_own_wall(program, serve, tmp_path):
    """A question that meets its own budget ends with its best answer so far; the run goes on and finishes."""
    with serve(Service(report_cost=True)) as served:
        experiment = {"question": {"calls": 3}, "systems": ["climb"], "reference": "climb"}
        path = written(tmp_path, config(served.url, items=40, experiment=experiment))
        ran = program("run", path, "--json", "--store", "sqlite:///own.sqlite")
        assert ran.code == 0, ran.err
        [climb] = ran.json()["systems"]
        assert climb["statuses"]["budget"] > 0
        assert climb["cost"]["calls"] <= 3 * 40
        assert len(served.bill.entries) <= 3 * 40


def test_a_price_that_is_too_low_is_found_out(program, serve, tmp_path):
    """Where the provider reports a hundred thousand times the price, calls in flight exceed the budget and no later
    one is sent; the run says so, and does not end as if all were well.
    """
    with serve(Service(report_cost=True)) as served:
        values = config(
            served.url, items=60, experiment={"systems": ["large"], "concurrency": 4, "budget": {"usd": "0.01"}}
        )
        values["models"]["large"]["price"] = {"input": "0.00001", "output": "0.00001"}
        ended = program("run", written(tmp_path, values), "--store", "sqlite:///low.sqlite")
        assert ended.code == 3, ended.err
        assert "providers reported more than the prices give" in ended.err
        assert "correct the `price`" in ended.err
        assert len(served.bill.entries) <= 8
