"""The extension: a package outside the tree adds a strategy, a gate, a task and a grader, and all four run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXTENSION = Path(__file__).parents[2] / "examples" / "extension"
ESCALADE = Path(sys.executable).with_name("escalade")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment in which the extension is installed, by pip and without any network."""
    folder = tmp_path_factory.mktemp("extension")
    # Built from a copy, so that nothing is left in the checkout.
    source = shutil.copytree(EXTENSION, folder / "extension", ignore=shutil.ignore_patterns("*.egg-info", "build"))
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    pip = [sys.executable, "-m", "pip", "install", *offline, "--target", folder / "site", source]
    done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return {**os.environ, "PYTHONPATH": str(folder / "site"), "ESCALADE_STORE": f"sqlite:///{folder}/store.sqlite"}


def run(environment, *arguments):
    return subprocess.run(
        arguments, env=environment, cwd=EXTENSION, capture_output=True, text=True, check=False, timeout=100
    )


def report(environment, experiment):
    done = run(environment, ESCALADE, "run", "example.yaml", experiment, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_its_strategy_gate_and_task_run_from_a_config(installed):
    """The cascade's rung is the new strategy, its gate the new gate, its questions those of the new task."""
    found = report(installed, "brief")
    assert (found["task"]["name"], found["items"]) == ("evens", 60)
    systems = {system["name"]: system for system in found["systems"]}
    assert [systems[name]["kind"] for name in ("brief", "terse")] == ["briefest", "cascade"]
    assert all(system["coverage"] == 1 for system in systems.values())
    first, second = systems["terse"]["funnel"]
    assert first["stopped"] > 0, "the new gate accepted nothing"
    assert second["reached"] > 0, "the new gate rejected nothing"


def test_its_grader_measures_a_table(installed):
    """A table's rows are graded by the tolerance of the new grader."""
    found = report(installed, "measured")
    assert found["items"] == 6
    assert all(not system["failures"] or set(system["failures"]) == {"no_answer"} for system in found["systems"])


@pytest.mark.slow
def test_its_kinds_stand_in_the_schema(installed):
    """Editors complete them like the built-in ones; their module tells them from a built-in kind of the same name."""
    done = run(installed, ESCALADE, "schema")
    for kind in ("briefest.BriefestSpec", "length.LengthSpec", "evens.EvensSpec"):
        assert f"escalade_example.{kind}" in json.loads(done.stdout)["$defs"]


@pytest.mark.slow
def test_a_misspelt_key_of_it_is_explained(installed):
    """A plug-in's keys get the same errors as ours."""
    done = run(installed, ESCALADE, "plan", "example.yaml", "brief", "--set", "systems.brief.briefst=large")
    assert done.returncode == 2
    assert "did you mean 'briefest'" in done.stderr


@pytest.mark.slow
def test_its_own_tests_pass(installed):
    """They use the checks that Escalade ships for such packages."""
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = run({**installed, "PYTHONDONTWRITEBYTECODE": "1"}, *pytest_)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_without_it_its_kinds_are_unknown(installed):
    """Nothing of it leaks into an environment where it is not installed."""
    bare = {name: value for name, value in installed.items() if name != "PYTHONPATH"}
    done = run(bare, ESCALADE, "plan", "example.yaml", "brief")
    assert done.returncode == 2
    assert "'evens'" in done.stderr
