"""The ready configs for what the ancestors' users run: each loads, fits the schema and can be planned, offline."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.config.opening import Choices, load
from escalade.config.schema import json_schema
from example_configs import DUMMY, need_data_of

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "examples" / "ancestors").glob("*.yaml"))


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def config(request, monkeypatch):
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    return request.param


def test_a_config_fits_the_schema_that_editors_use(config):
    """As it is written, variables and all."""
    jsonschema.validate(yaml.safe_load(config.read_text()), json_schema())


def test_a_config_can_be_planned(config):
    """Every system is built and priced, and NUM_QUESTIONS bounds how many questions there are."""
    need_data_of(config)
    for name in load(config, Choices()).experiments:
        result = CliRunner().invoke(app, ["plan", str(config), name, "--json"])
        assert result.exit_code == 0, result.output
        plan = json.loads(result.stdout)
        assert plan["items"] == 2
        assert all(system["worst"]["usd"] is not None for system in plan["systems"]), "a price is missing"


def test_all_questions_are_asked_where_nothing_is_said(config, monkeypatch):
    """NUM_QUESTIONS left out is 0, which is all."""
    monkeypatch.delenv("NUM_QUESTIONS")
    assert all(experiment.limit == 0 for experiment in load(config, Choices()).experiments.values())


def test_a_config_says_how_it_is_run_and_that_nobody_has(config):
    """Its first comment has the command, and says that no such server was ever reached."""
    comment = config.read_text().partition("\n\n")[0]
    assert f"escalade run examples/ancestors/{config.name}" in comment
    assert "Not tried live." in comment


def test_a_config_runs_on_simulated_models(config, tmp_path):
    """With its models simulated, every system answers every question, and a search finds its winner."""
    need_data_of(config)
    values = yaml.safe_load(config.read_text())
    values["models"] = {name: {"simulated": {"like": "ladder/small"}} for name in values["models"]}
    path = tmp_path / config.name
    path.write_text(yaml.safe_dump(values))
    for name, experiment in values["experiments"].items():
        words = ["run", str(path), name, "--json", "--store", f"sqlite:///{tmp_path}/store.sqlite"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        report = json.loads(result.stdout)
        if "search" in experiment:
            assert report["held_out"].keys() >= {report["winner"], "gpt-4o"} - {report["best_model"]}
            continue
        assert [system["name"] for system in report["systems"]] == experiment["systems"]
        assert all(system["trials"] == 2 and system["coverage"] == 1 for system in report["systems"])


def test_the_flows_run_on_arena_hard_and_the_stacks_on_their_two(config):
    """Each config measures on what its users measured on."""
    wanted = {"stacking_math500": "math500", "stacking_gpqa": "gpqa"}.get(config.stem, "arena_hard")
    for experiment in load(config, Choices()).experiments.values():
        task = experiment.task if isinstance(experiment.task, str) else next(iter(experiment.task))
        assert task == wanted


def test_the_searches_have_the_old_program_s_defaults():
    """Five models, the best five combined, two tools an agent, 20 train items."""
    for task in ("math500", "gpqa"):
        values = yaml.safe_load((ROOT / f"examples/ancestors/stacking_{task}.yaml").read_text())
        search = values["experiments"]["search"]["search"]
        assert (len(search["tools"]), search["top_n"], search["tool_number"], search["train_items"]) == (5, 5, 2, 20)


def test_the_complex_flow_is_bounded_as_it_was_there(monkeypatch):
    """53 calls for 2, 3, 3, 4 and 4 workers, twice that with spinning; a judge may be asked once more a level."""
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    calls = {}
    for name in ("complex", "complex_spinning"):
        plan = CliRunner().invoke(
            app, ["plan", str(ROOT / f"examples/ancestors/{name}.yaml"), "--limit", "1", "--json"]
        )
        calls |= {system["name"]: system["worst"]["calls"] for system in json.loads(plan.stdout)["systems"]}
    assert (calls["complex_v2"], calls["complex_v3"]) == (53 + 5, 53 + 5)
    assert calls["complex_spinning"] == 2 * calls["complex"] == 2 * (53 + 5)
