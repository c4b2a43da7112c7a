"""Cells: the figures of a Summary in the few characters that a table has room for."""

from collections.abc import Sequence

from escalade.analysis.comparison.compared import Entry
from escalade.analysis.sentence import points
from escalade.analysis.summary import Comparison, Quality, SystemSummary


def name(s: SystemSummary) -> str:
    marks = [mark for mark, true in (("simulated", s.simulated), ("estimated", s.estimated)) if true]
    return f"{s.name} ({', '.join(marks)})" if marks else s.name


def simulated(systems: Sequence[SystemSummary] | Sequence[Entry]) -> str:
    """Which of the systems had no real model, and whether none graded them; "" where all are real."""
    marked = [s.name for s in systems if s.simulated]
    if marked and len(marked) == len(systems):
        return "no real model answered"
    judged = any(s.graded_by_simulation for s in systems)
    return ", ".join([*marked, "the judge that graded the answers"] if judged else marked)


def quality(found: Quality) -> str:
    if found.mean is None:
        return "-"
    return f"{100 * found.mean:.1f}" + _between(
        *(f"{100 * bound:.1f}" if bound is not None else None for bound in (found.low, found.high))
    )


def difference(found: Comparison | None) -> str:
    if found is None:
        return "nothing in common"
    return points(found.difference) + _between(
        *(points(bound) if bound is not None else None for bound in (found.low, found.high))
    )


def ratio(found: Comparison) -> str:
    if found.cost_ratio is None:
        return "unknown"
    return f"{found.cost_ratio:.3g}" + _between(
        *(f"{bound:.3g}" if bound is not None else None for bound in (found.cost_ratio_low, found.cost_ratio_high))
    )


def _between(low: str | None, high: str | None) -> str:
    return "" if low is None or high is None else f" [{low}, {high}]"


def verdict(found: Comparison) -> str:
    return found.verdict.replace("_", " ")


def tokens(s: SystemSummary, count: int) -> str:
    mark = "~" if s.tokens.estimated_calls else ""
    return mark + f"{count:,}" + (f" + {s.tokens.unknown_calls:,} calls unknown" if s.tokens.unknown_calls else "")
