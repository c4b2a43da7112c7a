"""`escalade regrade` on the command line."""

import csv

import pytest
from stored_runs import Escalade

from escalade.core.errors import ConfigError, DataError, StoreError

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  judge: {simulated: {like: ladder/judge}}
experiments:
  mine:
    task: {table: {path: sums.csv, grading: exact, instruct: false}}
    systems: [small]
"""
GRADING = "experiments.mine.task.table.grading"
BY_NUMBER = ("--set", f"{GRADING}=regex")
INSTRUCTED = ("--set", "experiments.mine.task.table.instruct=true")
BY_JUDGE = ("--set", f"{GRADING}=rubric", "--set", "experiments.mine.task.table.judge=judge")


@pytest.fixture
def sums(tmp_path) -> Escalade:
    """The program beside a config and twenty sums, whose right answers, read as patterns, any answer fulfils."""
    with (tmp_path / "sums.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "answer"])
        rows.writerows([f"q{n}", f"What is {n} plus {n}?", f"{2 * n}|Answer|In short"] for n in range(20))
    made = Escalade(tmp_path)
    made.config.write_text(CONFIG)
    return made


def quality(sums, run, *options):
    return sums.json("show", run, *options)["systems"][0]["quality"]["mean"]


def test_another_grading_is_shown_and_taken_back(sums):
    """The newest grades are shown with a note, older ones by their number; nothing is called."""
    run = sums.run()
    before = quality(sums, run)
    done = sums.json("regrade", str(sums.config), *BY_NUMBER)
    assert (done["run"], done["revision"]) == (run, 1)
    assert sum(change["trials"] for change in done["changes"]) == 20
    assert any((change["before"], change["after"]) == ("wrong", "right") for change in done["changes"])
    after = sums.json("show", run)
    assert after["systems"][0]["quality"]["mean"] > before
    assert any("Graded again" in note for note in after["notes"])
    for told in (sums.said("why", run, "q1"), sums.said("misses", run)):
        assert "Graded again on" in told
        assert "(revision 1)" in told
    assert quality(sums, run, "--revision", "0") == before
    assert isinstance(sums("show", run, "--revision", "2").exception, StoreError)


def test_a_judge_is_planned_before_it_is_paid(sums):
    """--plan bounds what is not in the journal, keeps nothing, and says zero after the grading."""
    run = sums.run()
    planned = sums.json("regrade", str(sums.config), *BY_JUDGE, "--plan")
    assert (planned["trials"], planned["new_gradings"], planned["worst"]["calls"]) == (20, 20, 40)
    assert float(planned["worst"]["usd"]) > 0
    assert sums.json("show", run)["grading"]["calls"] == 0
    sums.said("regrade", str(sums.config), *BY_JUDGE, "--quiet")
    report = sums.json("show", run)
    assert report["task"]["metric"] == "score"
    assert 20 <= report["grading"]["calls"] <= 40
    assert float(report["grading"]["usd"]) <= float(planned["worst"]["usd"])
    sums.said("regrade", str(sums.config), "--quiet")
    again = sums.said("regrade", str(sums.config), *BY_JUDGE, "--plan")
    assert "anew for 0 of them, at most 0 calls and $0" in again
    assert sums.json("regrade", str(sums.config), *BY_JUDGE, "--offline")["revision"] == 3


def test_the_same_grading_is_not_done_twice(sums):
    """It says so, and ends well."""
    sums.run()
    assert "has the grades of this task already" in sums.said("regrade", str(sums.config))
    assert sums.json("regrade", str(sums.config))["needed"] is False


def test_other_words_are_refused_unless_told(sums):
    """The option is named, and the note stays with the run."""
    run = sums.run()
    table = sums.folder / "sums.csv"
    table.write_text(table.read_text().replace("plus", "and"))
    refused = sums("regrade", str(sums.config)).exception
    assert isinstance(refused, DataError)
    assert "--anyway" in refused.hint
    sums.said("regrade", str(sums.config), "--anyway")
    assert any("other words" in note for note in sums.json("show", run)["notes"])


@pytest.mark.parametrize("grading", ["regex", "expression"])
def test_another_sentence_on_how_to_mark_the_answer_is_noted(sums, grading):
    """The default `instruct` adds another one for each grading: that makes no other question."""
    run = sums.run("experiments.mine.task.table.instruct=true")
    sums.said("regrade", str(sums.config), "--set", f"{GRADING}={grading}", *INSTRUCTED)
    notes = sums.json("show", run)["notes"]
    assert any("20 of 20 answers were to be marked otherwise" in note for note in notes), notes


def test_a_run_is_chosen_by_its_experiment_or_its_name(sums):
    """Without a run of the experiment there is nothing to grade."""
    assert isinstance(sums("regrade", str(sums.config)).exception, StoreError)
    run = sums.run()
    assert sums.json("regrade", str(sums.config), "--run", run[:-1], *BY_NUMBER)["run"] == run
    assert isinstance(sums("regrade", str(sums.config), "--run", "none").exception, StoreError)
    assert isinstance(sums("regrade", str(sums.config), "other").exception, ConfigError)


def test_runs_graded_otherwise_are_comparable_after_it(sums):
    """Refused before, since their gradings differ; equal to the item afterwards."""
    run, other = sums.run(), sums.run(f"{GRADING}=regex")
    pair = (f"{run}:small", f"{other}:small")
    assert "differ in the grading" in str(sums("compare", *pair).exception)
    sums.said("regrade", str(sums.config), "--run", run, *BY_NUMBER)
    found = sums.json("compare", *pair)
    assert (found["differences"], found["duels"][0]["score"]["difference"]) == ([], 0)
