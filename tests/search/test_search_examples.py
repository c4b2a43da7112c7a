"""The two example searches print what their pages show, on the published questions."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from escalade.cli.main import app

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ESCALADE_DATA") or ROOT.parent / "shared" / "data")
FILES = {"gpqa": "gpqa_dataset.zip", "math500": "math500.jsonl"}


@pytest.mark.slow
@pytest.mark.parametrize("task", FILES)
def test_the_page_shows_what_the_search_prints(task, tmp_path, monkeypatch):
    """Every line of the page's shortened output begins a line of the real one; 100, 100 and the rest are disjoint."""
    if not (DATA / FILES[task]).is_file():
        pytest.skip(f"there is no {FILES[task]} in {DATA} (ESCALADE_DATA names another folder)")
    monkeypatch.setenv("ESCALADE_DATA", str(DATA))
    config = ROOT / "examples" / f"search_{task}.yaml"
    words = ["search", str(config), "--quiet", "--store", f"sqlite:///{tmp_path}/store.sqlite"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
    page = (ROOT / "docs" / f"search-{task}.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    lines = [" ".join(line.split()) for line in shown.splitlines() if line.strip()]
    assert len(lines) > 12
    for line in lines:
        assert any(real.startswith(line) for real in printed), f"the search does not print: {line}"
