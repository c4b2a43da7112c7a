"""Notes: what a reader must know before believing the figures, in plain sentences. They judge nothing."""

from collections.abc import Mapping, Sequence

from escalade.analysis.summary import SystemSummary
from escalade.store.record import Run

_ENOUGH = 5
"""Answers; that fewer are all wrong or unread is no wonder."""
_FAR = 2
"""Times the cost of a vote of samples: where larger votes were asked for, they grow in smaller steps than this."""


def notes(
    run: Run, systems: Sequence[SystemSummary], measured_graders: Mapping[str, Sequence[str]], *, finished: bool
) -> list[str]:
    """The run's own notes, then those that its figures call for. `measured_graders` are systems by grader."""
    found = list(run.notes)
    if not finished:
        found.append("The run is not finished: figures are over finished trials, comparisons over items that both did.")
    found += _unfinished(run, systems)
    if simulated := [s.name for s in systems if s.simulated]:
        found.append(f"Simulated, no evidence about real models: {', '.join(simulated)}.")
    if estimated := [s.name for s in systems if s.estimated]:
        found.append(f"Tokens, and costs from them, are estimated for: {', '.join(estimated)}.")
    for grader, measured in measured_graders.items():
        found.append(f"{grader} graded answers and works in {', '.join(measured)} too: models favour their own.")
    for system in systems:
        found += _doubts(system)
        found += _all_lost(system)
        found += _cheap_rivals(system)
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
    if system.trials and not system.coverage:
        found.append(f"{system.name}: none of its trials was answered; its figures say nothing of its answers.")
    if system.ungraded:
        lost = "1 answer, which is" if system.ungraded == 1 else f"{system.ungraded:,} answers, which are"
        found.append(f"{system.name}: the grader failed on {lost} left out of quality.")
    if cut := system.statuses.get("budget", 0):
        found.append(f"{system.name}: a budget ended {cut:,} of {system.trials:,} trials.")
    return found


def _all_lost(system: SystemSummary) -> list[str]:
    """Where no answer at all is right, the grading may be to blame."""
    answers = round(system.trials * (system.coverage or 0)) - system.ungraded
    if answers < _ENOUGH or system.quality.mean:
        return []
    lost = "none could be read" if system.unparsed == answers else "not one is right"
    advice = "Look at some before you believe it: the grading may read another form of answer than the task asks for."
    return [f"{system.name}: of {answers:,} graded answers {lost}. {advice}"]


def _cheap_rivals(system: SystemSummary) -> list[str]:
    """Where self-consistency is compared at a fraction of the system's cost."""
    ratios = {
        rival.system: rival.versus.cost_ratio
        for rival in system.rivals
        if rival.kind == "self_consistency" and rival.versus is not None
    }
    return [
        f"{system.name} costs {ratio:.3g} times as much as {rival}, the largest vote of samples in this run that costs "
        "no more: at equal cost it would stand beside a larger one."
        for rival, ratio in ratios.items()
        if ratio is not None and ratio > _FAR
    ]
