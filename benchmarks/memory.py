"""Memory and time of long runs: whether memory grows with them, and what asking for a finished one again takes."""

from collections.abc import Sequence
from typing import Any

from children import line
from printing import table


def run(counts: Sequence[int]) -> dict[str, Any]:
    """Measure and print."""
    found = [line("many_questions.py", count) for count in counts]
    heads = [
        "questions",
        "MB at the start",
        "the questions themselves",
        "peak of the run",
        "peak of its report",
        "resumed in s",
        "and reported in s",
    ]
    columns = (
        "questions",
        "start_mb",
        "questions_mb",
        "run_mb",
        "report_mb",
        "resumed_s",
        "resumed_and_reported_s",
    )
    table(
        "Memory: one run, and the same again when it is finished", heads, [[one[n] for n in columns] for one in found]
    )
    return {"runs": found}
