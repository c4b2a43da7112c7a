"""Escalade beside its floor and its peers on one piece of work: a worker answers, a judge scores, accept.

All subjects meet the same server with the same questions, one after another, in turns, so that a slow minute of the
machine is shared. The server's count shows that each really made two calls a question.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import urlopen

from children import lines, medians, server
from environment import FLOOR, OURS, PEERS, Subject
from printing import table

_WARM_UP = 8
DELAYS_MS = (0, 50)


@dataclass(frozen=True)
class Size:
    questions: int
    many: int
    """For the floor and Escalade alone; 0 leaves this out."""
    concurrency: int
    repeats: int


def run(size: Size, peers: Sequence[str]) -> dict[str, Any]:
    """Measure and print; medians over the repeats."""
    chosen = [FLOOR, OURS, *(peer for peer in PEERS if peer.name in peers)]
    versions = {subject.name: subject.version() for subject in chosen}
    found: dict[str, Any] = {"versions": versions}
    found["few"] = _compared(chosen, size.questions, size)
    _print(found["few"], versions, f"{size.questions:,} questions, {size.concurrency} at a time")
    if size.many:
        found["many"] = _compared([FLOOR, OURS], size.many, size)
        _print(found["many"], versions, f"{size.many:,} questions, {size.concurrency} at a time")
    return found


def _compared(subjects: Sequence[Subject], questions: int, size: Size) -> dict[str, dict[str, Any]]:
    """By delay in ms, then by subject: medians."""
    found: dict[str, dict[str, Any]] = {}
    with server() as port:
        for delay in DELAYS_MS:
            runs: dict[str, list[dict[str, Any]]] = {subject.name: [] for subject in subjects}
            for _ in range(size.repeats):
                for subject in subjects:
                    runs[subject.name].append(_once(subject, port, delay, questions, size.concurrency))
            found[str(delay)] = {name: medians(several) for name, several in runs.items()}
    return found


def _once(subject: Subject, port: int, delay: int, questions: int, concurrency: int) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}" + (f"/after/{delay}/v1" if delay else "/v1")
    _counts(port)
    (measured,) = lines(
        subject.path, url, "--questions", questions, "--concurrency", concurrency, python=subject.python()
    )
    counts = _counts(port)
    posts = counts["posts"] - 2 * _WARM_UP
    if measured["accepted"] != questions or posts != 2 * questions:
        raise SystemExit(f"{subject.name} did other work: {measured['accepted']} accepted, {posts} calls")
    return measured | {"most_under_way": counts["most_under_way"]}


def _counts(port: int) -> dict[str, int]:
    with urlopen(f"http://127.0.0.1:{port}/counts") as response:
        counts: dict[str, int] = json.load(response)
    return counts


def _print(found: dict[str, dict[str, Any]], versions: dict[str, str], title: str) -> None:
    at_once, later = (found[str(delay)] for delay in DELAYS_MS)
    ours, floor = at_once[OURS.name], at_once[FLOOR.name]
    heads = [
        "",
        "questions/s at 0 ms",
        "Escalade's rate ÷ this",
        "CPU ms a question",
        "÷ the floor's",
        f"questions/s at {DELAYS_MS[1]} ms",
        "÷ the floor's",
        "peak MB",
    ]
    rows = [
        [
            versions[name] + (" (floor)" if name == FLOOR.name else ""),
            one["questions_per_s"],
            ours["questions_per_s"] / one["questions_per_s"],
            one["cpu_ms_per_question"],
            one["cpu_ms_per_question"] / floor["cpu_ms_per_question"],
            later[name]["questions_per_s"],
            later[name]["questions_per_s"] / later[FLOOR.name]["questions_per_s"],
            one["peak_mb"],
        ]
        for name, one in at_once.items()
    ]
    table(f"Orchestration: {title}", heads, rows)
