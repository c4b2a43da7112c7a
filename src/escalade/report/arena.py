"""Boards of judged answers as terminal tables: the official figure and ours side by side, and what the judges did.

Every board says under which conditions its figures hold, and whether what is shown was simulated. Two boards with
different conditions are never one table.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalade.analysis.arena.board import Arena, Board
from escalade.analysis.arena.control import Controlled
from escalade.analysis.arena.share import Estimate
from escalade.analysis.arena.tallies import Look, Verdicts
from escalade.report import draw

if TYPE_CHECKING:
    from rich.console import Console

_SYSTEMS_ABREAST = 3


def render_arena(arena: Arena, console: "Console") -> None:
    """Draw all boards, and then who is kin to a judge."""
    with draw.full_width(console):
        for board in arena.boards:
            _heading(arena, board, console)
            _shares(board, console)
            _judges(board, console)
            _controlled(board, console)
            _verdicts(board, console)
            _looks(board, console)
        draw.lines("Of one family with a judge: judges favour their own", _kinships(arena), console)


def _heading(arena: Arena, board: Board, console: "Console") -> None:
    conditions = board.conditions
    judges = ", ".join(f"{name} ({made})" if made else f"{name} (prompt unknown)" for name, made in conditions.judges)
    console.print()
    draw.line(
        f"Arena {conditions.category or arena.task}: {board.questions:,} questions, {arena.source}", console, "bold"
    )
    draw.line(f"against {conditions.baseline}, judged by {judges}, scheme {_scheme(board)}", console)
    if arena.simulated:
        draw.line("SIMULATED, in part at least: the judge, the baseline or a contestant is no real model", console)


def _scheme(board: Board) -> str:
    s = board.scheme
    return s.name if s.name != "own" else f"better {s.better:g}, much better {s.much_better:g} weighing {s.weight:g}"


def _shares(board: Board, console: "Console") -> None:
    gaps = any(s.baseline_failures or s.unanswered for s in board.standings)
    rows = [
        (
            s.system,
            estimate(s.ours),
            estimate(s.official),
            f"{s.questions:,}",
            f"{s.failures:,}",
            f"{s.unjudged:,}",
            *((f"{s.baseline_failures:,}", f"{s.unanswered:,}") if gaps else ()),
        )
        for s in board.standings
    ]
    heads = ("system", "% won [95 %, by question]", "official [90 %, by game]", "questions", "no answer", "unjudged")
    more = ("baseline without answer", "neither answered") if gaps else ()
    draw.table("Share of games won against the baseline", (*heads, *more), rows, console)
    if gaps:
        draw.line(
            "Where one side alone gave no answer the other won both games by much, in our figure only; where neither "
            "did, the question is in no figure.",
            console,
        )


def _judges(board: Board, console: "Console") -> None:
    names = [name for name, _ in board.conditions.judges]
    if len(names) > 1:
        rows = [(s.system, *(estimate(s.by_judge[name]) for name in names)) for s in board.standings]
        draw.table("By judge, % won [95 %]", ("system", *names), rows, console)
    sentences = []
    if board.places.consistent is not None and board.places.first_slot is not None:
        sentences.append(
            f"In {100 * board.places.consistent:.1f} % of pairs both orders name the same winner, or none; the answer"
            f" shown first wins {100 * board.places.first_slot:.1f} % of {board.places.games:,} games, a tie counting"
            " half."
        )
    if len(names) > 1:
        alpha = "cannot be computed" if board.alpha is None else f"is {board.alpha:.2f}"
        sentences.append(f"Agreement of the judges, Krippendorff's alpha (ordinal), {alpha}.")
    draw.lines("The judge" if len(names) == 1 else "The judges", sentences, console)


def _controlled(board: Board, console: "Console") -> None:
    sound = [each for each in board.controlled if not each.trouble]
    systems = [s.system for s in board.standings]
    for start in range(0, len(sound), _SYSTEMS_ABREAST):
        abreast = sound[start : start + _SYSTEMS_ABREAST]
        rows = [(name, *(estimate(each.ours.get(name)) for each in abreast)) for name in systems]
        draw.table(
            "Style-controlled % won [95 %, by question]",
            ("system", *(_named(each) for each in abreast)),
            rows,
            console,
        )
        rows = [(name, *(estimate(each.official.get(name)) for each in abreast)) for name in systems]
        draw.table("The same, official [90 %, by game]", ("system", *(_named(each) for each in abreast)), rows, console)
    notes = [f"{_named(each)}: {_coefficients(each)}" for each in sound]
    notes += [f"{_named(each)}: no figures, since {each.trouble}" for each in board.controlled if each.trouble]
    if sound:
        notes.append(f"These figures depend on the pool: {', '.join(sorted(systems))}.")
    draw.lines("What the judges like, per standard deviation of the pool (log-odds)", notes, console)


def _named(controlled: Controlled) -> str:
    return " + ".join(controlled.features)


def _coefficients(controlled: Controlled) -> str:
    return ", ".join(f"{name} {value:+.2f}" for name, value in controlled.coefficients.items())


def _verdicts(board: Board, console: "Console") -> None:
    heads = ("system", "shown", "much better", "better", "tie", "worse", "much worse", "unjudged")
    rows = [
        (s.system, place, *_counts(verdicts))
        for s in board.standings
        for place, verdicts in (("first", s.shown_first), ("second", s.shown_second))
    ]
    draw.table("Verdicts on the contestant", heads, rows, console, words=2)
    places = [
        (s.system, _percent(s.places.consistent), _percent(s.places.first_slot))
        for s in board.standings
        if s.places.games
    ]
    draw.table("Orders", ("system", "same winner in both orders", "first shown wins (ties half)"), places, console)


def _counts(v: Verdicts) -> Sequence[str]:
    counts = (v.much_better, v.better, v.tie, v.worse, v.much_worse, v.unjudged)
    return [f"{count:,}" for count in counts]


def _looks(board: Board, console: "Console") -> None:
    rows = [_look(s.system, s.look) for s in board.standings if s.look]
    if board.baseline_look:
        rows.append(_look(f"{board.conditions.baseline} (baseline)", board.baseline_look))
    heads = ("answers of", "tokens", "headings", "list items", "bold", "answers")
    draw.table("Length and style, means over answers", heads, rows, console)


def _look(name: str, look: Look) -> Sequence[str]:
    tokens = f"{'~' if look.estimated else ''}{look.tokens:,.0f}"
    return (name, tokens, f"{look.headers:.1f}", f"{look.lists:.1f}", f"{look.bold:.1f}", f"{look.answers:,}")


def _kinships(arena: Arena) -> list[str]:
    return [
        f"{k.system}{' (baseline)' if k.is_baseline else ''}: {k.model} and the judge {k.judge} are both of {k.family}"
        + (", which may put every contestant too low" if k.is_baseline else "")
        for k in arena.kinships
    ]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def estimate(score: Estimate | None) -> str:
    """Per cent, with the interval where there is one."""
    if score is None or score.value is None:
        return "-"
    bounds = "" if score.low is None or score.high is None else f" [{100 * score.low:.1f}, {100 * score.high:.1f}]"
    return f"{100 * score.value:.1f}{bounds}"
