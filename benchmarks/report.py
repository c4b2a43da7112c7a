"""The HTML report of a long run: building it, its size, and opening it in a browser.

    .venv/bin/python benchmarks/report.py                    5,000 questions, three models, a vote and a cascade
    .venv/bin/python benchmarks/report.py --questions 500

`make setup` makes the environment. The run is of simulated models, whose answers are short; `--words` makes the
questions longer. The browser is Chromium, found by its name on PATH; without one, opening is not measured.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import machine
from needs import need
from printing import table

_ESCALADE = [sys.executable, "-c", "from escalade.cli.main import main; main()"]
_CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  medium: {simulated: {like: ladder/medium}}
  large: {simulated: {like: ladder/large}}
  judge: {simulated: {like: ladder/judge}}
systems:
  panel: {vote: [small, medium, large]}
  cascade: {cascade: [small, medium, large], accept: {judge: judge, at_least: 0.8}}
experiments:
  long:
    task: {table: {path: questions.csv, name: sums, grading: number, fields: {labels: [kind]}}}
    systems: [large, small, medium, panel, cascade]
    reference: large
"""


def _questions(file: Path, count: int, words: int) -> None:
    random = Random(0)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "question", "answer", "kind"))
        for number in range(count):
            one, other = random.randrange(100, 1000), random.randrange(100, 1000)
            padding = " ".join(f"clue{random.randrange(10_000)}" for _ in range(words))
            question = f"{padding} What is {one} plus {other} (question {number})?".strip()
            writer.writerow((f"sum-{number:05}", question, one + other, ("odd", "even")[(one + other) % 2 == 0]))


def _made(folder: Path, asked: argparse.Namespace) -> str:
    """The store of a run."""
    _questions(folder / "questions.csv", asked.questions, asked.words)
    (folder / "long.yaml").write_text(_CONFIG, encoding="utf-8")
    store = f"sqlite:///{folder}/long.sqlite"
    subprocess.run([*_ESCALADE, "run", str(folder / "long.yaml"), "-q", "--store", store], check=True, stdout=2)
    return store


def _built(store: str, page: Path) -> dict[str, Any]:
    """Time and memory of the command, from its start to its end."""
    began, before = time.perf_counter(), os.times()
    command = [*_ESCALADE, "report", "long", "--store", store, "-o", str(page), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    after = os.times()
    return {
        "built_s": time.perf_counter() - began,
        "built_cpu_s": after.children_user + after.children_system - before.children_user - before.children_system,
        "peak_mb": usage.ru_maxrss / 1024,
        "page_mb": told["bytes"] / 1e6,
    }


@contextmanager
def _browser(program: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _opened(page: Path, program: str) -> dict[str, float]:
    """Until the list of questions can be used, and then until one question's story is there."""
    with _browser(program) as browser:
        tab = browser.new_context(reduced_motion="reduce").new_page()
        began = time.perf_counter()
        tab.goto(page.as_uri(), wait_until="commit")
        tab.wait_for_selector("h1")
        seen = time.perf_counter()
        tab.wait_for_selector("#questions[data-ready=yes]")
        usable = time.perf_counter()
        tab.fill("input[name=words]", "plus")
        filtered = time.perf_counter()
        tab.locator("#found a").first.click()
        tab.wait_for_selector("#story:not([hidden]) .trial")
        told = time.perf_counter()
    return {
        "seen_s": seen - began,
        "opened_s": usable - began,
        "filtered_s": filtered - usable,
        "told_s": told - filtered,
    }


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--words", type=int, default=0, help="words before each question")
    parser.add_argument("--keep", type=Path, help="a folder for the run and its page; the run there is used again")
    return parser.parse_args()


def main() -> None:
    asked = _asked()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need("escalade", "altair", "jinja2", "vl_convert", *(["playwright"] if program else []))
    print(", ".join(f"{name} {value}" for name, value in machine.described().items()), f"load {machine.load():.1f}")
    with TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        there = folder / "long.sqlite"
        store = f"sqlite:///{there}" if there.exists() else _made(folder, asked)
        found = _built(store, folder / "long.html")
        found |= _opened(folder / "long.html", program) if program else {}
    heads = [
        "questions",
        "built in s",
        "CPU s",
        "peak MB",
        "page MB",
        *(["first seen in s", "usable in s", "filtered in s", "a story in s"] if program else []),
    ]
    table("Report: five systems, from the command to the page", heads, [[asked.questions, *found.values()]])


if __name__ == "__main__":
    main()
