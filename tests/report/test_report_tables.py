"""The report's tables: nothing hidden, nothing invented, nothing executed."""

import io
import re
from decimal import Decimal

from rich.console import Console

from escalade.analysis.tally import Tally
from escalade.core.grade import Grade
from escalade.core.money import UNKNOWN, Money, Total
from escalade.core.structure import Part, Structure
from escalade.core.usage import Usage
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.report.table import render
from escalade.store.record import Record, Run, SystemFacts

SMALL, BIG = Structure("model", "small"), Structure("model", "big")
LADDER = Structure("cascade", "ladder", parts=(Part("worker", SMALL), Part("worker", BIG)))


def summary(*, unpriced=False, name="ladder", note="Made by hand."):
    systems = {model.name: SystemFacts(structure=model, simulated=True) for model in (SMALL, BIG)}
    systems[name] = SystemFacts(structure=LADDER)
    run = Run(id="abc", experiment="try", task="sums", items=30, reference="big", systems=systems, notes=[note])
    tally = Tally(run)
    for i in range(30):
        for system in systems:
            unknown = unpriced and system == name and i < 3
            cost = UNKNOWN if unknown else Money(Decimal("0.00123"), "config", estimated=system == "big")
            level = 1 + i % 2 if system == name else None
            calls = [
                Call(id="c", role=role, level=level, model="small", cost=cost, usage=Usage(1000, 100))
                for role in ("worker", "gate")
            ]
            right = i % 3 > 0 or system == "big"
            failed = system == "small" and i == 0
            tally.add(
                Record(
                    run="abc",
                    system=system,
                    item=f"q{i}",
                    status="failed" if failed else "answered",
                    error="timeout" if failed else "",
                    answer="c",
                    calls=calls,
                    seconds=1.5,
                    grade=None if failed else Grade(outcome="right" if right else "wrong", score=float(right)),
                    spans=[SpanFact(path="/worker", role="worker", name="x", level=level)],
                )
            )
    return tally.summary({"small": Total(Decimal("1.5"), 30)})


def drawn(found, **options):
    stream = io.StringIO()
    render(found, Console(file=stream, **options))
    return stream.getvalue()


def test_all_that_matters_is_there():
    """Figures, funnel, split, rivals, failures, notes, sentences and advice are shown."""
    shown = drawn(summary())
    for part in (
        "try on sums: 30 items, run abc",
        "SIMULATED: small, big\n",
        "small (simulated)",
        "big (simulated,",
        "66.7 [48.8, 80.8]",
        "96.7 %",
        "~$0.00246",
        "rung 2",
        "role gate",
        "best single model: big",
        "cost ratio",
        "small: 1 timeout (each counts as a loss)",
        "Made by hand.",
        "ladder is worse than big",
        "not in this run: no vote of the same models (ladder)",
        "$1.50",
        "Use model big alone",
    ):
        assert part in shown


def test_unknown_money_is_said_with_its_count():
    """Where prices are unknown, the counts stand where the money would."""
    shown = " ".join(drawn(summary(unpriced=True)).split())
    assert "unknown" in shown
    assert re.search(r"\(6 of 60", shown)
    assert "the cost of ladder is unknown" in shown


def test_a_pipe_of_eighty_columns_hides_nothing():
    """A pipe gets up to 100 columns without colours, and no figure is cut with an ellipsis."""
    console = Console(file=io.StringIO(), width=80)
    render(summary(), console)
    shown = console.file.getvalue()
    assert max(map(len, shown.splitlines())) <= 100
    assert "…" not in shown
    assert "\x1b" not in shown
    assert "not distinguishable" in shown or "worse" in shown
    assert console.width == 80


def test_a_narrow_terminal_folds():
    """A terminal of 60 columns keeps every digit, folded."""
    shown = drawn(summary(), width=60, force_terminal=True, color_system=None)
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 60


def test_names_and_notes_are_text_not_markup():
    """A system's name or a note with markup or escapes is printed as it is, without effect."""
    shown = drawn(summary(name="[red]x[/red]\x1b[2J", note="[link=http://x]go[/link]\x1b[31m"))
    assert "[red]x[/red]" in shown
    assert "[link=http://x]go[/link]" in shown
    assert "\x1b" not in shown


def test_a_run_without_trials_is_drawn():
    """Nothing finished yet is a report of absences, not an error."""
    systems = {name: SystemFacts(structure=Structure("model", name)) for name in "ab"}
    run = Run(id="r", experiment="e", task="t", items=3, reference="a", systems=systems)
    shown = drawn(Tally(run).summary({}, finished=False))
    assert "not finished" in shown
    assert "nan" not in shown.lower().replace("finance", "")
