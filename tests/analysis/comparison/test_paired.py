"""Pairs and families: which test is used, and when a verdict may be given."""

import pytest

from escalade.analysis.comparison.paired import judged, pair
from escalade.analysis.trial import PerItem


def figures(scores, *, cost=1.0, right_or_wrong=True):
    return PerItem(
        {str(n): s for n, s in enumerate(scores)}, {str(n): cost for n in range(len(scores))}, right_or_wrong
    )


@pytest.mark.parametrize(
    ("one", "other", "method"),
    [(True, True, "mcnemar"), (True, False, "paired_bootstrap"), (False, True, "paired_bootstrap")],
)
def test_mcnemar_is_for_right_or_wrong_on_both_sides(one, other, method):
    """Where either gives points in between, counting who wins would throw them away."""
    found = pair(figures([1.0, 0.0] * 9, right_or_wrong=one), figures([0.0, 1.0] * 9, right_or_wrong=other), 1)
    assert judged([found])[0].method == method


@pytest.mark.parametrize("right_or_wrong", [True, False])
@pytest.mark.parametrize(("n", "wins"), [(5, 3), (5, 5), (10, 5), (30, 5), (100, 5), (100, 6), (100, 20)])
def test_the_interval_holds_zero_where_the_test_does(n, wins, right_or_wrong):
    """A line never says that nothing is shown beside an interval that leaves zero out, nor the other way about."""
    better, none = figures([1.0] * wins + [0.0] * (n - wins), right_or_wrong=right_or_wrong), figures([0.0] * n)
    for one, other in ((better, none), (none, better)):
        found = pair(one, other, 1)
        if found.interval is not None:
            assert (found.interval.low <= 0 <= found.interval.high) == (found.p >= 0.05)
        assert (found.interval is None) == (wins == n and not right_or_wrong)


def test_right_or_wrong_has_newcombe_s_interval():
    """It depends on what both got right or wrong too, and not on chance draws."""
    better, worse = [1.0] * 48 + [0.0] * 2, [1.0] * 36 + [0.0] * 12 + [1.0] * 2
    for seed in (1, 2):
        found = pair(figures(better), figures(worse), seed).interval
        assert (round(found.low, 4), round(found.high, 4)) == (0.0569, 0.3404)


def test_merits_far_from_zero_have_an_interval_around_them():
    """Scores less costs may be below -1: their interval holds the difference that was seen, or is absent."""
    merits, better = [-3.0 - n % 3 / 10 for n in range(40)], [0.8] * 40
    found = pair(figures(merits, right_or_wrong=False), figures(better, right_or_wrong=False), 1)
    assert found.interval.low < -3.8975 < found.interval.high
    assert pair(figures([-3.0] * 40, right_or_wrong=False), figures(better, right_or_wrong=False), 1).interval is None


def test_a_family_pays_for_its_size():
    """A difference that is shown alone is not shown among ten: each further comparison is a further chance."""
    better, same = [1.0] * 7 + [0.0] * 13, [0.0] * 20
    (alone,) = judged([pair(figures(better), figures(same), 1)])
    among, *_ = judged([pair(figures(better), figures(same), 1), *[pair(figures(same), figures(same), 1)] * 9])
    assert (alone.verdict, alone.p) == ("better", 0.015625)
    assert (among.verdict, among.p_holm) == ("not_distinguishable", 0.15625)


def test_the_ratio_is_of_the_common_items_means():
    """Twice as dear on every item is twice as dear; a rival for nothing has no ratio; strangers no comparison."""
    one = figures([1.0, 0.0, 1.0], cost=2.0)
    (found,) = judged([pair(one, figures([1.0, 1.0, 0.0]), 1)])
    assert found.cost_ratio == pytest.approx(2.0)
    assert judged([pair(one, figures([1.0, 1.0, 0.0], cost=0.0), 1)])[0].cost_ratio is None
    assert pair(one, PerItem({}, {}, True), 1) is None
