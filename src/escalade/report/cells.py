"""Cells: the figures of a Summary in the few characters that a table has room for."""

from collections.abc import Sequence

from escalade.analysis.comparison.compared import ComparedSystem
from escalade.analysis.sentence import points
from escalade.analysis.summary import Comparison, Quality, SystemSummary


def name(s: SystemSummary) -> str:
    marks = [mark for mark, true in (("simulated", s.simulated), ("estimated", s.estimated)) if true]
    return f"{s.name} ({', '.join(marks)})" if marks else s.name


def simulated(systems: Sequence[SystemSummary] | Sequence[ComparedSystem]) -> str:
    """Which of the systems had no real model, and whether none graded them; "" where all are real."""
    marked = [s.name for s in systems if s.simulated]
    if marked and len(marked) == len(systems):
        return "no real model answered"
    judged = any(s.graded_by_simulation for s in systems)
    return ", ".join([*marked, "the judge that graded the answers"] if judged else marked)


def quality(quality: Quality) -> str:
    if quality.mean is None:
        return "-"
    return f"{100 * quality.mean:.1f}" + _between(
        *(f"{100 * bound:.1f}" if bound is not None else None for bound in (quality.low, quality.high))
    )


def difference(comparison: Comparison | None) -> str:
    if comparison is None:
        return "nothing in common"
    return points(comparison.difference) + _between(
        *(points(bound) if bound is not None else None for bound in (comparison.low, comparison.high))
    )


def ratio(comparison: Comparison) -> str:
    if comparison.cost_ratio is None:
        return "unknown"
    bounds = (comparison.cost_ratio_low, comparison.cost_ratio_high)
    return f"{comparison.cost_ratio:.3g}" + _between(*(None if bound is None else f"{bound:.3g}" for bound in bounds))


def _between(low: str | None, high: str | None) -> str:
    return "" if low is None or high is None else f" [{low}, {high}]"


def verdict(comparison: Comparison) -> str:
    return comparison.verdict.replace("_", " ")


def tokens(s: SystemSummary, count: int) -> str:
    mark = "~" if s.tokens.estimated_calls else ""
    return mark + f"{count:,}" + (f" + {s.tokens.unknown_calls:,} calls unknown" if s.tokens.unknown_calls else "")
