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
