"""Commands that are printed to be copied stand in one line, however long and wherever they are printed."""

import io
import shlex

from rich.console import Console
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.report import draw


def test_a_report_names_a_command_that_can_be_copied(escalade, runs):
    """The store's address is longer than a pipe claims to be wide; the command is whole, and works."""
    assert len(escalade.url) > 60
    [last] = [line for line in escalade.said("show", runs[0]).splitlines() if "escalade why" in line]
    command = shlex.split(last.split("`")[1].replace("ITEM", "demo-0001"))
    assert command[:3] == ["escalade", "why", runs[0]]
    result = CliRunner().invoke(app, command[1:])
    assert result.exit_code == 0
    assert "demo-0001" in result.stdout


def test_an_address_with_spaces_is_quoted(escalade, runs, tmp_path):
    """A shell takes the store's address as one word."""
    folder = tmp_path / "my runs"
    folder.mkdir()
    (tmp_path / "store.sqlite").rename(folder / "store.sqlite")
    url = f"sqlite:///{folder}/store.sqlite"
    shown = CliRunner().invoke(app, ["show", runs[0], "--store", url]).stdout
    assert shlex.split(shown.splitlines()[-1].split("`")[1])[-1] == url


def test_a_narrow_terminal_is_left_to_fold_it():
    """What a terminal folds itself it copies as one line; text is made safe as everywhere."""
    for terminal in (True, False):
        out = Console(file=io.StringIO(), width=40, force_terminal=terminal, color_system=None)
        draw.with_command(f"`escalade why {'r' * 50} ITEM` explains [bold]it[/bold]\x1b[2J", out, indent=2)
        assert out.file.getvalue() == f"  `escalade why {'r' * 50} ITEM` explains [bold]it[/bold]\n"
