"""The examples of debates and weighted votes run on benchmark data, and keep what their pages promise."""

import json
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from data_folder import DATA, ROOT, needed
from escalade.cli.main import app


@pytest.fixture
def run(tmp_path):
    """`run(example, *more)`: its report with a limit, from a store in the test's folder."""

    def ran(example: str, *more: str, items: int = 12, **variables: str):
        store = f"sqlite:///{tmp_path}/store.sqlite"
        words = ["run", f"{ROOT}/examples/{example}.yaml", "--data", str(DATA), "--store", store, "--json", *more]
        result = CliRunner().invoke(app, [*words, "--limit", str(items)], env={"NUM_QUESTIONS": "0", **variables})
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return ran


def by_name(report):
    return {system["name"]: system for system in report["systems"]}


@pytest.mark.slow
def test_the_complex_workflow_runs(run):
    """Every system answers every question, all of them simulated, and the ladder stays far below its worst case."""
    needed("math500.jsonl")
    report = run("complex_workflow_simulated")
    systems = by_name(report)
    assert report["items"] == 12
    assert all(system["simulated"] and system["coverage"] == 1 for system in systems.values())
    assert len(systems) == 5 + 2 * 3
    assert 7 * 12 <= systems["complex"]["cost"]["calls"] < 58 * 12 / 2
    assert any("Published are the accuracies" in note for note in report["notes"])


def test_a_judge_that_rejects_all_takes_it_to_the_top(run):
    """Five levels and 53 calls, or one more for each verdict that could not be read."""
    needed("math500.jsonl")
    rates = "models.judge.simulated.judging={true_accept: 0, false_accept: 0}"
    complex_ = by_name(run("complex_workflow_simulated", "--set", rates, items=4))["complex"]
    assert [level["reached"] for level in complex_["funnel"]] == [4] * 5
    assert 53 * 4 <= complex_["cost"]["calls"] <= 58 * 4


def test_the_debate_stands_beside_self_consistency_at_equal_cost(run, tmp_path):
    """The rival is the largest vote of samples that costs no more; nothing of the questions is stored."""
    needed("gpqa_dataset.zip")
    systems = by_name(run("debate_vs_self_consistency"))
    for name in ("debate", "when_they_differ"):
        [rival] = [one for one in systems[name]["rivals"] if one["kind"] == "self_consistency"]
        assert " x" in rival["system"]
        assert float(rival["cost_per_item"]) <= float(systems[name]["cost"]["per_item"]) * 1.01
    assert systems["when_they_differ"]["cost"]["calls"] <= systems["debate"]["cost"]["calls"] == 9 * 12
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as store:
        assert store.execute("select count(*) from calls where request is not null").fetchone() == (0,)


def test_more_mending_makes_the_debate_better(run):
    """The assumption that the page names decides, and can be changed from the environment."""
    needed("gpqa_dataset.zip")
    alone = ("--set", "experiments.debate.rivals={}", "--set", "experiments.debate.systems=[llama-70b, debate]")
    reports = [run("debate_vs_self_consistency", *alone, items=60, MEND=mend) for mend in ("0", "0.9")]
    debates = [by_name(report)["debate"] for report in reports]
    assert debates[0]["quality"]["mean"] + 0.2 < debates[1]["quality"]["mean"]


def test_weights_are_fitted_on_one_half_and_reported_on_the_other(run):
    """Of 40 recorded questions, 20 each."""
    needed("mmlu_pro")
    report = run("mmlu_pro_weighted", items=40)
    assert report["items"] == 20
    assert any("accuracies were measured on 20 other items" in note for note in report["notes"])
    assert set(by_name(report)) >= {"pro", "vote", "weighted"}
