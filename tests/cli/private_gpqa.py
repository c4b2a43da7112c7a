"""An invented set of questions in GPQA's layout, and what a run on it may leave behind."""

import csv
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from escalade.cli.main import app

SECRETS = ("vermilion", "quagmire", "periwinkle", "obsidian", "marzipan")
"""Words of the question and of each option, which no model has reason to say."""


def write_questions(path: Path) -> None:
    columns = ["Question", "Correct Answer", *(f"Incorrect Answer {n}" for n in (1, 2, 3)),
               "High-level domain", "Subdomain", "Record ID"]  # fmt: skip
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for n in range(12):
            question = f"Which {SECRETS[0]} thing has the number {n}?"
            writer.writerow([question, *SECRETS[1:], ("Physics", "Biology")[n % 2], f"field {n % 3}", f"rec{n}"])


def escalade(*arguments: str) -> str:
    """All that the program printed."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout + result.stderr


def stored(path: Path) -> Iterator[bytes]:
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
