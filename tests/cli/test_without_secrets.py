"""What asks no model needs no key; what asks one fails without it before anything is spent."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.core.errors import ConfigError

CONFIG = """
endpoints:
  hosted: {url: "http://127.0.0.1:9/v1", key: "${HOSTED_KEY:?ask Ada for it}"}
  other: {url: "http://127.0.0.1:9/v1", key: "${OTHER_KEY}"}
models:
  small: {endpoint: hosted, id: s, price: {input: 1, output: 2}}
  large: {endpoint: other, id: l, price: {input: 1, output: 2}}
  imitated: {simulated: {like: ladder/small}}
systems:
  panel: {vote: [small, imitated]}
experiments:
  first: {task: {demo: {count: 9}}, systems: [panel]}
  free: {task: {demo: {count: 3}}, systems: [imitated]}
track: {mlflow: "http://127.0.0.1:9", password: "${MLFLOW_WORD}"}
"""
NEEDED = "HOSTED_KEY (endpoints.hosted.key)"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A config whose secrets are not set."""
    for name in ("HOSTED_KEY", "OTHER_KEY", "MLFLOW_WORD", "ESCALADE_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(CONFIG)


def escalade(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("flag", [[], ["--mermaid"], ["--json"]])
def test_a_plan_needs_no_key(flag):
    """It is whole, and one line on stderr names what a run needs: the keys of its own endpoints alone."""
    ran = escalade("plan", "c.yaml", "first", *flag)
    assert ran.exit_code == 0, ran.output
    assert "panel" in ran.stdout
    [line] = ran.stderr.splitlines()
    assert NEEDED in line
    assert "OTHER_KEY" not in line
    assert ".env" in line


def test_a_list_of_models_needs_no_key():
    """And names those of every endpoint."""
    ran = escalade("models", "c.yaml", "--json")
    assert [row["model"] for row in json.loads(ran.stdout)] == ["small", "large", "imitated"]
    assert f"{NEEDED}, OTHER_KEY (endpoints.other.key)" in ran.stderr


def test_prompts_need_no_key():
    """Nor does anything that only reads the config."""
    assert escalade("prompts", "--config", "c.yaml").exit_code == 0


def test_a_plan_is_silent_where_nothing_is_missing(monkeypatch):
    """With the key set, or with no endpoint to ask."""
    assert escalade("plan", "c.yaml", "free").stderr == ""
    monkeypatch.setenv("HOSTED_KEY", "sk-1")
    assert escalade("plan", "c.yaml", "first").stderr == ""


@pytest.mark.parametrize(
    "command",
    [
        ("run", "c.yaml", "first", "--mlflow", "off"),
        ("ask", "why?", "-s", "panel", "-c", "c.yaml"),
        ("search", "c.yaml", "first", "--tools", "small", "--train-items", "2", "--selection-items", "2"),
    ],
)
def test_asking_fails_without_the_key(command):
    """Variable, place and remedy are named, and nothing was kept: no run, no call."""
    ran = escalade(*command)
    assert isinstance(ran.exception, ConfigError), ran.output
    assert str(ran.exception) == "c.yaml: endpoints.hosted.key: ask Ada for it"
    assert "set HOSTED_KEY in the environment, or in the .env beside the config" in ran.exception.hint
    assert json.loads(escalade("runs", "--json").stdout) == []


def test_a_run_needs_the_keys_of_its_own_endpoints_alone():
    """One experiment's missing key does not stop another."""
    assert escalade("run", "c.yaml", "free", "-q", "--mlflow", "off").exit_code == 0


def test_a_run_from_the_journal_needs_no_key(monkeypatch):
    """--offline asks nobody: it gets as far as the journal, where the answer is missing."""
    ran = escalade("run", "c.yaml", "first", "-q", "--mlflow", "off", "--offline")
    assert "not in the journal" in ran.stderr


def test_tracking_fails_without_its_password():
    """A secret that is used is asked for, whichever it is."""
    ran = escalade("run", "c.yaml", "free", "-q")
    assert "track.password: the variable MLFLOW_WORD is not set" in str(ran.exception)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("endpoints.hosted.url", "${NOT_SET}"),
        ("endpoints.hosted.api_version", "${NOT_SET}"),
        ("models.small.id", "${NOT_SET}"),
        ("models.small.sampling.max_tokens", "${NOT_SET}"),
        ("experiments.first.limit", "${NOT_SET}"),
        ("store", "sqlite:///${NOT_SET}"),
    ],
)
def test_any_other_variable_is_needed_by_a_plan(place, value):
    """The plan depends on it."""
    ran = escalade("plan", "c.yaml", "first", "--set", f"{place}={json.dumps(value)}")
    assert str(ran.exception) == f"c.yaml: {place}: the variable NOT_SET is not set"


def test_a_variable_in_a_key_must_still_be_one():
    """A misspelt one is no missing one."""
    ran = escalade("plan", "c.yaml", "first", "--set", "endpoints.hosted.key='${A-B}'")
    assert "endpoints.hosted.key: ${A-B} is no variable" in str(ran.exception)


def test_a_plan_shows_no_key(monkeypatch):
    """Neither the missing nor the present one."""
    monkeypatch.setenv("OTHER_KEY", "sk-hunter2")
    values = yaml.safe_load(CONFIG)
    values["experiments"]["first"]["systems"] = ["panel", "large"]
    Path("c.yaml").write_text(yaml.safe_dump(values))
    ran = escalade("plan", "c.yaml", "first", "--json")
    assert ran.exit_code == 0
    assert "hunter2" not in ran.output
