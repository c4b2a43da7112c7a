"""The figures that the pages show are those that the shown commands print now."""

import json
import re

import pytest
from fenced import ROOT, blocks
from shown import Shown, spelt, tables
from typer.testing import CliRunner

from data_folder import DATA, needed
from escalade.cli.main import app
from example_configs import need_data_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def squeezed(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_demo_prints_what_the_readme_shows(tmp_path):
    """Every line of the shortened output begins a line of the real one."""
    result = CliRunner().invoke(app, ["demo", "--quiet", "--store", f"sqlite:///{tmp_path}/store.sqlite"])
    assert result.exit_code == 0, result.output
    printed = squeezed(result.stdout)
    for line in (line for block in blocks("README.md", "text") for line in squeezed(block)):
        assert any(real.startswith(line) for real in printed), f"the demo does not print: {line}"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The report of the recorded MMLU-Pro answers, by system."""
    needed("mmlu_pro")
    store = f"sqlite:///{tmp_path_factory.mktemp('recorded')}/store.sqlite"
    config = ["examples/mmlu_pro_recorded.yaml", "--data", str(DATA), "--store", store, "--json"]
    result = CliRunner().invoke(app, ["run", f"{ROOT}/{config[0]}", *config[1:]], env={"FINAL": ""})
    assert result.exit_code == 0, result.output
    return {system["name"]: system for system in json.loads(result.stdout)["systems"]}


@pytest.mark.parametrize("page", ["README.md", "docs/recorded.md"])
def test_the_recorded_answers_give_the_shown_table(recorded, page):
    """Accuracy, interval and ratio of cost of every system that is shown."""
    text, *_ = (ROOT / page).read_text(encoding="utf-8").partition("<!-- figures of")
    rows = re.findall(r"^\| ([a-z0-9-]+)[^|]* \| (\d\d\.\d) \[(\d\d\.\d), (\d\d\.\d)\] \|(.*)\|$", text, re.MULTILINE)
    assert len(rows) >= 5
    for name, *shown, rest in rows:
        quality = recorded[name]["quality"]
        assert [f"{100 * quality[key]:.1f}" for key in ("mean", "low", "high")] == shown
        versus = recorded[name]["versus_reference"]
        if versus:
            points = [f"{100 * versus[key]:+.1f}" for key in ("difference", "low", "high")]
            assert f"{points[0]} [{points[1]}, {points[2]}]" in rest
            assert any(
                cell == f"{float(versus['cost_ratio']):.{digits}g}" for cell in _cells(rest) for digits in (2, 3)
            )


def _cells(row):
    return [cell.strip().rstrip("0") for cell in row.split("|")]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """`reports(config, variables)`: the report of a run, by system; each is run once."""
    known = {}

    def report(config, variables):
        if (config, variables) not in known:
            store = f"sqlite:///{tmp_path_factory.mktemp('figures')}/store.sqlite"
            words = ["run", f"{ROOT}/{config}", "--data", str(DATA), "--store", store, "--json"]
            result = CliRunner().invoke(app, words, env={"NUM_QUESTIONS": "0", **dict(variables)})
            assert result.exit_code == 0, result.output
            known[config, variables] = {system["name"]: system for system in json.loads(result.stdout)["systems"]}
        return known[config, variables]

    return report


@pytest.mark.parametrize("table", list(tables()), ids=lambda table: f"{table.page} {dict(table.variables)}")
def test_a_marked_table_is_what_its_command_prints(reports, table: Shown):
    """Every cell is a figure of the system that its row names."""
    need_data_of(ROOT / table.config)
    systems = reports(table.config, table.variables)
    assert table.rows
    for name, *cells in table.rows:
        assert set(cells) <= spelt(systems[name]), name
