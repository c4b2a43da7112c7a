"""`run --mlflow`, `track` and `data` as a user gives them, on a real MLflow in the user's folder."""

import json
import logging
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.core.errors import ConfigError, DataError, TrackingError
from escalade.tasks.mlflow_server import Address, opened

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  large: {simulated: {like: ladder/large}}
experiments:
  sums: {task: {demo: {count: 5}}, systems: [small, large]}
  again: {task: {mlflow: {name: demo}}, systems: [small], limit: 3}
  private: {task: {gpqa: {set: main, path: gpqa.csv, verify: false}}, systems: [small]}
"""
COLUMNS = ["Question", "Correct Answer", *(f"Incorrect Answer {n}" for n in (1, 2, 3))]
COLUMNS += ["High-level domain", "Subdomain", "Record ID"]
GPQA = ",".join(COLUMNS) + "\nWhich invented one?,a,b,c,d,Physics,x,rec1\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A user's folder with a config, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    for name in ("MLFLOW_TRACKING_URI", "ESCALADE_STORE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "sums.yaml").write_text(CONFIG)
    (tmp_path / "gpqa.csv").write_text(GPQA)
    return tmp_path


def escalade(*arguments):
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.slow
def test_a_run_is_followed_and_completed(folder):
    """`--json` stays JSON alone; `track` finds all there, and more with more detail; `mlflow ui` will find the file."""
    ran = escalade("run", "sums.yaml", "sums", "--mlflow", "sqlite", "--set", "track.detail=questions", "--json")
    run = json.loads(ran.stdout)["run"]["id"]
    assert ran.stderr == ""
    assert (folder / "mlflow.db").exists()
    again = json.loads(escalade("track", run, "--detail", "questions", "--json").stdout)
    assert (again["experiment"], again["trials"], again["logged"]) == ("sums_v1", 10, 0)
    more = escalade("track", run, "--detail", "traces", "--config", "sums.yaml")
    assert re.search(r"sums_v1: 10 trials \(10 logged one by one", more.stderr)
    with opened(Address(uri="sqlite:///mlflow.db")) as client:
        place = client.get_experiment_by_name("sums_v1").experiment_id
        traces = client.search_traces(locations=[place], max_results=100)
        assert len(traces) == 10
        assert all("expected_response" in {one.name for one in trace.info.assessments} for trace in traces)
        system = client.search_runs([place], "tags.`escalade.kind` = 'system'")[0]
        assert "report.html" in {one.path for one in client.list_artifacts(system.info.run_id)}


def test_data_is_pushed_listed_and_run_on(folder):
    """Twice is once; a config's task finds it by its name."""
    pushed = json.loads(escalade("data", "push", "{demo: {count: 6}}", "--json").stdout)
    assert (pushed["name"], pushed["experiment"], pushed["added"]) == ("demo", "DATASET_Demo", 6)
    assert "0 added, 0 changed, 0 removed" in escalade("data", "push", "{demo: {count: 6}}").stdout
    with pytest.raises(DataError):
        escalade("data", "push", "demo", "--if-exists", "fail")
    [listed] = json.loads(escalade("data", "list", "--json").stdout)
    assert (listed["name"], listed["id"], listed["items"]) == ("demo", pushed["id"], "6")
    assert pushed["id"] in escalade("data", "list").stdout
    report = json.loads(escalade("run", "sums.yaml", "again", "--json").stdout)
    assert (report["task"]["name"], report["items"]) == ("demo", 3)


@pytest.mark.slow
def test_arena_hard_is_pushed_without_a_judge(folder, monkeypatch):
    """Its 750 questions under the ancestor's names: pushing asks nobody."""
    data = Path(os.environ.get("ESCALADE_DATA") or Path(__file__).parents[3] / "shared" / "data")
    if not (data / "arena_hard" / "v2.0" / "question.jsonl").exists():
        pytest.skip(f"no Arena-Hard questions in {data} (ESCALADE_DATA names another folder)")
    monkeypatch.setenv("ESCALADE_DATA", str(data))
    pushed = json.loads(escalade("data", "push", "arena_hard", "--json").stdout)
    assert (pushed["name"], pushed["experiment"], pushed["added"]) == ("arena_hard_v2_0", "DATASET_Arena_Hard_V2", 750)


def test_gpqa_is_pushed_only_when_told(folder):
    """Its notice is then printed. The question is invented."""
    with pytest.raises(ConfigError, match="plain text") as told:
        escalade("data", "push", "private", "--config", "sums.yaml")
    assert "--reveal" in told.value.hint
    assert not (folder / "mlflow.db").exists()
    pushed = escalade("data", "push", "private", "--config", "sums.yaml", "--reveal")
    assert pushed.stderr.startswith("notice: The authors of gpqa_main ask")
    assert "1 added" in pushed.stdout


def test_an_mlflow_that_fails_does_not_touch_the_run(folder, monkeypatch):
    """Its report and exit code are those of the run; one line says what was not logged and how to complete it."""
    monkeypatch.setattr("escalade.track.again.time.sleep", lambda _: None)
    where = ("--mlflow", "http://someone:s3cret@127.0.0.1:9")
    ran = escalade("run", "sums.yaml", "sums", "--json", "--set", "track.detail=questions", *where)
    run = json.loads(ran.stdout)["run"]["id"]
    assert "not all was logged to MLflow" in ran.stderr
    command = f"escalade track {run} --config sums.yaml --mlflow http://someone@127.0.0.1:9"
    command += " --set track.detail=questions --detail questions"
    assert f"`{command}` completes it" in ran.stderr
    assert "s3cret" not in ran.stderr
    with pytest.raises(TrackingError):
        escalade("track", run, *where)


def test_what_cannot_be_meant_is_refused_before_anything_runs(folder):
    """An address that is none, `off` where logging is all there is to do, a config without the run's experiment."""
    with pytest.raises(ConfigError, match="no address"):
        escalade("run", "sums.yaml", "sums", "--mlflow", "nowhere")
    assert CliRunner().invoke(app, ["track", "sums", "--mlflow", "off"]).exit_code == 2
    assert not (folder / "mlflow.db").exists()


@pytest.mark.usefixtures("folder")
def test_off_switches_the_config_s_tracking_off(caplog):
    """And without either nothing is tracked."""
    with caplog.at_level(logging.DEBUG):
        ran = escalade("run", "sums.yaml", "sums", "--quiet", "--set", "track.detail=traces", "--mlflow", "off")
    assert "MLflow" not in ran.stderr
