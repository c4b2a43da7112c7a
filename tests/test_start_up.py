"""Starting is quick because nothing heavy is imported before it is used: judged by imports, not by the clock."""

import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp",
    "genai_prices",
    "json_repair",
    "jsonschema",
    "math_verify",
    "mlflow",
    "numpy",
    "pydantic",
    "pydantic_ai",
    "rich",
    "sqlalchemy",
    "sympy",
    "yaml",
)


def _heavy_after(program: str, *arguments: str) -> list[str]:
    """The heavy libraries that a fresh Python has imported when `program` ends."""
    ending = f"import atexit, sys; atexit.register(lambda: print(*sorted({set(HEAVY)!r} & sys.modules.keys())))"
    ended = subprocess.run(
        [sys.executable, "-c", f"{ending}\n{program}", *arguments], check=True, capture_output=True, text=True
    )
    return ended.stdout.splitlines()[-1].split()


SHOWN = "import contextlib\nfrom escalade.cli.main import main\nwith contextlib.suppress(SystemExit): main()"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_imports_nothing_heavy(arguments):
    """`escalade --help`, and `escalade` alone, import none of the heavy libraries."""
    assert _heavy_after(SHOWN, *arguments) == []


@pytest.mark.parametrize("arguments", [["--version"], ["run", "--help"], ["demo", "--help"]])
def test_a_commands_help_imports_little(arguments):
    """A command's help and `--version` import nothing heavy but pydantic, by which Typer itself reads options."""
    assert set(_heavy_after(SHOWN, *arguments)) <= {"pydantic"}


def test_importing_the_package_imports_nothing_heavy():
    """`import escalade` imports none of the heavy libraries."""
    assert _heavy_after("import escalade") == []


def test_heavy_libraries_are_noticed():
    """The check itself sees a heavy library that was imported."""
    assert _heavy_after("import escalade\nescalade.Store") == ["sqlalchemy"]
