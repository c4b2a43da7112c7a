"""A run on GPQA keeps questions and options out of everything that is stored or printed. The questions are invented."""

import csv
import json
import sqlite3
import zlib

import pytest
from typer.testing import CliRunner

from escalade.cli.main import app

SECRETS = ("vermilion", "quagmire", "periwinkle", "obsidian", "marzipan")
"""Words of the question and of each option, which no model has reason to say."""
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
    columns = ["Question", "Correct Answer", *(f"Incorrect Answer {n}" for n in (1, 2, 3)),
               "High-level domain", "Subdomain", "Record ID"]  # fmt: skip
    with (tmp_path / "gpqa.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for n in range(12):
            question = f"Which {SECRETS[0]} thing has the number {n}?"
            writer.writerow([question, *SECRETS[1:], ("Physics", "Biology")[n % 2], f"field {n % 3}", f"rec{n}"])
    (tmp_path / "private.yaml").write_text(CONFIG)
    return tmp_path / "private.yaml"


def escalade(*arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout + result.stderr


def stored(path):
    """Every value of every table, compressed ones also as what they hold."""
    with sqlite3.connect(path) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    yield raw
                    try:
                        yield zlib.decompress(raw)
                    except zlib.error:
                        continue


def test_neither_store_nor_report_nor_story_quotes_a_question(config):
    """The tables hold replies and hashes; the report its labels; `why` no text, whatever is asked of it."""
    path = config.parent / "store.sqlite"
    where = ("--store", f"sqlite:///{path}")
    told = escalade("run", str(config), *where)
    report = escalade("run", str(config), "--json", *where)
    run = json.loads(report)["run"]["id"]
    told += report + escalade("plan", str(config)) + escalade("show", run, *where)
    for options in ((), ("--full",), ("--prompts", "--full")):
        told += escalade("why", run, "rec3", *where, *options)
    assert "accuracy % by domain" in told
    assert "(withheld)" in told
    held = b"\n".join(stored(path))
    assert b"rec3" in held
    for secret in SECRETS:
        assert secret not in told.lower()
        assert secret.encode() not in held.lower()


def test_tables_by_domain_say_how_few_items_they_rest_on(config):
    """Each domain has its own n and interval in the JSON, too."""
    report = json.loads(escalade("run", str(config), "--json", "--store", f"sqlite:///{config.parent}/s.sqlite"))
    found = report["systems"][0]["by_label"]
    assert [found["domain"][name]["n"] for name in ("Biology", "Physics")] == [6, 6]
    assert found["domain"]["Physics"]["low"] <= found["domain"]["Physics"]["mean"] <= found["domain"]["Physics"]["high"]
    assert sorted(found["subdomain"]) == ["field 0", "field 1", "field 2"]
