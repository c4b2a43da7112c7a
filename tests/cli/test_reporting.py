"""`escalade report`: from a run to files, and what it tells."""

import gc
import json

import pytest
from typer.testing import CliRunner

from escalade.cli.main import app

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  large: {simulated: {like: ladder/large}}
systems:
  ladder: {cascade: [small, large], accept: {judge: large, at_least: 0.8}}
experiments:
  tried: {task: {demo: {count: 12}}, systems: [large, small, ladder]}
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported")
    (folder / "config.yaml").write_text(CONFIG)
    where = f"sqlite:///{folder}/store.sqlite"
    result = CliRunner().invoke(app, ["run", str(folder / "config.yaml"), "--store", where, "--json"])
    assert result.exit_code == 0, result.output
    return where


def reported(store, *arguments):
    return CliRunner().invoke(app, ["report", *arguments, "--store", store])


def test_it_writes_one_file_and_says_its_size(store, tmp_path):
    """The run is named by the start of its id."""
    result = reported(store, "tried", "-o", str(tmp_path / "deep" / "page.html"))
    assert result.exit_code == 0, result.output
    assert f"wrote {tmp_path}/deep/page.html: 12 questions, 0." in result.stdout
    assert (tmp_path / "deep" / "page.html").read_text().startswith("<!doctype html>")


def test_json_says_where_everything_was_written(store, tmp_path):
    """And is alone on stdout."""
    page, folders = tmp_path / "page.html", ["--figures", f"{tmp_path}/f", "--tables", f"{tmp_path}/t"]
    result = reported(store, "tried", "-o", str(page), "--json", *folders, "--texts", "50")
    told = json.loads(result.stdout)
    assert (told["report"], told["bytes"], told["questions"]) == (str(page), page.stat().st_size, 12)
    assert told["text_limit"] == 50
    assert told["texts_cut"] > 0
    assert set(told["figures"]) == {str(file) for file in (tmp_path / "f").iterdir()}
    assert set(told["tables"]) == {str(file) for file in (tmp_path / "t").iterdir()}


def test_a_run_that_is_not_there_is_an_error_of_one_line(store, tmp_path):
    """And no file is left behind."""
    result = reported(store, "none", "-o", str(tmp_path / "page.html"))
    assert "there is no run 'none'" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_the_process_keeps_its_collector(store, tmp_path):
    """How often cycles are looked for is afterwards what it was, also where there was nothing to report."""
    before = gc.get_threshold()
    reported(store, "none", "-o", str(tmp_path / "page.html"))
    assert gc.get_threshold() == before
