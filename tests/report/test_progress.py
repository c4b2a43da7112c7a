"""Progress: live on a terminal, plain lines elsewhere, silent when quiet."""

import io
from decimal import Decimal

from escalade.core.money import NOTHING, UNKNOWN, Money
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.call import Call
from escalade.ledger.limits import Counted
from escalade.ledger.span import SpanFact
from escalade.report.progress import Progress
from escalade.store.record import Record


class Terminal(io.StringIO):
    def isatty(self):
        return True


def finished(status="answered"):
    return Record(run="r", system="s", item="q", status=status)


def paid(money):
    return Call(id="c", model="m", paid=money)


def test_plain_lines_come_now_and_then():
    """A stream that is no terminal gets a line for every tenth of the trials and one at the end."""
    stream = io.StringIO()
    with Progress(stream=stream) as progress:
        progress.begin(40, 0)
        for _ in range(40):
            progress.trial(finished())
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("4 of 40 trials")
    assert lines[-1].startswith("40 of 40 trials, ")
    assert lines[-1].endswith("$0 paid")
    assert "\x1b" not in stream.getvalue()


def test_a_slow_run_is_heard_of():
    """After half a minute of silence the next trial is told, however few they are."""
    now = [0.0]
    stream = io.StringIO()
    with Progress(stream=stream, clock=lambda: now[0]) as progress:
        progress.begin(1000, 0)
        progress.trial(finished())
        assert stream.getvalue() == ""
        now[0] = 31.0
        progress.trial(finished())
        assert stream.getvalue().startswith("2 of 1,000 trials")


def test_money_and_failures_and_time_left():
    """The line says what failed, what was paid with unknown prices, and how long the rest may take."""
    now = [0.0]
    progress = Progress(stream=io.StringIO(), clock=lambda: now[0])
    progress.begin(10, 0)
    progress.call(paid(Money(Decimal("0.5"), "config")))
    progress.call(paid(NOTHING))
    now[0] = 20.0
    progress.trial(finished("failed"))
    assert progress.line() == "1 of 10 trials, 3.0/min, 1 failed, $0.50 paid, about 3 min left"
    progress.call(paid(UNKNOWN))
    assert "unknown (1 of 3 calls) paid" in progress.line()


def test_what_the_journal_gave_is_worth_more_than_was_paid():
    """Both are told where they differ."""
    progress = Progress(stream=io.StringIO())
    progress.call(Call(id="c", model="m", cost=Money(Decimal("0.5"), "config"), paid=NOTHING))
    assert "$0 paid, worth $0.50" in progress.line()


def test_the_limit_is_told_with_what_counts_against_it():
    """An attempt of unknown cost counts by its worst case, and so does what an earlier start spent."""
    budget = Budget(Limits(usd=Decimal("2.50")), scope="run")
    budget.already_spent(Counted(Decimal("0.75"), 3, 100))
    progress = Progress(stream=io.StringIO())
    progress.limited_by(budget)
    assert progress.line().endswith("$0 paid, $0.75 of the $2.50 limit")
    progress.limited_by(Budget(Limits(calls=5)))
    assert "limit" not in progress.line()


def test_acceptance_by_rung_is_told():
    """As gates decide, trial by trial; of several systems with gates each for itself, by its name."""
    notes = [{"kind": "verdict", "accept": True}], [{"kind": "verdict", "accept": False}]
    spans = [
        SpanFact(path=f"/gate.{n}", role="gate", name="g", level=1, notes=list(note)) for n, note in enumerate(notes)
    ]
    progress = Progress(stream=io.StringIO())
    progress.begin(2, 0)
    progress.trial(Record(run="r", system="s", item="q", status="answered", spans=spans))
    assert "accepted: rung 1 50 %" in progress.line()
    progress.trial(Record(run="r", system="t", item="q", status="answered", spans=spans[:1]))
    assert "accepted: s rung 1 50 %; t rung 1 100 %" in progress.line()


def test_other_processes_of_the_run_are_told_of():
    """What they finished counts, and that there is nothing to do but to wait for them is said once."""
    stream = io.StringIO()
    with Progress(stream=stream) as progress:
        progress.waiting("another process works on this run")
        progress.begin(10, 2)
        progress.elsewhere(3)
        progress.waiting("waiting for 1 trial of other processes")
        progress.waiting("")
    first, second, last = stream.getvalue().splitlines()
    assert first == "another process works on this run"
    assert second.startswith("5 of 10 trials, 3 of them by other processes")
    assert second.endswith("waiting for 1 trial of other processes")
    assert "waiting" not in last


def test_a_terminal_gets_one_live_line():
    """On a terminal the line is redrawn in place and ends at the last state."""
    stream = Terminal()
    with Progress(stream=stream) as progress:
        progress.begin(2, 0)
        progress.call(paid(NOTHING))
        progress.trial(finished())
        progress.trial(finished())
    assert "2 of 2 trials" in stream.getvalue()


def test_a_run_that_never_began_is_not_told_of():
    """Where something fails before it is known how many trials there are, there is no progress to tell of."""
    for stream in (Terminal(), io.StringIO()):
        with Progress(stream=stream):
            pass
        assert stream.getvalue() == ""


def test_quiet_is_silent():
    """Quiet writes nothing, on a terminal or elsewhere."""
    for stream in (Terminal(), io.StringIO()):
        with Progress(quiet=True, stream=stream) as progress:
            progress.begin(2, 0)
            progress.trial(finished())
            progress.call(paid(NOTHING))
        assert stream.getvalue() == ""
