"""Quality by label as tables."""

import io

from rich.console import Console

from escalade.analysis.tally import Tally
from escalade.core.grade import Grade
from escalade.core.structure import Structure
from escalade.report.table import render
from escalade.store.record import Record, Run, SystemFacts


def drawn(systems, labels_of, items=12, unread=0):
    facts = {name: SystemFacts(structure=Structure("model", name)) for name in systems}
    run = Run(id="r", experiment="e", task="t", items=items, reference=systems[0], systems=facts)
    tally = Tally(run)
    for system in systems:
        for n in range(items):
            right = n % 4 > 0
            grade = Grade(outcome="right" if right else "no_answer" if n < unread else "wrong", score=float(right))
            tally.add(
                Record(
                    run="r",
                    system=system,
                    item=f"q{n}",
                    status="answered",
                    answer="c",
                    labels=labels_of(n),
                    grade=grade,
                )
            )
    console = Console(file=io.StringIO(), width=80)
    render(tally.summary({}), console)
    return console.file.getvalue()


def test_each_label_has_a_table_with_counts_and_intervals():
    """A row for each value, its number of items, mean and interval."""
    shown = drawn(["a", "b"], lambda n: {"level": str(1 + n % 2), "subject": "algebra" if n < 6 else "sets"})
    assert "accuracy % by level [95 % interval]" in shown
    assert "accuracy % by subject [95 % interval]" in shown
    row = next(line.split() for line in shown.splitlines() if line.split()[:1] == ["algebra"])
    assert row[1:4] == ["6", "66.7", "[30.0,"]


def test_a_run_without_groups_has_no_such_table():
    """Neither without labels nor where all items have the same one."""
    assert " by " not in drawn(["a"], lambda _: {}).partition("Notes")[0]
    assert "by subject" not in drawn(["a"], lambda _: {"subject": "algebra"})


def test_the_share_of_unread_answers_is_told():
    """Where there are any: they are losses that say more of the reading than of the model."""
    assert "readable" not in drawn(["a"], lambda _: {})
    assert "a: 2 (16.7 %) without a readable answer" in drawn(["a"], lambda _: {}, unread=5)


def test_many_systems_stay_within_a_hundred_columns():
    """They stand three abreast, each with its interval whole."""
    systems = [f"system number {n}" for n in range(7)]
    shown = drawn(systems, lambda n: {"level": str(n % 3)})
    assert shown.count("by level") == 3
    assert max(map(len, shown.splitlines())) <= 100
    assert "…" not in shown


def test_a_label_s_value_is_text_not_markup():
    """A value out of a data file cannot draw."""
    shown = drawn(["a"], lambda n: {"subject": "[red]x\x1b[2J" if n % 2 else ""})
    assert "[red]x" in shown
    assert "(none)" in shown
    assert "\x1b" not in shown
