"""The import of a `cascade_models.yaml`: what is carried, what is reported, what is refused."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from escalade.config.ancestor import import_ancestor
from escalade.config.opening import Choices, load
from escalade.config.schema import json_schema
from escalade.core.errors import ConfigError

FILE = Path(__file__).with_name("cascade_models.yaml")
DUMMY = {"OPENROUTER_API_KEY": "dummy", "LOCALHOST_API_KEY": "dummy", "PROXY_KEY": "dummy",
         "PROXY_URL": "http://127.0.0.1:9/v1"}  # fmt: skip
MODEL = {"model_name": "acme/tiny-1", "parameters": {"temperature": 0.5}}
JUDGE = {"judge_models": {"judge_model_1": {"model_name": "acme/judge-3"}}}


@pytest.fixture
def imported():
    return import_ancestor(FILE)


@pytest.fixture
def config(imported):
    return yaml.safe_load(imported.text)


def of(tmp_path, values):
    path = tmp_path / "cascade_models.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False))
    return import_ancestor(path)


def test_the_result_is_a_config_of_ours(imported, config, tmp_path, monkeypatch):
    """It loads with its variables set, and fits the schema that editors use."""
    for name, value in DUMMY.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "escalade.yaml"
    path.write_text(imported.text)
    loaded = load(path, Choices())
    assert loaded.experiments["imported"].systems == ["simple", "simple_spinning", "complex", "complex_spinning"]
    jsonschema.validate(config, json_schema())


def test_a_definition_that_stands_in_several_places_is_one_model(config):
    """Same id, endpoint and parameters; another temperature or address is another model, under a name of its own."""
    assert list(config["models"]) == ["tiny", "middle", "tiny-2", "middle-2", "huge-9", "simple-2", "judge-4"]
    ids = {name: model["id"] for name, model in config["models"].items()}
    assert ids["tiny"] == "acme/tiny-1"
    assert ids["tiny-2"] == "other/tiny-1"
    assert config["models"]["middle"]["sampling"] == {"max_tokens": 8192, "temperature": 0.5}
    assert config["models"]["middle-2"]["sampling"]["temperature"] == 0.9


def test_flows_keep_their_order_and_the_scripts_thresholds(config):
    """Models in the file's order, levels by their number, 0.92 and 0.95, three spins and two."""
    systems = config["systems"]
    judge = {"judge": "simple-2"}
    assert systems["simple"] == {"cascade": ["tiny", "middle"], "accept": {**judge, "at_least": 0.92}}
    assert systems["simple_spinning"] == {**systems["simple"], "attempts": 3, "min_gain": 0.05}
    assert systems["complex"] == {"cascade": ["level_1", "level_2", "level_3"], "accept": {"decided": 0.95}}
    assert systems["complex_spinning"] == {**systems["complex"], "attempts": 2, "min_gain": 0.05}


def test_a_level_is_a_debate(config):
    """In the one style that the script used, with its temperatures, decided by the judge of all answers."""
    first, *others = (config["systems"][f"level_{n}"] for n in (1, 2, 3))
    assert [first["debate"], *(each["debate"] for each in others)] == [
        ["tiny", "tiny-2"],
        ["tiny", "middle-2"],
        ["huge-9"],
    ]
    assert (first["style"], first["decide"]) == ("very_strict", {"judge": "simple-2"})
    assert first["temperatures"]["category"] == {"hard_prompt": [0.3, 0.7], "creative_writing": [0.6, 1.4]}


def test_a_model_is_never_called_like_a_system(config):
    """The judge's short name was "simple", and `simple` is a system."""
    assert not set(config["models"]) & set(config["systems"])


def test_variables_stay_variables(config, imported):
    """No value is put in for them; a name that no environment can have is changed and reported."""
    endpoints = config["endpoints"]
    assert endpoints["openrouter"] == {"url": "https://openrouter.ai/api/v1", "key": "${OPENROUTER_API_KEY}"}
    assert {"url": "${PROXY_URL}", "key": "${PROXY_KEY}"} in endpoints.values()
    assert any("'PROXY-KEY' is called PROXY_KEY" in each for each in imported.report.changed)


def test_a_key_in_plain_is_not_copied(config, imported):
    """Neither into the config nor into the report, which says where it stands."""
    everything = imported.text + repr(imported.report)
    assert "sk-made-up" not in everything
    assert config["endpoints"]["localhost"]["key"] == "${LOCALHOST_API_KEY}"
    place = "cascade_complex_run.cascade_lvl_2.worker_model_2.endpoint.api_key"
    assert any(each.startswith(place) for each in imported.report.left_out)


def test_prices_that_contradict_each_other_are_told_and_not_chosen_between(config, imported):
    """With every place; a model with one price everywhere, or at another address, keeps it."""
    [told] = imported.report.prices
    assert told.startswith(
        "acme/tiny-1: 0.1/0.2 at simple_flow.model_1, cascade_complex_run.cascade_lvl_1.worker_model"
    )
    assert "0.05/0.4 at cascade_complex_run.cascade_lvl_2.worker_model_1" in told
    assert "price" not in config["models"]["tiny"]
    assert config["models"]["middle"]["price"] == {"input": 0.3, "output": 0.6}
    assert config["models"]["middle-2"]["price"] == {"input": 0.0, "output": 0.0}


def test_everything_without_a_counterpart_is_reported(imported):
    """Unknown sections and keys, a price that is none, comments: each with its place."""
    told = "\n".join(imported.report.left_out)
    for part in (
        "cascade_models.yaml.mlflow: there is no such key",
        "cascade_complex_run.last_level: levels are called",
        "cascade_lvl_10.worker_model_1.tier: there is no such key",
        "cascade_lvl_10.worker_model_1.pricing: `input` and `output`",
        "comments: YAML keeps none",
    ):
        assert part in told
    changed = "\n".join(imported.report.changed)
    for part in (
        "top_k will be sent as written",
        "judge_models.judge_model_2: carried",
        "the empty text",
        "program's words",
    ):
        assert part in changed


def test_a_clean_file_has_little_to_report(tmp_path):
    """Where there are no contradictions and no comments, none are told."""
    found = of(tmp_path, {"simple_flow": {"a": MODEL}, **JUDGE})
    assert not found.report.left_out
    assert not found.report.prices
    assert list(yaml.safe_load(found.text)["systems"]) == ["simple", "simple_spinning"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "neither simple_flow nor cascade_complex_run"),
        ({"simple_flow": {"a": MODEL}}, "judge_models holds no model"),
        ({"simple_flow": {"a": {}}, **JUDGE}, "simple_flow.a: the key 'model_name' is missing"),
        ({"simple_flow": [MODEL], **JUDGE}, "simple_flow: expected keys with values, not list"),
        ({"simple_flow": {"a": {**MODEL, "endpoint": "x"}}, **JUDGE}, "simple_flow.a.endpoint: expected keys"),
    ],
)
def test_what_cannot_be_a_flow_is_refused(tmp_path, values, said):
    """With the place that is wrong."""
    with pytest.raises(ConfigError, match=said):
        of(tmp_path, values)


def test_broken_yaml_is_refused_without_quoting_it(tmp_path):
    """The line is told, not shown: a key may stand in it."""
    path = tmp_path / "cascade_models.yaml"
    path.write_text("simple_flow:\n  api_key: sk-made-up: [\n")
    with pytest.raises(ConfigError, match="line 2") as problem:
        import_ancestor(path)
    assert "sk-made-up" not in str(problem.value)


def test_levels_that_move_or_vanish_are_reported(tmp_path):
    """An empty level, one that stands twice, a gap, and a level that the scripts never climbed to."""
    level = {"worker_model_1": MODEL}
    levels = {"cascade_lvl_1": level, "cascade_lvl_01": level, "cascade_lvl_2": level, "cascade_lvl_3": {}}
    found = of(tmp_path, {"cascade_complex_run": levels | {"cascade_lvl_10": level}} | JUDGE)
    assert yaml.safe_load(found.text)["systems"]["complex"]["cascade"] == ["level_1", "level_2", "level_3"]
    assert found.report.left_out == [
        "cascade_complex_run.cascade_lvl_01: the level stands twice",
        "cascade_complex_run.cascade_lvl_3: it holds no model",
    ]
    moved = [said for said in found.report.changed if "cascade_lvl_" in said]
    assert len(moved) == 2
    assert moved[0] == "cascade_complex_run.cascade_lvl_10: it is level_3 here, where levels leave no gap"
    assert "levels 1 to 5 alone were. `max_level`" in moved[1]
