"""A structure search on 100 items, again from its Records, and once more from the journal alone."""

from typing import Any

from children import line, medians
from printing import table


def run(repeats: int) -> dict[str, Any]:
    """Measure and print; medians over the repeats."""
    found = medians([line("searching.py") for _ in range(repeats)])
    heads = ["structures", "trials", "calls", "of them sent", "searched in s", "again in s", "replayed in s", "peak MB"]
    columns = ("structures", "trials", "calls", "sent", "searched_s", "again_s", "replayed_s", "peak_mb")
    table("Structure search, 100 train items", heads, [[found[name] for name in columns]])
    return found
