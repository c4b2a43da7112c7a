"""A benchmark that is started without what it needs says so, with the remedy; the pages name the Python that has it."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ["run.py", "tracking.py", "report.py"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_without_the_package_the_remedy_is_told(program):
    """A Python that has nothing installed, as outside the environment: one message, and no traceback."""
    asked = [sys.executable, "-S", f"benchmarks/{program}"]
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "is not installed for" in ran.stderr
    assert f"`make setup`, which installs all that benchmarks need into .venv; then .venv/bin/python {asked[-1]}" in (
        ran.stderr.replace("\n", " ")
    )
    assert "Traceback" not in ran.stderr


def test_what_is_not_installed_ends_a_benchmark():
    """A module that only some of them need is asked for before they begin."""
    spec = importlib.util.spec_from_file_location("needs", ROOT / "benchmarks" / "needs.py")
    needs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(needs)
    needs.need("json")
    with pytest.raises(SystemExit, match="no_such_module is not installed"):
        needs.need("json", "no_such_module")


def test_pages_name_the_python_that_has_what_is_needed():
    """Every command for a benchmark is one that works after `make setup`."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.py")]
    told = [call for page in pages for call in re.findall(r"\S*python benchmarks/", page.read_text(encoding="utf-8"))]
    assert told
    assert {call.strip("`") for call in told} == {".venv/bin/python benchmarks/"}
