"""What a path says of others holds for the spans that strategies open."""

import pytest

from escalade.ledger.paths import above, all_above, gate_of, is_in, judged_by
from escalade.ledger.span import Span


@pytest.mark.parametrize("place", [None, 2, "1.3"])
def test_a_gate_has_the_place_of_the_answer_that_it_judges(place):
    """Of either path the other is known, wherever the two are."""
    rung = Span.root("s").child("rung", "r", 1)
    worker, gate = rung.child("worker", "m", place), rung.child("gate", "g", place)
    assert (judged_by(gate.path), gate_of(worker.path)) == (worker.path, gate.path)


def test_a_path_knows_those_above_it():
    """The whole question's, "", is above all others and in none of them."""
    assert list(all_above("/rung.1/worker.2/gate")) == ["/rung.1/worker.2", "/rung.1", ""]
    assert list(all_above("")) == []
    assert above("/rung.1") == ""
    assert is_in("/rung.1/gate", "/rung.1")
    assert is_in("/rung.1", "/rung.1")
    assert not is_in("/rung.10", "/rung.1")
