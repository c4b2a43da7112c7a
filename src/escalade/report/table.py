"""The report of a run as terminal tables, at most 100 columns wide, the plain sentences last.

Everything shown is in the Summary; nothing is computed here but percentages. Names and notes are printed as text, never
as markup, and long ones are folded rather than cut: no figure is ever hidden for want of room.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalade.analysis.sentence import p_value
from escalade.analysis.summary import Rival, Summary, SystemSummary
from escalade.report import cells, draw
from escalade.report.behaviours import behaviours
from escalade.report.by_label import by_label
from escalade.report.money import money, share_of
from escalade.report.names import RIVALS

if TYPE_CHECKING:
    from rich.console import Console


def render(summary: Summary, console: "Console") -> None:
    """Draw the whole report on `console`, 100 columns wide also where a pipe claims fewer."""
    systems = summary.systems
    with draw.full_width(console):
        _heading(summary, console)
        _quality_and_cost(summary, console)
        _against_reference(summary, console)
        _graders(systems, console)
        by_label(systems, summary.task.metric, console)
        _funnels(systems, console)
        _decisions(systems, console)
        _revisions(systems, console)
        behaviours(((s.name, s.behaviours) for s in systems), console)
        _work(systems, console)
        _parts(systems, console)
        _rivals(systems, console)
        draw.lines("Failures", [text for s in systems if (text := _failures(s))], console)
        draw.lines("Notes", summary.notes, console)
        draw.lines("In words", [text for text in (*(s.sentence for s in systems), summary.advice) if text], console)


def _heading(summary: Summary, console: "Console") -> None:
    run = summary.run
    state = "" if run.finished else ", not finished"
    samples = "" if run.samples == 1 else f" x {run.samples} samples"
    draw.line(
        f"{run.experiment} on {summary.task.name}: {summary.items:,} items{samples}, run {run.id}{state}", console
    )
    if simulated := cells.simulated(summary.systems):
        draw.line(f"SIMULATED: {simulated}", console)


def _quality_and_cost(summary: Summary, console: "Console") -> None:
    heads = ("system", f"{summary.task.metric} %", "coverage", "per question", "per correct", "s p50", "s p95")
    rows = [
        (
            cells.name(s),
            cells.quality(s.quality),
            "-" if s.coverage is None else f"{100 * s.coverage:.1f} %",
            share_of(s.cost, s.cost.per_item),
            "unknown" if s.cost.unknown_calls else share_of(s.cost, s.cost.per_correct),
            "-" if s.latency_s is None else f"{s.latency_s.p50:.2f}",
            "-" if s.latency_s is None else f"{s.latency_s.p95:.2f}",
        )
        for s in summary.systems
    ]
    draw.table("Quality [95 % interval] and cost", heads, rows, console)


def _against_reference(summary: Summary, console: "Console") -> None:
    rows = [
        (
            s.name,
            cells.difference(s.versus_reference),
            f"{s.versus_reference.n:,}",
            "-" if s.versus_reference.p_holm is None else p_value(s.versus_reference.p_holm).removeprefix("= "),
            cells.ratio(s.versus_reference),
            cells.verdict(s.versus_reference),
        )
        for s in summary.systems
        if s.versus_reference
    ]
    heads = ("system", "points [95 %]", "n", "p (Holm)", "cost ratio [95 %]", "verdict")
    draw.table(f"Against {summary.reference}", heads, rows, console)


def _graders(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = [
        (s.name, grader, cells.quality(found), f"{found.n:,}") for s in systems for grader, found in s.others.items()
    ]
    draw.table("By further graders", ("system", "grader", "% [95 %]", "n"), rows, console)


def _funnels(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = [
        (
            s.name,
            str(level.level),
            f"{level.reached:,}",
            f"{level.stopped:,}",
            f"{100 * level.stopped / s.trials:.1f} %",
        )
        for s in systems
        for level in s.funnel
    ]
    draw.table("Funnel", ("system", "rung", "reached", "stopped", "of all"), rows, console)


def _decisions(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = [
        (
            s.name,
            f"{s.gate.accepted:,} of {s.gate.judged:,}",
            f"{s.gate.false_accepts:,} of {s.gate.compared:,}",
            f"{s.gate.false_rejects:,} of {s.gate.compared:,}",
            f"{s.flips.to_right:,} / {s.flips.to_wrong:,}",
            f"{s.flips.lost:,} of {s.flips.compared:,}",
        )
        for s in systems
        if s.gate.judged or any((s.flips.to_right, s.flips.to_wrong, s.flips.lost))
    ]
    heads = ("system", "accepted", "wrongly so", "wrongly rejected", "mended / spoilt", "right answer lost")
    draw.table("What the gates decided, and what became of first answers", heads, rows, console)


def _revisions(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = [
        (s.name, f"{s.flips.revised:,}", f"{s.flips.revised_to_right:,}", f"{s.flips.revised_to_wrong:,}")
        for s in systems
        if s.flips.revised
    ]
    heads = ("system", "answers revised", "wrong to right", "right to wrong")
    draw.table("What members of debates changed", heads, rows, console)


def _work(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = [
        (
            s.name,
            f"{s.cost.calls:,}",
            cells.tokens(s, s.tokens.input),
            cells.tokens(s, s.tokens.output),
            share_of(s.cost, s.cost.total),
            "-" if s.paid is None else money(s.paid),
            money(s.grading) if s.grading.calls else "-",
        )
        for s in systems
    ]
    heads = ("system", "calls", "tokens in", "tokens out", "cost", "paid", "grading")
    draw.table("Work: what it is worth, what this run paid, and what grading cost apart", heads, rows, console)


def _parts(systems: Sequence[SystemSummary], console: "Console") -> None:
    rows = []
    for s in systems:
        splits = [
            [(f"role {role}", spent) for role, spent in s.cost.by_role.items()],
            [(f"rung {level.level}" if level.level else "no rung", level.spent) for level in s.cost.by_level],
            [(f"model {model}", spent) for model, spent in s.cost.by_model.items()],
        ]
        for part, spent in (part for split in splits if len(split) > 1 for part in split):
            whole = s.cost.total
            share = f"{100 * spent.usd / whole:.1f} %" if spent.usd is not None and whole else "-"
            rows.append((s.name, part, f"{spent.calls:,}", money(spent), share))
    draw.table("Where the cost went", ("system", "part", "calls", "cost", "share"), rows, console, words=2)


def _rivals(systems: Sequence[SystemSummary], console: "Console") -> None:
    heads = ("system", "rival", "%", "cost ratio", "points [95 %]", "system is")
    rows = [_rival(s.name, rival) for s in systems for rival in s.rivals if not rival.reason]
    draw.table("Against rivals: what could have been asked instead", heads, rows, console, words=2)
    missing: dict[str, list[str]] = {}
    for s in systems:
        for rival in s.rivals:
            if rival.reason:
                missing.setdefault(f"{RIVALS[rival.kind]}: {rival.reason}", []).append(s.name)
    draw.lines("Rivals without figures", [f"{text} ({', '.join(names)})" for text, names in missing.items()], console)


def _rival(system: str, rival: Rival) -> Sequence[str]:
    what, versus = RIVALS[rival.kind], rival.versus
    odds = [f"{100 * share:.0f} % {name}" if len(rival.mixture) > 1 else name for name, share in rival.mixture.items()]
    if rival.system or odds:
        what += f": {rival.system or ', '.join(odds)}"
    quality = "-" if rival.quality is None else f"{100 * rival.quality:.1f}"
    ratio = f"{versus.cost_ratio:.3g}" if versus and versus.cost_ratio is not None else "unknown"
    verdict = cells.verdict(versus) if versus else ""
    return system, what, quality, "-" if rival.kind == "oracle" else ratio, cells.difference(versus), verdict


def _failures(s: SystemSummary) -> str:
    counts = [f"{count:,} {code}" for code, count in s.failures.items()]
    if s.unparsed:
        counts.append(f"{s.unparsed:,} ({100 * s.unparsed / s.trials:.1f} %) without a readable answer")
    return f"{s.name}: {', '.join(counts)} (each counts as a loss)" if counts else ""
