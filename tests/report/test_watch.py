"""A run seen from outside, from its store alone."""

import io

import msgspec
import pytest

from escalade.core.money import Money, usd
from escalade.core.structure import Structure
from escalade.ledger.budget import Spending
from escalade.ledger.call import Call
from escalade.ledger.span import SpanFact
from escalade.report.live import Live
from escalade.report.watch import Watch
from escalade.store import CallRow, Record, Run, Store
from escalade.store.record import SystemFacts

NOW = 10_000.0
ONE = {"s": SystemFacts(structure=Structure("model", "s"))}
RUN = Run(id="r", experiment="e", task="t", items=20, systems=ONE, limit_usd=usd("2"), at=NOW - 100)


def done(n, *, at, status="answered", accept=True):
    gate = SpanFact(path="/gate.1", role="gate", name="g", level=1, notes=[{"kind": "verdict", "accept": accept}])
    calls = [Call(id=f"c{n}", model="m", cost=Money(usd("0.01"), "config"))]
    return Record(run="r", system="s", item=f"i{n}", status=status, spans=[gate], calls=calls, seconds=1.0, at=at)


@pytest.fixture
def store():
    with Store.open("sqlite://") as opened:
        opened.begin_run(RUN)
        yield opened


async def add(store, *records):
    for record in records:
        [call] = record.calls
        paid = msgspec.structs.replace(call, paid=call.cost)
        held = Spending(call.cost.usd, 0)
        await store.add_call(CallRow(call=paid, run="r", system="s", item=record.item, received=b"{}", held=held))
        store.add_record(record)
    await store.flush()


async def test_a_run_under_way_is_told_in_three_lines(store):
    """What is done, how fast, what failed, what it cost, what the rungs accept, and the time left."""
    await add(
        store,
        *(done(n, at=NOW - 9 + n, accept=n % 2 == 0, status="failed" if n == 3 else "answered") for n in range(10)),
    )
    watch = Watch(store, "r", clock=lambda: NOW)
    watch.look()
    assert watch.lines() == [
        "run r: under way",
        "10 of 20 trials, 1.0/s, 1 failed, about 10 s left",
        "$0.10 paid, $0.10 of the $2.00 limit, accepted: rung 1 50 %",
    ]
    seen = watch.seen()
    assert (seen.done, seen.trials, seen.failed, seen.limit_usd, seen.ended) == (10, 20, 1, "2", "")
    assert seen.per_second == pytest.approx(1.0)


async def test_every_look_adds_what_is_new(store):
    """Nothing is counted twice, and the end of the run is seen."""
    await add(store, done(0, at=NOW))
    watch = Watch(store, "r", clock=lambda: NOW + 50)
    watch.look()
    watch.look()
    assert watch.seen().done == 1
    await add(store, done(1, at=NOW + 5), done(2, at=NOW + 5))
    store.end_run("r", "interrupted")
    watch.look()
    seen = watch.seen()
    assert (seen.done, seen.ended, seen.per_second, seen.seconds_left) == (3, "interrupted", None, None)
    assert watch.lines()[0] == "run r: interrupted"
    assert seen.cost.usd == seen.paid.usd == usd("0.03")


async def test_a_silent_run_may_have_been_killed(store):
    """Its store cannot know; the time since its last trial is told."""
    await add(store, done(0, at=NOW))
    watch = Watch(store, "r", clock=lambda: NOW + 600)
    watch.look()
    assert watch.lines()[0] == "run r: nothing new for 10 min; it may have been killed"


def test_a_run_that_has_done_nothing_yet_claims_nothing(store):
    """No rate, no time left."""
    watch = Watch(store, "r", clock=lambda: NOW)
    watch.look()
    assert watch.lines()[1] == "0 of 20 trials"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_lines_are_told_when_they_change():
    """In a pipe once each and without escapes; on a terminal in place; quietly not at all."""
    pipe, terminal, quiet = io.StringIO(), Terminal(), io.StringIO()
    for live in (Live(stream=pipe), Live(stream=terminal), Live(quiet=True, stream=quiet)):
        with live:
            for lines in (["a\x1b[31m", "b"], ["a\x1b[31m", "b"], ["a", "c"]):
                live.show(lines)
    assert pipe.getvalue() == "a; b\na; c\n"
    assert "\x1b[31m" not in terminal.getvalue()
    assert "c" in terminal.getvalue()
    assert quiet.getvalue() == ""


async def test_a_trial_that_is_done_again_counts_once(store):
    """As it ended the second time, and with what it cost then."""
    failed = msgspec.structs.replace(done(1, at=NOW - 5, status="failed"), error="server")
    await add(store, done(0, at=NOW - 6), failed)
    watch = Watch(store, "r", clock=lambda: NOW)
    watch.look()
    assert (watch.seen().done, watch.seen().failed) == (2, 1)
    store.forget_failed("r")
    watch.look()
    assert (watch.seen().done, watch.seen().failed) == (1, 0)
    store.add_record(done(1, at=NOW - 1))
    await store.flush()
    watch.look()
    assert (watch.seen().done, watch.seen().failed, watch.seen().cost.usd) == (2, 0, usd("0.02"))
