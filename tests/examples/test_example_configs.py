"""Every example config is right: it loads, fits the schema, can be built and planned. Nothing is called."""

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

EXAMPLES = Path(__file__).parents[2] / "examples"
CONFIGS = sorted(EXAMPLES.glob("*.yaml"))
SCHEMA = json_schema()


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def example(request, monkeypatch):
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    return request.param


def test_an_example_fits_the_schema_that_editors_use(example):
    """As it stands, its variables unresolved: what a user copies is underlined nowhere."""
    jsonschema.validate(yaml.safe_load(example.read_text(encoding="utf-8")), SCHEMA)


def test_an_example_can_be_planned(example):
    """Each of its experiments is built whole and every system is bounded."""
    need_data_of(example)
    for name in load(example, Choices()).experiments:
        plan = _escalade("plan", str(example), name, "--limit", "2", "--json")
        assert plan["items"] + (plan["fit"] or {"items": 0})["items"] == 2
        assert all(system["worst"]["usd"] is not None for system in plan["systems"]), "a price is missing"


def test_an_example_says_how_it_is_run(example):
    """Its first comment has the command, and says so where no such server was ever reached."""
    comment = example.read_text(encoding="utf-8").partition("\n\n")[0]
    assert f"escalade run examples/{example.name}" in comment
    real = any(model.endpoint or model.pydantic_ai for model in load(example, Choices()).models.values())
    assert ("Not tried live" in comment) is real


def test_the_questions_of_our_own_run_as_they_stand(tmp_path):
    """No key, no network: the command in the file's comment."""
    command = ["run", f"{EXAMPLES}/custom_questions.yaml", "--json", "--store", f"sqlite:///{tmp_path}/store.sqlite"]
    report = _escalade(*command)
    assert report["items"] == 8
    assert [system["name"] for system in report["systems"]] == ["large", "small", "ladder"]
    assert all(system["simulated"] and system["coverage"] == 1 for system in report["systems"])


def test_pydantic_ai_s_own_test_model_runs(tmp_path):
    """Without a variable the example is offline, and its answers cost nothing."""
    pytest.importorskip("pydantic_ai", reason="the extra pydantic-ai is not installed")
    report = _escalade("run", f"{EXAMPLES}/pydantic_ai.yaml", "--json", "--store", f"sqlite:///{tmp_path}/store.sqlite")
    assert {system["name"]: system["cost"]["total"] for system in report["systems"]} == {"any": "0", "consistent": "0"}


def _escalade(*arguments):
    """What `escalade` prints as JSON."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
