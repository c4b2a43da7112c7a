"""`escalade search` as a user runs it: flags, one JSON object, a winner's config that runs, files, one-line errors."""

import csv
import json

import pytest
import yaml
from typer.testing import CliRunner

from escalade.cli.main import app, fail
from escalade.core.errors import EscaladeError

CONFIG = """
models:
  a: {simulated: {skill: {accuracy: 0.6}}}
  b: {simulated: {skill: {accuracy: 0.7}}, price: {input: "${PRICE:-0.2}", output: 0.3}}
  c: {simulated: {skill: {accuracy: 0.5}}}
  strong: {simulated: {skill: {accuracy: 0.9}}}
experiments:
  stacks:
    task: {demo: {count: 80}}
    search: {tools: [a, b], train_items: 24, selection_items: 16, heat_items: 12, max_layers: 1, good_at: {a: sums}}
    systems: [strong]
    concurrency: 32
"""


class Ran:
    def __init__(self, result):
        self.code, self.out, self.err, self.error = result.exit_code, result.stdout, result.stderr, result.exception

    def json(self):
        return json.loads(self.out)


@pytest.fixture
def escalade(tmp_path, monkeypatch):
    """`escalade("search", ...)` in a folder with a config."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ESCALADE_STORE", raising=False)
    (tmp_path / "stacks.yaml").write_text(CONFIG, encoding="utf-8")

    def run(*words, code=0):
        ran = Ran(CliRunner().invoke(app, [str(word) for word in words]))
        assert ran.code == code, (ran.out, ran.err, ran.error)
        return ran

    return run


def refused(escalade, *words):
    """The message that the program would end with."""
    ran = escalade(*words, code=1)
    assert isinstance(ran.error, EscaladeError), ran.error
    assert fail(ran.error) == 2
    assert ran.out == ""
    return f"{ran.error} / {ran.error.hint}"


def test_json_is_alone_on_stdout_and_quiet(escalade):
    """One object with the parts, every structure, the winner and its optimism; nothing on stderr."""
    ran = escalade("search", "stacks.yaml", "--json")
    found = ran.json()
    assert ran.err == ""
    assert found["parts"] == {part: f"demo: {part}, {n} of 80 items" for part, n in
                              (("train", 24), ("selection", 16), ("test", 40))}  # fmt: skip
    assert {row["name"] for row in found["structures"]} >= {"a_0", "b_0", "plain vote", "a_1", "['b_0', 'a_0']"} or any(
        row["name"] == "['a_0', 'b_0']" for row in found["structures"]
    )
    assert found["winner"] in {row["name"] for row in found["structures"]}
    assert found["optimism"]
    assert found["simulated"]
    assert float(found["paid"]["usd"]) > 0


def test_the_report_shows_the_whole_search(escalade):
    """Tables of structures, races, held-out items, optimism, behaviours; progress on stderr; said to be simulated."""
    ran = escalade("search", "stacks.yaml")
    for shown in (
        "demo: test, 40 of 80 items",
        "SIMULATED",
        "Every structure that was evaluated",
        "WINNER",
        "Races",
        "Held out",
        " strong ",
        "head of all agents",
        "Optimism",
        "reserve (right)",
        "The search paid $",
    ):
        assert shown in ran.out
    assert "warm-up, heat 1: 24 train items" in ran.err
    assert "test: 40 test items" in ran.err
    assert "\x1b" not in ran.out + ran.err
    assert "warm-up" not in escalade("search", "stacks.yaml", "--quiet").err


def test_as_an_experiment_it_is_the_same(escalade):
    """`escalade run` of an experiment with a search searches."""
    searched = escalade("search", "stacks.yaml", "--json")
    assert escalade("run", "stacks.yaml", "--json").out == searched.out
    assert escalade("run", "stacks.yaml", "stacks", "--json", "--offline").out == searched.out


def test_the_winner_runs_to_the_same_figures_for_nothing(escalade, tmp_path):
    """On the search's store its config makes no call, and its held-out scores and costs are the search's."""
    found = escalade("search", "stacks.yaml", "--json", "--out", "winner.yaml").json()
    text = (tmp_path / "winner.yaml").read_text(encoding="utf-8")
    assert "${PRICE:-0.2}" in text, "a variable stays one"
    assert "SIMULATED" in text
    assert yaml.safe_load(text)["experiments"]["stacks"]["systems"][-1] == "strong"
    ran = escalade("run", "winner.yaml", "--json", "--offline").json()
    assert ran["items"] == 40
    systems = {system["name"]: system for system in ran["systems"]}
    [winner] = [row for row in found["structures"] if row["name"] == found["winner"]]
    shown = systems.get("winner", systems[ran["reference"]])
    for mine, theirs in ((shown, winner), (systems["vote"], _row(found, "vote"))):
        assert mine["quality"] == theirs["parts"]["test"]["quality"]
        assert mine["cost"]["per_item"] == theirs["parts"]["test"]["cost_per_item"]
    assert all(system["paid"]["calls"] == 0 for system in ran["systems"])
    if found["winner"] in found["held_out"]:
        versus = found["held_out"][found["winner"]]
        assert systems["winner"]["versus_reference"]["difference"] == versus["difference"]
    asked = escalade("ask", "What is 2 + 2?", "-s", "winner", "-c", "winner.yaml")
    assert asked.out.strip()


def _row(found, kind):
    return next(row for row in found["structures"] if row["kind"] == kind and "test" in row["parts"])


def test_the_ancestor_s_flags_change_the_search(escalade):
    """Task, tools, top-n, tool number and train items from the command line, also without any experiment."""
    words = ("--task", "{demo: {count: 50}}", "--tools", "a, b,c", "--top-n", 3, "--tool-number", 3)
    words += ("--train-items", 12, "--selection-items", 10, "--seed", 2, "--limit", 20, "--json")
    found = escalade("search", "stacks.yaml", *words).json()
    assert (found["plan"]["tools"], found["plan"]["top_n"], found["plan"]["tool_number"]) == (["a", "b", "c"], 3, 3)
    assert found["parts"]["test"] == "demo: test, 20 drawn of 28 held out (of 50)"
    assert _row(found, "vote")["parts"]["test"]["quality"]["n"] == 20
    assert any(row["name"].count("_") == 3 for row in found["structures"]), "agents of three tools"


def test_the_head_is_named_printed_and_kept(escalade, tmp_path):
    """`--head` leads every agent, also one that is no tool; without it the report says whose choice it was."""
    words = ("--no-train", "--structure", "a_1", "--head", "strong", "--out", "given.yaml")
    ran = escalade("search", "stacks.yaml", *words)
    assert "head of all agents: strong, as asked for" in ran.out
    assert yaml.safe_load((tmp_path / "given.yaml").read_text())["systems"]["winner"]["head"] == "strong"
    assert "head of all agents: a, the first of the structure" in escalade("search", "stacks.yaml", *words[:3]).out
    assert "there is no model or system 'stronk'" in refused(escalade, "search", "stacks.yaml", "--head", "stronk")


def test_models_alone_are_enough_of_a_config(escalade, tmp_path):
    """With --task, every model of the config is a tool."""
    (tmp_path / "models.yaml").write_text(CONFIG.partition("experiments")[0], encoding="utf-8")
    words = ("--task", "{demo: {count: 40}}", "--train-items", 10, "--selection-items", 10, "--json")
    found = escalade("search", "models.yaml", *words, "--set", "models.c.simulated.skill.accuracy=0.4").json()
    assert found["plan"]["tools"] == ["a", "b", "c", "strong"]


def test_no_train_measures_one_structure(escalade):
    """The structure alone on the held-out items, beside its models and their vote."""
    words = ("--no-train", "--structure", "['a_1','b_0']", "--json")
    found = escalade("search", "stacks.yaml", *words, "--out", "given.yaml").json()
    assert (found["winner"], found["optimism"]) == ("['a_1', 'b_0']", [])
    assert [row["name"] for row in found["structures"]] == ["['a_1', 'b_0']", "a_0", "b_0", "plain vote"]
    assert "Held out" in escalade("search", "stacks.yaml", *words[:-1]).out
    ran = escalade("run", "given.yaml", "--offline", "--json").json()
    assert ran["systems"][0]["name"] == "winner"
    assert ran["systems"][0]["behaviours"] == found["structures"][0]["behaviours"]
    assert ran["systems"][-1]["behaviours"] is None, "a model alone has no tools"
    assert "reserve (right)" in escalade("run", "given.yaml", "--offline").out
    assert ran["reference"] == found["best_model"][: -len("_0")]


def test_export_writes_readable_files(escalade, tmp_path):
    """A table with a row for each structure and part, the JSON, and a line for each trial under its stage's name."""
    found = escalade("search", "stacks.yaml", "--json", "--export", "found").json()
    folder = tmp_path / "found"
    rows = list(csv.DictReader((folder / "structures.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["structure"], row["part"]) for row in rows] == [
        *((row["name"], part) for row in found["structures"] for part in row["parts"]),
        ("strong", "test"),
    ]
    assert json.loads((folder / "search.json").read_text(encoding="utf-8")) == found
    lines = [json.loads(line) for line in (folder / "warm-up" / "a_0.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == sum(row["part"] != "test" and int(row["items"]) for row in rows if row["structure"] == "a_0")
    assert set(lines[0]) >= {"item", "answer", "outcome", "score", "tokens", "usd", "seconds"}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jsonl")}
    assert {"rivals/plain-vote.jsonl", "self-stack-1/b_1.jsonl", "held-out/strong.jsonl"} <= files
    assert all(path.isascii() and " " not in path for path in files)


def test_a_plan_bounds_what_is_known_beforehand(escalade):
    """Models, rivals, self-stacks and pairs, on the held-out items."""
    plan = escalade("plan", "stacks.yaml", "--json").json()
    assert plan["items"] == 40
    assert [system["name"] for system in plan["systems"]] == [
        "a_0", "b_0", "plain vote", "a x5", "a_1", "b_1", "['a_0', 'b_0']", "strong",
    ]  # fmt: skip


def test_a_budget_that_is_too_small_ends_with_what_to_do(escalade):
    """Code 3, what is kept, and no winner; with more it goes on."""
    ran = escalade("search", "stacks.yaml", "--budget", "0.002", "-q", code=3)
    assert "it has no winner yet" in ran.err
    assert "raise the run budget (usd)" in ran.err
    assert escalade("search", "stacks.yaml", "--budget", "5", "--json").json()["winner"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--train-items", "70"), "demo has 80 items to draw 70 train and 16 selection items from"),
        (("--tools", "a,bee"), "there is no model or system 'bee'"),
        (("--train-items", "0"), "a search needs at least 2 train and 2 selection items"),
        (("--top-n", "1"), "experiments.stacks.search.top_n"),
        (("--no-train", "--structure", "['a_1'"), "cannot be read at character"),
        (("--no-train", "--structure", "['a_1','z_0']"), "there is no tool 'z'"),
        (("--out", "nowhere/winner.yaml"), "its folder is not there"),
        (("--out", "stacks.yaml"), "name another file with --out"),
        (("--set", "experiments.stacks.search.good_at={z: sums}"), "there is no tool 'z'"),
        (("--set", "experiments.stacks.search.head={vote: [a, b]}"), "search.head: name a model"),
        (("--set", "experiments.stacks.reference=a"), "a search has rivals and a reference of its own"),
        (("--set", "experiments.stacks.systems=[b_0]"), "there is no model or system 'b_0'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(escalade, words, said):
    """With its remedy, before anything is called."""
    assert said in refused(escalade, "search", "stacks.yaml", *words)


def test_a_structure_and_no_train_go_together(escalade):
    """One without the other is a mistake in the command."""
    for words in (("--no-train",), ("--structure", "a_1")):
        assert "go together" in escalade("search", "stacks.yaml", *words, code=2).err


def test_a_winner_elsewhere_must_find_its_files(escalade, tmp_path):
    """A config that names a file of its own folder is not copied away from it."""
    (tmp_path / "judge.md").write_text("{question} {answer}", encoding="utf-8")
    (tmp_path / "away").mkdir()
    said = refused(escalade, "search", "stacks.yaml", "--set", "prompts={judge: judge.md}", "--out", "away/w.yaml")
    assert "would look for judge.md" in said
