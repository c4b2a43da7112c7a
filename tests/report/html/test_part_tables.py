"""The page's tables of what strategies went on without, and of how they ended."""

from planted import run_of

from escalade.analysis.tally import Tally
from escalade.ledger.span import SpanFact
from escalade.report.html.tables import endings, part_failures
from escalade.store import Record


def test_what_failed_inside_and_how_it_ended_stand_in_tables():
    """A rung that failed every time, and the only ending."""
    tally = Tally(run_of(2))
    spans = [SpanFact(path="/worker/worker.1", role="worker", name="small", error="timeout")]
    for n in range(2):
        ended = {"status": "answered", "text": "4", "stopped": "exhausted", "spans": spans}
        tally.add(Record(run="planted-1", system="ladder", item=f"{n}", **ended))
    summary = tally.summary({})
    assert [*part_failures(summary).shown()] == [["ladder", "small", "worker", "2", "2", "100.0 %"]]
    assert [*endings(summary).shown()] == [["ladder", "exhausted", "2", "100.0 %"]]
