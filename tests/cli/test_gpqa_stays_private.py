"""A run on GPQA keeps questions and options out of everything that is stored or printed. The questions are invented."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest
from private_gpqa import SECRETS, escalade, stored, write_questions
from typer.testing import CliRunner

from escalade.cli.main import app
from escalade.core.errors import ConfigError
from escalade.report.noted import WITHHELD

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  large: {simulated: {like: ladder/large}}
  judge: {simulated: {like: ladder/large, seed: 1}}
systems:
  ladder: {cascade: [{vote: [small, {sample: small, n: 2}]}, large], accept: {judge: judge, at_least: 0.9}}
  fused: {fuse: [small, large], by: large}
experiments:
  private:
    task: {gpqa: {set: main, path: gpqa.csv, verify: false}}
    systems: [small, ladder, fused]
"""


@pytest.fixture
def config(tmp_path):
    write_questions(tmp_path / "gpqa.csv")
    (tmp_path / "private.yaml").write_text(CONFIG)
    return tmp_path / "private.yaml"


def on_a_terminal(*arguments):
    """What the program shows where standard output is a terminal."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from escalade.cli.main import main; main()", *arguments]
    with subprocess.Popen(program, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so when the other end is closed
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode()


def test_neither_store_nor_report_nor_story_quotes_a_question(config):
    """The tables hold replies and hashes; the report its labels; `why` no text, whatever is asked of it."""
    path = config.parent / "store.sqlite"
    where = ("--store", f"sqlite:///{path}")
    told = escalade("run", str(config), *where)
    report = escalade("run", str(config), "--json", *where)
    run = json.loads(report)["run"]["id"]
    told += report + escalade("plan", str(config)) + escalade("show", run, *where)
    for options in ((), ("--full",), ("--prompts", "--full"), ("--json",)):
        told += escalade("why", run, "rec3", *where, *options)
    assert "accuracy % by domain" in told
    assert "(withheld)" in told
    held = b"\n".join(stored(path))
    assert b"rec3" in held
    for secret in SECRETS:
        assert secret not in told.lower()
        assert secret.encode() not in held.lower()


def test_what_models_wrote_is_shown_on_a_terminal_only_and_when_asked(config):
    """Asked for in a pipe or as JSON it is refused; unasked, a terminal shows none of it."""
    where = ("--store", f"sqlite:///{config.parent}/store.sqlite")
    run = json.loads(escalade("run", str(config), "--json", *where))["run"]["id"]
    for options in ((), ("--json",)):
        refused = CliRunner().invoke(app, ["why", run, "rec3", "--reveal", *options, *where])
        assert isinstance(refused.exception, ConfigError)
    assert WITHHELD in escalade("why", run, "rec3", "--json", *where)
    assert WITHHELD in on_a_terminal("why", run, "rec3", *where)
    assert WITHHELD not in on_a_terminal("why", run, "rec3", "--reveal", *where)


def test_misses_and_comparisons_quote_nothing(config):
    """No answer, reason or text, whole or as JSON; items, kinds and figures stay."""
    where = ("--store", f"sqlite:///{config.parent}/store.sqlite")
    run = json.loads(escalade("run", str(config), "--json", *where))["run"]["id"]
    found = json.loads(escalade("misses", run, "--full", "--json", *where))
    assert {miss["kind"] for miss in found} <= {"wrong", "unparsed"}
    assert {miss["text"] for miss in found} == {WITHHELD}
    assert {miss["answer"] for miss in found} <= {WITHHELD, ""}
    told = repr(found) + escalade("misses", run, "--full", *where) + escalade("misses", run, *where)
    told += escalade("compare", run, *where)
    assert not any(secret in told.lower() for secret in SECRETS)


def test_tables_by_domain_say_how_few_items_they_rest_on(config):
    """Each domain has its own n and interval in the JSON, too."""
    report = json.loads(escalade("run", str(config), "--json", "--store", f"sqlite:///{config.parent}/s.sqlite"))
    found = report["systems"][0]["by_label"]
    assert [found["domain"][name]["n"] for name in ("Biology", "Physics")] == [6, 6]
    assert found["domain"]["Physics"]["low"] <= found["domain"]["Physics"]["mean"] <= found["domain"]["Physics"]["high"]
    assert sorted(found["subdomain"]) == ["field 0", "field 1", "field 2"]
