"""Where a run is: counts, acceptance by rung, rate and time left."""

import msgspec
import pytest

from escalade.analysis.standing import Accepted, Standing
from escalade.ledger.span import SpanFact
from escalade.store.record import Record


def judged(level, accept):
    return SpanFact(
        path=f"/gate.{level}", role="gate", name="g", level=level, notes=[{"kind": "verdict", "accept": accept}]
    )


def done(*spans, status="answered", system="s"):
    return Record(run="r", system=system, item="i", status=status, spans=list(spans))


def test_acceptance_is_counted_by_rung():
    """From what gates noted, of each system for itself; a gate without a verdict judged nothing."""
    standing = Standing(10, 0, 0.0)
    standing.add(done(judged(1, accept=False), judged(2, accept=True)), 1.0)
    standing.add(done(judged(1, accept=True), status="failed"), 2.0)
    standing.add(done(judged(1, accept=None)), 3.0)
    standing.add(done(judged(1, accept=True), system="a"), 4.0)
    assert standing.accepted() == [Accepted("a", 1, 1, 1), Accepted("s", 1, 2, 1), Accepted("s", 2, 1, 1)]
    assert (standing.done, standing.failed) == (4, 1)


def test_the_rate_is_that_of_late():
    """A run that slows down is seen to; before the first trial nothing is claimed."""
    standing = Standing(10_000, 0, 0.0)
    assert (standing.per_second(5.0), standing.seconds_left(5.0)) == (None, None)
    for n in range(500):
        standing.add(done(), n / 10)
    assert standing.per_second(49.9) == pytest.approx(10.0)
    for n in range(200):
        standing.add(done(), 50 + n)
    assert standing.per_second(249) == pytest.approx(1.0, rel=0.01)
    assert standing.seconds_left(249) == pytest.approx(9300, rel=0.01)


def test_silence_lowers_the_rate():
    """Time that passes without a trial counts."""
    standing = Standing(10, 0, 0.0)
    standing.add(done(), 1.0)
    assert standing.per_second(1.0) == 1.0
    assert standing.per_second(10.0) == pytest.approx(0.1)


def test_nothing_is_left_when_all_is_done():
    """And what was done before anybody looked is counted as done."""
    standing = Standing(2, 1, 0.0)
    standing.add(msgspec.structs.replace(done(), item="j"), 1.0)
    assert (standing.done, standing.seconds_left(2.0)) == (2, None)
