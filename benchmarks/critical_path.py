"""Wall time of a question that climbs five levels of debate, beside the length of its critical path.

What a level does in parallel should cost no more time than its longest call. The path is as many calls as must follow
one another; how long one takes is measured by a bare client, against the same server, in the same process.
"""

from collections.abc import Sequence
from typing import Any

from children import line, medians, server
from printing import table

DELAY_MS = 150


def run(at_once: Sequence[int], repeats: int) -> dict[str, Any]:
    """Measure and print, for so many questions at once; medians over the repeats."""
    found = {}
    with server() as port:
        url = f"http://127.0.0.1:{port}/after/{DELAY_MS}/v1"
        for questions in at_once:
            found[str(questions)] = medians([line("five_levels.py", url, questions) for _ in range(repeats)])
    heads = [
        "questions at once",
        "calls a question",
        "calls after one another",
        "ms a bare call",
        "s of the path",
        "s of a question, median",
        "÷ the path",
        "slowest ÷ the path",
        "bare client ÷ the path",
        "CPU ms a call",
    ]
    columns = (
        "calls",
        "stages",
        "bare_ms",
        "path_s",
        "median_s",
        "median_over_path",
        "slowest_over_path",
        "bare_over_path",
        "cpu_ms_per_call",
    )
    rows = [[int(questions), *(one[name] for name in columns)] for questions, one in found.items()]
    table(
        f"Critical path: five levels of 2, 3, 3, 4 and 4 workers, every call answered after {DELAY_MS} ms", heads, rows
    )
    return found
