"""The report of a search as terminal tables: every structure, the path, the optimism, what heads did, the sentence."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from escalade.analysis.sentence import points
from escalade.analysis.summary import Comparison
from escalade.report import cells, draw
from escalade.report.behaviours import behaviours
from escalade.report.money import money
from escalade.search.division import PartName
from escalade.search.path import Gain
from escalade.search.result import Scored, Searched, Structured

if TYPE_CHECKING:
    from rich.console import Console


def render_search(found: Searched, console: "Console") -> None:
    """Draw all of it on `console`."""
    with draw.full_width(console):
        _heading(found, console)
        _structures(found, console)
        _races(found, console)
        _held_out(found, console)
        _optimism(found, console)
        behaviours(((row.name, row.behaviours) for row in found.structures), console)
        draw.lines("Notes", _charged(found), console)
        draw.lines("In words", _words(found), console)
        draw.with_command(_runs(found), console, indent=2)


def _heading(found: Searched, console: "Console") -> None:
    draw.line(f"search {found.search} on {found.task}, seed {found.seed}", console)
    for name in found.parts.values():
        draw.line(f"  {name}", console)
    if found.left_out:
        draw.line(f"  {found.left_out} items are in no part: another part has the same words", console)
    if any(row.kind == "stack" for row in found.structures):
        draw.line(f"  head of all agents: {_head(found)}", console)
    if found.simulated:
        draw.line("SIMULATED: no real model answered", console)


def _head(found: Searched) -> str:
    if found.plan.head:
        return f"{found.head}, as asked for"
    return f"{found.head}, {'the best model of the warm-up' if found.champion else 'the first of the structure'}"


def _structures(found: Searched, console: "Console") -> None:
    rows = [
        (
            row.name,
            row.stage,
            _fate(row, found),
            _score(row.parts.get("train")),
            _score(row.parts.get("selection")),
            _cost(row),
        )
        for row in found.structures
    ]
    heads = ("structure", "stage", "what became of it", "train % (n)", "selection % (n)", "per question")
    draw.table(f"Every structure that was evaluated: {found.metric} and cost", heads, rows, console, words=3)


def _score(scored: Scored | None) -> str:
    if scored is None or scored.quality.mean is None:
        return "-"
    return f"{100 * scored.quality.mean:.1f} ({scored.quality.n:,})"


def _cost(row: Structured) -> str:
    """USD per question where most is known of it: on the first part that it was asked."""
    first = next(iter(row.parts.values()), None)
    return "-" if first is None else money(first.cost_per_item)


def _fate(row: Structured, found: Searched) -> str:
    if row.name == found.winner:
        return "WINNER"
    if row.dropped:
        return row.dropped
    return "finalist" if row.name in found.finalists else "no finalist"


def _races(found: Searched, console: "Console") -> None:
    rows = [
        (heat.stage, f"{heat.items:,}", f"{len(heat.entered):,}", f"{len(heat.entered) - len(heat.dropped):,}")
        for heat in found.heats
    ]
    draw.table("Races: items asked so far, structures in the heat, and left after it", ("stage", "items", "in", "left"),
               rows, console)  # fmt: skip
    said = [f"{gain.stage} over {gain.over}: {_gained(gain)}" for gain in found.gains]
    draw.lines("Layers", [*said, *([f"Stopped: {found.ended}."] if found.ended else [])], console)


def _gained(gain: Gain) -> str:
    if gain.versus is None:
        return "none of its structures was left"
    significant = "a significant gain" if gain.significant else "no significant gain"
    return f"{cells.difference(gain.versus)} points, {significant}"


def _held_out(found: Searched, console: "Console") -> None:
    asked = _on_part(found, "test") | found.compared
    rows = [
        (name, cells.quality(scored.quality), money(scored.cost_per_item), *_less(name, found.held_out, found))
        for name, scored in asked.items()
    ]
    less = f"less {found.best_model}, points"
    heads = ("structure", f"{found.metric} % [95 %]", "per question", less, "verdict")
    draw.table(f"Held out: {found.parts['test']}", heads, rows, console)
    if found.held_out_merit:
        weighed = [
            (name, _hundredths(scored.merit), *_less(name, found.held_out_merit, found))
            for name, scored in asked.items()
        ]
        title = f"By merit, the score less the cost, with a right answer worth ${found.plan.worth_usd:g}"
        draw.table(title, ("structure", "merit %", less, "verdict"), weighed, console)


def _hundredths(merit: float | None) -> str:
    return "-" if merit is None else f"{100 * merit:.1f}"


def _less(name: str, held_out: Mapping[str, Comparison], found: Searched) -> tuple[str, str]:
    """The difference to the best model and the verdict."""
    versus = held_out.get(name)
    if versus is None:
        return "", "the best model alone" if name == found.best_model else ""
    return cells.difference(versus), cells.verdict(versus)


def _on_part(found: Searched, part: PartName) -> dict[str, Scored]:
    """What was asked the items of a part, by name."""
    return {row.name: row.parts[part] for row in found.structures if part in row.parts}


def _charged(found: Searched) -> list[str]:
    """Where merit had to suppose a cost."""
    if found.plan.worth_usd is None:
        return []
    return [
        f"{name}: the cost of {scored.unpriced:,} of {scored.quality.n:,} {part} items is unknown; merit charges each "
        "like its dearest one."
        for part in found.parts
        for name, scored in (_on_part(found, part) | (found.compared if part == "test" else {})).items()
        if scored.unpriced
    ]


def _optimism(found: Searched, console: "Console") -> None:
    rows = [
        (one.structure, one.chosen, f"{one.earlier} less {one.later}", _points(one.difference, one.low, one.high))
        for one in found.optimism
    ]
    heads = ("structure", "chosen as", "scores compared", "points [95 %]")
    draw.table("Optimism: how much better it looked where it was chosen", heads, rows, console, words=3)


def _points(difference: float, low: float | None, high: float | None) -> str:
    between = "" if low is None or high is None else f" [{points(low)}, {points(high)}]"
    return f"{points(difference)}{between}"


def _words(found: Searched) -> list[str]:
    spent = f"The search paid {money(found.paid)} in {found.paid.calls:,} calls, those on held-out items included."
    return [text for text in (found.advice, spent) if text]


def _runs(found: Searched) -> str:
    return f"`escalade show {found.runs[-1]}` prints the held-out run in full; its rounds are {len(found.runs)} runs."
