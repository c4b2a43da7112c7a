"""The two Arena-Hard examples: they run offline on the publisher's questions, and the page shows what they print."""

import json
import re

import pytest
from typer.testing import CliRunner

from data_folder import DATA, ROOT, needed
from escalade.cli.main import app

SIMULATED, RECORDED = "arena_hard_simulated", "arena_hard_v01_recorded"
PAGE = (ROOT / "docs" / "arena-hard.md").read_text(encoding="utf-8")


def escalade(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def run(name, store, *more):
    command = ["run", ROOT / "examples" / f"{name}.yaml", "--data", DATA, "--store", store, "--quiet", *more]
    return escalade(*command)


@pytest.mark.parametrize("name", [SIMULATED, RECORDED])
def test_an_example_says_that_it_is_simulated(name, tmp_path):
    """In the task's name, over each board and in JSON."""
    needed("arena_hard")
    store = f"sqlite:///{tmp_path}/store.sqlite"
    shown = run(name, store, "--limit", "12")
    assert re.search(r"\(simulated judge( and baseline)?\)", shown)
    assert "SIMULATED, in part at least" in shown
    found = json.loads(escalade("runs", "--json", "--store", store))[0]["run"]["id"]
    assert json.loads(escalade("arena", "score", found, "--store", store, "--json"))["simulated"] is True


@pytest.mark.slow
@pytest.mark.parametrize(("name", "category"), [(SIMULATED, "hard_prompt"), (RECORDED, "arena-hard-v0.1")])
def test_the_page_s_tables_are_what_the_examples_print(name, category, tmp_path):
    """Share, official figure and length-controlled figure of every system, over all questions."""
    needed("arena_hard")
    store = f"sqlite:///{tmp_path}/store.sqlite"
    run(name, store, "--json")
    found = json.loads(escalade("runs", "--json", "--store", store))[0]["run"]["id"]
    arena = json.loads(escalade("arena", "score", found, "--store", store, "--features", "length", "--json"))
    [board] = [one for one in arena["boards"] if one["conditions"]["category"] == category]
    rows = dict(re.findall(r"^\| ([a-z0-9.-]+) \| (\d.*) \|$", PAGE, re.MULTILINE))
    for standing in board["standings"]:
        controlled = board["controlled"][0]["ours"][standing["system"]]
        figures = " | ".join(spelt(one) for one in (standing["ours"], standing["official"], controlled))
        assert rows[standing["system"]] == figures


def spelt(estimate):
    value, low, high = (f"{100 * estimate[key]:.1f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"
