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
from escalade.search.result import PartScore, Searched, Structured

if TYPE_CHECKING:
    from rich.console import Console


def render_search(searched: Searched, console: "Console") -> None:
    """Draw all of it on `console`."""
    with draw.full_width(console):
        _heading(searched, console)
        _structures(searched, console)
        _races(searched, console)
        _held_out(searched, console)
        _optimism(searched, console)
        behaviours(((row.name, row.behaviours) for row in searched.structures), console)
        draw.lines("Notes", _charged(searched), console)
        draw.lines("In words", _words(searched), console)
        draw.with_command(_runs(searched), console, indent=2)


def _heading(searched: Searched, console: "Console") -> None:
    draw.line(f"search {searched.search} on {searched.task}, seed {searched.seed}", console)
    for name in searched.parts.values():
        draw.line(f"  {name}", console)
    if searched.left_out:
        draw.line(f"  {searched.left_out} items are in no part: another part has the same words", console)
    if any(row.kind == "stack" for row in searched.structures):
        draw.line(f"  head of all agents: {_head(searched)}", console)
    if searched.unfinished:
        draw.line(f"UNFINISHED: these are the rounds before {searched.unfinished}; there is no winner yet", console)
    if searched.simulated:
        draw.line("SIMULATED: no real model answered", console)


def _head(searched: Searched) -> str:
    if searched.plan.head:
        return f"{searched.head}, as asked for"
    given = any(row.stage == "given" for row in searched.structures)
    return f"{searched.head}, {'the first of the structure' if given else 'the best model of the warm-up'}"


def _structures(searched: Searched, console: "Console") -> None:
    rows = [
        (
            row.name,
            row.stage,
            _fate(row, searched),
            _score(row.parts.get("train")),
            _score(row.parts.get("selection")),
            _cost_shown(row),
        )
        for row in searched.structures
    ]
    heads = ("structure", "stage", "what became of it", "train % (n)", "selection % (n)", "per question")
    draw.table(f"Every structure that was evaluated: {searched.metric} and cost", heads, rows, console, words=3)


def _score(scored: PartScore | None) -> str:
    if scored is None or scored.quality.mean is None:
        return "-"
    return f"{100 * scored.quality.mean:.1f} ({scored.quality.n:,})"


def _cost_shown(row: Structured) -> str:
    """USD per question where most is known of it: on the first part that it was asked."""
    first = next(iter(row.parts.values()), None)
    return "-" if first is None else money(first.cost_per_item)


def _fate(row: Structured, searched: Searched) -> str:
    if row.name == searched.winner:
        return "WINNER"
    if row.dropped:
        return row.dropped
    if searched.unfinished and not searched.finalists:
        return "not decided yet"
    return "finalist" if row.name in searched.finalists else "no finalist"


def _races(searched: Searched, console: "Console") -> None:
    rows = [
        (heat.stage, f"{heat.items:,}", f"{len(heat.entered):,}", f"{len(heat.entered) - len(heat.dropped):,}")
        for heat in searched.heats
    ]
    draw.table("Races: items asked so far, structures in the heat, and left after it", ("stage", "items", "in", "left"),
               rows, console)  # fmt: skip
    sentences = [f"{gain.stage} over {gain.over}: {_gained(gain)}" for gain in searched.gains]
    draw.lines("Layers", [*sentences, *([f"Stopped: {searched.ended}."] if searched.ended else [])], console)


def _gained(gain: Gain) -> str:
    if gain.versus is None:
        return "none of its structures was left"
    significant = "a significant gain" if gain.significant else "no significant gain"
    return f"{cells.difference(gain.versus)} points, {significant}"


def _held_out(searched: Searched, console: "Console") -> None:
    asked = _on_part(searched, "test") | searched.compared
    rows = [
        (name, cells.quality(scored.quality), money(scored.cost_per_item), *_less(name, searched.held_out, searched))
        for name, scored in asked.items()
    ]
    less = f"less {searched.best_model}, points"
    heads = ("structure", f"{searched.metric} % [95 %]", "per question", less, "verdict")
    counts = sorted({scored.quality.n for scored in asked.values()})
    n = f"n = {' to '.join(f'{count:,}' for count in dict.fromkeys((*counts[:1], *counts[-1:])))}"
    draw.table(f"Held out: {searched.parts['test']}, {n}", heads, rows, console)
    if searched.held_out_merit:
        weighed = [
            (name, _hundredths(scored.merit), *_less(name, searched.held_out_merit, searched))
            for name, scored in asked.items()
        ]
        title = f"By merit, the score less the cost, with a right answer worth ${searched.plan.worth_usd:g} ({n})"
        draw.table(title, ("structure", "merit %", less, "verdict"), weighed, console)


def _hundredths(merit: float | None) -> str:
    return "-" if merit is None else f"{100 * merit:.1f}"


def _less(name: str, held_out: Mapping[str, Comparison], searched: Searched) -> tuple[str, str]:
    """The difference to the best model and the verdict."""
    versus = held_out.get(name)
    if versus is None:
        return "", "the best model alone" if name == searched.best_model else ""
    return cells.difference(versus), cells.verdict(versus)


def _on_part(searched: Searched, part: PartName) -> dict[str, PartScore]:
    """What was asked the items of a part, by name."""
    return {row.name: row.parts[part] for row in searched.structures if part in row.parts}


def _charged(searched: Searched) -> list[str]:
    """Where merit had to suppose a cost."""
    if searched.plan.worth_usd is None:
        return []
    return [
        f"{name}: the cost of {scored.unpriced:,} of {scored.quality.n:,} {part} items is unknown; merit charges each "
        "like its dearest one."
        for part in searched.parts
        for name, scored in (_on_part(searched, part) | (searched.compared if part == "test" else {})).items()
        if scored.unpriced
    ]


def _optimism(searched: Searched, console: "Console") -> None:
    rows = [
        (one.structure, one.chosen, f"{one.earlier} less {one.later}", _points(one.difference, one.low, one.high))
        for one in searched.optimism
    ]
    heads = ("structure", "chosen as", "scores compared", "points [95 %]")
    draw.table("Optimism: how much better it looked where it was chosen", heads, rows, console, words=3)


def _points(difference: float, low: float | None, high: float | None) -> str:
    between = "" if low is None or high is None else f" [{points(low)}, {points(high)}]"
    return f"{points(difference)}{between}"


def _words(searched: Searched) -> list[str]:
    when = " so far" if searched.unfinished else ", those on held-out items included"
    spent = f"The search paid {money(searched.paid)} in {searched.paid.calls:,} calls{when}."
    return [text for text in (searched.advice, spent) if text]


def _runs(searched: Searched) -> str:
    runs = searched.runs
    if searched.unfinished:
        return f"`escalade show {searched.unfinished}` prints the unfinished round; {len(runs)} were finished before."
    return f"`escalade show {runs[-1]}` prints the held-out run in full; its rounds are {len(runs)} runs."
