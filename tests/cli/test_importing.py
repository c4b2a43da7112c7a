"""`escalade import` on the command line."""

import json
from pathlib import Path

from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.core.errors import ConfigError

FILE = str(Path(__file__).parents[1] / "config" / "cascade_models.yaml")


def escalade(*arguments, **environ):
    return CliRunner().invoke(app, arguments, env=environ)


def test_the_config_goes_to_stdout_and_the_report_to_stderr():
    """So that the one can be piped while the other is read."""
    result = escalade("import", FILE)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("# Imported from cascade_models.yaml")
    assert "not carried:\n" in result.stderr
    assert "prices that contradict each other" in result.stderr
    assert "carried, and acts otherwise:" in result.stderr


def test_a_file_that_is_there_is_kept(tmp_path):
    """It is overwritten only with --force."""
    path = tmp_path / "mine.yaml"
    assert escalade("import", FILE, "-o", str(path)).exit_code == 0
    path.write_text("mine")
    assert isinstance(escalade("import", FILE, "-o", str(path)).exception, ConfigError)
    assert path.read_text() == "mine"
    assert escalade("import", FILE, "-o", str(path), "--force").exit_code == 0
    assert path.read_text().startswith("# Imported")


def test_what_was_imported_can_be_planned(tmp_path):
    """Every system is built and bounded: a debater answers, criticises, refines; a judge may be asked twice."""
    path = tmp_path / "escalade.yaml"
    assert escalade("import", FILE, "-o", str(path)).exit_code == 0
    dummy = dict.fromkeys(("OPENROUTER_API_KEY", "LOCALHOST_API_KEY", "PROXY_KEY"), "dummy")
    result = escalade("plan", str(path), "--limit", "2", "--json", PROXY_URL="http://127.0.0.1:9/v1", **dummy)
    assert result.exit_code == 0, result.output
    worst = {system["name"]: system["worst"]["calls"] for system in json.loads(result.stdout)["systems"]}
    judged = 2
    simple, complex_ = 2 * (1 + judged), 2 * (2 * 3 + judged) + (1 + judged)
    assert worst == {
        "simple": 2 * simple,
        "simple_spinning": 2 * 3 * simple,
        "complex": 2 * complex_,
        "complex_spinning": 2 * 2 * complex_,
    }
