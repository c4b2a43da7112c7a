"""The commands that the pages and examples show exist, with the options that they are shown with."""

import re
import shlex

import pytest
import typer
from fenced import PAGES, ROOT, blocks

from escalade.cli.main import app

PROGRAM = typer.main.get_command(app)
_CALL = r"(?:[A-Z_]+=\S* +)*{program} (.+)"
_AFTER = re.compile(r"\s[>|]\s|&&")


def shown():
    """Every line of a block or of an example's first comment that begins with our command."""
    for page in PAGES:
        for body in (*blocks(page, ""), *blocks(page, "sh"), *blocks(page, "console")):
            yield from ((page.name, line) for line in body.splitlines())
    for config in sorted((ROOT / "examples").glob("**/*.yaml")):
        comment = config.read_text(encoding="utf-8").partition("\n\n")[0]
        yield from ((config.name, line.removeprefix("#").strip()) for line in comment.splitlines())


def commands(program):
    """Page and words of each shown call of `program`, without what is piped or said after it."""
    for page, line in shown():
        if call := re.match(_CALL.format(program=program), line):
            yield page, shlex.split(_AFTER.split(call[1])[0], comments=True)


@pytest.mark.parametrize(("page", "words"), list(commands("escalade")), ids=str)
def test_a_shown_command_is_understood(page, words):
    """It is parsed as the program would, and not carried out."""
    name, *arguments = words
    assert name in PROGRAM.commands, f"{page}: there is no command {name}"
    context = PROGRAM.commands[name].make_context(name, arguments)
    assert context.command.name == name


def test_the_readme_lists_every_command():
    """And no other."""
    listed = re.findall(r"^\| `escalade ([\w-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(PROGRAM.commands)


def test_shown_make_targets_exist():
    """What CONTRIBUTING and README tell to make can be made."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = {words[0] for _, words in commands("make")}
    assert used
    assert used <= targets
