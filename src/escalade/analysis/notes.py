"""Notes: what a reader must know before believing the figures, in plain sentences. They judge nothing."""

from collections.abc import Sequence

from escalade.analysis.summary import SystemSummary
from escalade.store.record import Run


def notes(run: Run, systems: Sequence[SystemSummary], *, finished: bool) -> list[str]:
    """The run's own notes, then those that its figures call for."""
    found = list(run.notes)
    if not finished:
        found.append("The run is not finished: figures are over finished trials, comparisons over items that both did.")
    found += _unfinished(run, systems)
    if simulated := [s.name for s in systems if s.simulated]:
        found.append(f"Simulated, no evidence about real models: {', '.join(simulated)}.")
    if estimated := [s.name for s in systems if s.estimated]:
        found.append(f"Tokens, and costs from them, are estimated for: {', '.join(estimated)}.")
    for system in systems:
        found += _doubts(system)
    return found


def _unfinished(run: Run, systems: Sequence[SystemSummary]) -> list[str]:
    planned = run.items * run.samples
    return [
        f"{s.name}: {s.trials:,} of {planned:,} trials finished." for s in systems if planned and s.trials < planned
    ]


def _doubts(system: SystemSummary) -> list[str]:
    found, cost = [], system.cost
    if cost.unknown_calls:
        found.append(f"{system.name}: the price of {cost.unknown_calls:,} of {cost.calls:,} calls is unknown.")
    if system.ungraded:
        found.append(f"{system.name}: the grader failed on {system.ungraded:,} answers, which are left out of quality.")
    if cut := system.statuses.get("budget", 0):
        found.append(f"{system.name}: a budget ended {cut:,} of {system.trials:,} trials.")
    return found
