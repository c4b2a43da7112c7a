"""Misses: which trials are some, and of which kind."""

from hand_made import RIGHT, WRONG, graded, trial

from escalade.analysis.misses import misses
from escalade.core.grade import Grade


def test_every_kind_of_miss_is_told_from_the_others():
    """Wrong, unreadable, failed, partly right and ungraded; right answers are no misses."""
    records = [
        trial("s", "right", RIGHT),
        trial("s", "wrong", WRONG),
        trial("s", "unparsed", Grade(outcome="no_answer", reason="cut")),
        trial("s", "failed", None, status="failed", answer="", error="timeout"),
        trial("s", "partial", graded(0.4)),
        trial("s", "ungraded", Grade(outcome="grader_failed", reason="no verdict")),
    ]
    found = {miss.item: miss for miss in misses(records)}
    assert {item: miss.kind for item, miss in found.items()} == {
        name: name for name in ("wrong", "unparsed", "failed", "partial", "ungraded")
    }
    assert (found["failed"].score, found["failed"].error) == (None, "timeout")
    assert found["ungraded"].score is None
    assert found["partial"].score == 0.4
    assert found["unparsed"].reason == "cut"


def test_a_budget_without_an_answer_is_a_failure():
    """And with an answer it is what its grade says."""
    records = [
        trial("s", "a", None, status="budget", answer=""),
        trial("s", "b", WRONG, status="budget"),
        trial("s", "c", RIGHT, status="budget"),
    ]
    assert [(miss.item, miss.kind) for miss in misses(records)] == [("a", "failed"), ("b", "wrong")]
