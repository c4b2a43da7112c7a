"""A comparison as terminal tables: who was compared, score and cost of each pair, then groups, sentences last."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalade.analysis.comparison.compared import Compared
from escalade.analysis.comparison.costs import CostComparison
from escalade.analysis.comparison.duel import Duel, Group
from escalade.analysis.sentence import p_value
from escalade.analysis.summary import Comparison, Quality
from escalade.report import cells, draw
from escalade.report.money import money

if TYPE_CHECKING:
    from rich.console import Console


def render_comparison(compared: Compared, console: "Console") -> None:
    """Draw all of it, 100 columns wide also where a pipe claims fewer."""
    with draw.full_width(console):
        if simulated := cells.simulated(compared.entries):
            draw.line(f"SIMULATED: {simulated}", console)
        draw.lines("COMPARED ALL THE SAME, though", [each.sentence for each in compared.differences], console)
        _entries(compared, console)
        _scores(compared.duels, console)
        _costs(compared.duels, console)
        for duel in compared.duels:
            for label, groups in duel.by_label.items():
                _groups(duel, label, groups, console)
        draw.lines("Notes", compared.notes, console)
        draw.lines("In words", [" ".join(told) for told in compared.sentences], console)


def _entries(compared: Compared, console: "Console") -> None:
    rows = [
        (
            f"{e.name} (simulated)" if e.simulated else e.name,
            e.task,
            cells.quality(e.quality),
            f"{e.trials:,}",
            f"{sum(e.failures.values()):,}",
            f"{e.unparsed:,}",
        )
        for e in compared.entries
    ]
    heads = ("system", "task", f"{compared.entries[0].metric} % [95 %]", "trials", "failed", "unparsed")
    draw.table("Compared", heads, rows, console, words=2)


def _scores(duels: Sequence[Duel], console: "Console") -> None:
    rows = [
        (
            f"{d.first} less {d.second}",
            cells.difference(d.score),
            f"{d.score.n:,}" if d.score else "0",
            f"{d.wins.only_first:,} / {d.wins.only_second:,}" if d.wins else "-",
            _p(d.score),
            cells.verdict(d.score) if d.score else "-",
        )
        for d in duels
    ]
    heads = ("score", "points [95 %]", "items", "only one right", "p (Holm)", "verdict")
    draw.table("Score, paired by item and sample; a failure is a loss", heads, rows, console)


def _costs(duels: Sequence[Duel], console: "Console") -> None:
    rows = [(f"{d.first} less {d.second}", *_cost_cells(d, d.cost)) for d in duels]
    heads = ("cost", "per question [95 %]", "ratio [95 %]", "p (Holm)", "verdict")
    draw.table("Cost, over the same trials", heads, rows, console)


def _cost_cells(duel: Duel, cost: CostComparison | None) -> Sequence[str]:
    if cost is None:
        return f"unknown ({duel.unpriced:,} of {duel.trials:,} pairs)", "unknown", "-", "-"
    between = "" if cost.low is None or cost.high is None else f" [{money(cost.low)}, {money(cost.high)}]"
    ratio = "-" if cost.ratio is None else f"{cost.ratio:.3g}"
    if cost.ratio_low is not None and cost.ratio_high is not None:
        ratio += f" [{cost.ratio_low:.3g}, {cost.ratio_high:.3g}]"
    p = "-" if cost.p_holm is None else p_value(cost.p_holm).removeprefix("= ")
    return f"{money(cost.difference)}{between}", ratio, p, cost.verdict.replace("_", " ")


def _groups(duel: Duel, label: str, groups: Sequence[Group], console: "Console") -> None:
    rows = [
        (
            group.value or "(none)",
            f"{group.score.n:,}",
            _mean(group.first),
            _mean(group.second),
            cells.difference(group.score),
            _p(group.score),
            cells.verdict(group.score),
        )
        for group in groups
    ]
    heads = (label, "items", "first %", "second %", "points [95 %]", "p (Holm)", "verdict")
    draw.table(f"{duel.first} less {duel.second}, by {label}", heads, rows, console)


def _mean(quality: Quality) -> str:
    return "-" if quality.mean is None else f"{100 * quality.mean:.1f}"


def _p(score: Comparison | None) -> str:
    return "-" if score is None or score.p_holm is None else p_value(score.p_holm).removeprefix("= ")
