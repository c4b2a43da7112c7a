"""Notes: what a reader must know before believing the figures, in plain sentences. They judge nothing."""

from collections.abc import Mapping, Sequence

from escalade.analysis.part_failures import worth_telling
from escalade.analysis.summary import SystemSummary
from escalade.store.record import Run

_ENOUGH = 5
"""Answers; that fewer are all wrong or unread is no wonder."""
_SOME = 0.05
"""The share of times from which on a part's failures, or a strategy's poor endings, are worth a note."""
_POOR = frozenset({"corrections", "steps", "unreadable"})
"""Endings without a decision; so are those that say that something failed."""
_FAR = 2
"""Times the cost of a vote of samples: where larger votes were asked for, they grow in smaller steps than this."""


def notes(
    run: Run, systems: Sequence[SystemSummary], measured_graders: Mapping[str, Sequence[str]], *, finished: bool
) -> list[str]:
    """The run's own notes, then those that its figures call for. `measured_graders` are systems by grader."""
    sentences = list(run.notes)
    if not finished:
        sentences.append(
            "The run is not finished: figures are over finished trials, comparisons over items that both did."
        )
    sentences += _unfinished(run, systems)
    if simulated := [s.name for s in systems if s.simulated]:
        sentences.append(f"Simulated, no evidence about real models: {', '.join(simulated)}.")
    if estimated := [s.name for s in systems if s.estimated]:
        sentences.append(f"Tokens, and costs from them, are estimated for: {', '.join(estimated)}.")
    for grader, measured in measured_graders.items():
        sentences.append(f"{grader} graded answers and works in {', '.join(measured)} too: models favour their own.")
    for system in systems:
        sentences += _doubts(system)
        sentences += _parts(system)
        sentences += _all_lost(system)
        sentences += _cheap_rivals(system)
    return sentences


def _unfinished(run: Run, systems: Sequence[SystemSummary]) -> list[str]:
    planned = run.items * run.samples
    return [
        f"{s.name}: {s.trials:,} of {planned:,} trials finished." for s in systems if planned and s.trials < planned
    ]


def _doubts(system: SystemSummary) -> list[str]:
    sentences, cost = [], system.cost
    if cost.unknown_calls:
        sentences.append(f"{system.name}: the price of {cost.unknown_calls:,} of {cost.calls:,} calls is unknown.")
    if system.trials and not system.coverage:
        sentences.append(f"{system.name}: none of its trials was answered; its figures say nothing of its answers.")
    if system.ungraded:
        lost = "1 answer, which is" if system.ungraded == 1 else f"{system.ungraded:,} answers, which are"
        sentences.append(f"{system.name}: the grader failed on {lost} left out of quality.")
    if cut := system.statuses.get("budget", 0):
        sentences.append(f"{system.name}: a budget ended {cut:,} of {system.trials:,} trials.")
    return sentences


def _parts(system: SystemSummary) -> list[str]:
    """What a strategy hid by going on: parts that failed or, where none did, answers that nothing decided on."""
    if failed := worth_telling(system.part_failures, _SOME):
        return [f"{system.name}: {part}." for part in failed]
    answers = sum(system.endings.values())
    return [
        f"{system.name}: {count:,} of {answers:,} answers ended with {ending!r}."
        for ending, count in system.endings.items()
        if (ending in _POOR or ending.endswith("failed")) and count > _SOME * answers
    ]


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
