"""What the journal costs a call, and how it holds up as it grows to a million Calls."""

from collections.abc import Sequence
from typing import Any

from children import HERE, line, lines, medians
from printing import table


def run(sizes: Sequence[int], repeats: int) -> dict[str, Any]:
    """Measure and print."""
    call = medians([line("with_and_without_journal.py", 5_000) for _ in range(repeats)])
    heads = ["CPU of a call that is answered at once", "µs"]
    rows = [
        ["Leaf alone: encoded, priced, budgeted, booked", call["without_us"]],
        ["and looked up in the journal, absent, and committed to it", call["kept_us"]],
        ["found in the journal instead", call["recalled_us"]],
    ]
    table("Journal: a call", heads, rows)
    growth = lines(HERE / "subjects" / "filling_a_journal.py", *sizes)
    heads = ["Calls in the journal", "found/s", "found absent/s", "inserted/s", "MB", "bytes a Call"]
    columns = ("calls", "found_per_s", "absent_per_s", "inserts_per_s", "mb", "bytes_per_call")
    table("Journal: growth", heads, [[one[name] for name in columns] for one in growth])
    return {"call": call, "growth": growth}
