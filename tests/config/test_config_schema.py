"""The exported JSON Schema: what runs is underlined nowhere, and what does not is."""

from copy import deepcopy
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml

from escalade.config.schema import ExperimentSpec, json_schema
from escalade.config.searching import SearchSpec

SCHEMA = json_schema()
STARTER = resources.files("escalade.config") / "starter"
READY = [
    *(STARTER / name for name in ("escalade.yaml", "demo.yaml")),
    *sorted((Path(__file__).parents[2] / "examples").glob("*.yaml")),
]
GOOD = yaml.safe_load("""
endpoints: {local: {url: "http://localhost:1/v1"}}
models:
  small: {endpoint: local, id: s, price: free}
  large: {simulated: {like: ladder/large}, sampling: {max_tokens: 500}, price: {input: "0.1", output: 2}}
systems:
  ladder: {cascade: [small, large], accept: {judge: large, at_least: 0.8}}
  panel: {vote: [{sample: small, n: 3}, large], tie: {all: [{agree: 0.5}, {regex: "[0-9]"}]}}
  plain: large
experiments:
  first: {task: {demo: {count: 5}}, systems: [ladder, panel, small], budget: {usd: 0.5}}
  second: {task: demo, systems: [plain]}
""")


def errors(config: dict) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(config)]


def changed(path: str, value: object) -> dict:
    config = deepcopy(GOOD)
    at = config
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    at[last] = value
    return config


def test_schema_is_a_schema():
    """Editors can read it, and every reference in it leads somewhere."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert errors(GOOD) == []
    assert "x-kind" not in str(SCHEMA)


@pytest.mark.parametrize("file", READY, ids=lambda file: file.name)
def test_ready_configs_fit(file):
    """What users start from fits as it stands, its variables unresolved."""
    assert errors(yaml.safe_load(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "path",
    [
        "modles",
        "endpoints.local.kee",
        "models.small.samplng",
        "models.large.sampling.temprature",
        "models.large.price.imput",
        "systems.ladder.atempts",
        "systems.ladder.accept.at_most",
        "systems.panel.vote.0.m",
        "systems.panel.tie.all.1.flags",
        "experiments.first.limt",
        "experiments.first.budget.dollars",
        "experiments.first.task.demo.cuont",
        "experiments.first.task.dmo",
    ],
)
def test_misspelt_key_is_rejected(path):
    """A key that is none is underlined wherever it stands."""
    assert errors(changed(path, "x"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("experiments.first.limit", "few"),
        ("experiments.first.limit", -1),
        ("experiments.first.systems", []),
        ("experiments.first.task", "dmo"),
        ("systems.ladder.accept.at_least", 90),
        ("systems.ladder.carry", "bst"),
        ("systems.ladder.cascade", []),
        ("systems.ladder.accept", "large"),
        ("systems.panel.vote.0.n", 0),
        ("systems.plain", 7),
        ("models.small.price", "cheap"),
    ],
)
def test_wrong_value_is_rejected(path, value):
    """A value that the config would refuse is underlined, too."""
    assert errors(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("experiments.first.limit", "${LIMIT:-0}"),
        ("experiments.first.budget.usd", "${BUDGET}"),
        ("systems.ladder.accept.at_least", "${SCORE:-0.92}"),
        ("systems.ladder.carry", "${CARRY}"),
        ("systems.panel.vote.0.n", "${SAMPLES}"),
        ("endpoints.local.stream", "${STREAM:-false}"),
        ("models.large.price.input", "${PRICE:-0}"),
    ],
)
def test_variable_may_stand_for_any_value(path, value):
    """A number, a switch or a choice may be a variable: what it holds is checked when it is read."""
    assert errors(changed(path, value)) == []


def test_a_search_may_name_no_systems():
    """Said or not said; it is what the page gives as the default."""
    said = ExperimentSpec(task="demo", systems=[], search=SearchSpec())
    assert said.systems == ExperimentSpec(task="demo", search=SearchSpec()).systems == []
