"""Alignment: what two systems have in common, trial by trial."""

from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.comparison.alignment import align
from escalade.analysis.trial import TrialFigures


def made(item, sample=0, score=1.0, cost=1.0, answered=True):
    return TrialFigures(item=item, sample=sample, score=score, others=None, cost=cost, latency_s=0.0, answered=answered)


def ordered(trials):
    return sorted(trials, key=lambda trial: (trial.item, trial.sample))


def test_trials_are_paired_by_item_and_sample():
    """What one alone has done is left out and counted, and means are over the common samples only."""
    first = [made("a", 0, 1.0), made("a", 1, 0.0), made("b", 0, 1.0)]
    second = [made("a", 1, 1.0), made("b", 0, 0.0), made("c", 0, 1.0)]
    found = align(first, second)
    assert (found.trials, found.only_first, found.only_second) == (2, 1, 1)
    assert found.first.scores == {"a": 0.0, "b": 1.0}
    assert found.second.scores == {"a": 1.0, "b": 0.0}


def test_a_failure_is_a_loss_and_a_grader_s_failure_is_none():
    """The one is compared as wrong, the other is left out on both sides."""
    first = [made("a", score=0.0, answered=False), made("b", score=None), made("c")]
    second = [made("a"), made("b"), made("c", score=0.0, answered=False)]
    found = align(first, second)
    assert (found.trials, found.ungraded, found.failed_first, found.failed_second) == (2, 1, 1, 1)
    assert found.first.scores == {"a": 0.0, "c": 1.0}


def test_failures_alone_are_no_pairs():
    """Where the grader failed on every answer of one, its failures are no losses to compare."""
    first = [made("a", score=0.0, answered=False), made("b", score=None)]
    assert align(first, [made("a"), made("b")]).trials == align([made("a"), made("b")], first).trials == 0
    assert align([*first, made("c")], [made("a"), made("b"), made("c")]).trials == 2


def test_unknown_costs_are_counted():
    """A pair with one is compared by score and marks the costs as unknown."""
    found = align([made("a", cost=None), made("b")], [made("a"), made("b", cost=None)])
    assert (found.trials, found.unpriced) == (2, 2)
    assert found.right_or_wrong


TRIALS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 2)), st.sampled_from([0.0, 0.5, 1.0, None]), max_size=12
)


@given(TRIALS, TRIALS)
def test_both_sides_always_have_the_same_items(one, other):
    """Whatever was done and graded; and every trial is compared, left out or without a partner."""
    first, second = (ordered([made(*key, score=score) for key, score in of.items()]) for of in (one, other))
    found = align(first, second)
    assert found.first.scores.keys() == found.second.scores.keys()
    assert found.trials + found.ungraded + found.only_first == len(first)
    assert found.trials + found.ungraded + found.only_second == len(second)
