"""Shares and their intervals, checked against the rules written out row by row."""

import numpy as np
import pytest
from battles import LABELS, drawn, entry, forfeit, plain_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.arena.rows import rows_of
from escalade.analysis.arena.share import clustered, official, shares
from escalade.core.scheme import LINEAR, OFFICIAL, Scheme


@pytest.mark.parametrize("seed", range(5))
def test_official_share_is_the_mean_of_the_rows(seed):
    """To the last digits, against rows with three copies of each strong verdict."""
    entries = drawn(seed)
    rows = plain_rows(entries)
    found = dict(zip(rows_of(entries).systems, shares(rows_of(entries), OFFICIAL), strict=True))
    for system, share in found.items():
        assert share == pytest.approx(np.mean([won for name, won, *_ in rows if name == system]), abs=1e-12)


def test_official_interval_is_that_of_resampled_rows():
    """The 5th and 95th percentile of a hundred means over rows drawn by the same generator."""
    entries = drawn(1, systems=1)
    outcomes = np.array([won for _, won, *_ in plain_rows(entries)])
    ours = rows_of(entries)
    # the same rows in the order in which they are kept: game by game, each with its copies
    kept = np.repeat(ours.values(OFFICIAL), ours.weights(OFFICIAL).astype(int))
    assert sorted(kept) == sorted(outcomes)
    drawn_rows = np.random.default_rng(7).integers(0, len(kept), size=(100, len(kept)))
    means = kept[drawn_rows].mean(axis=1)
    [found] = official(ours, OFFICIAL, 7)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(means, [0.05, 0.95])), abs=1e-6)


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=2, max_size=12))
@settings(max_examples=40)
def test_exchanging_the_sides_mirrors_everything(games):
    """Share, interval and place-free figures of the baseline's side are one less the contestant's."""
    mine = [entry("s", item, *pair) for item, pair in enumerate(games)]
    # the other side's games: the order of showing is exchanged with the names, so that texts meet in the same orders
    theirs = [entry("s", item, second, first) for item, (first, second) in enumerate(games)]
    for scheme in (OFFICIAL, LINEAR, Scheme(name="own", better=0.8, weight=2.5)):
        [here], [there] = (clustered(rows_of(side), scheme, 3, 200) for side in (mine, theirs))
        assert there.value == pytest.approx(1 - here.value)
        assert (there.low, there.high) == pytest.approx((1 - here.high, 1 - here.low), abs=2e-6)


def test_resampling_is_of_questions():
    """Copies of a game narrow the official interval and leave ours alone."""
    once = [entry("s", item, *pair) for item, pair in enumerate([("A>B", "A>B"), ("B>A", "B>A")] * 40)]
    thrice = [one for one in once for _ in range(3)]
    width = {}
    for name, entries in (("once", once), ("thrice", thrice)):
        rows = rows_of(entries)
        for kind, [found] in (("ours", clustered(rows, OFFICIAL, 0)), ("official", official(rows, OFFICIAL, 0))):
            width[kind, name] = found.high - found.low
    assert width["ours", "thrice"] == pytest.approx(width["ours", "once"])
    assert width["official", "thrice"] < 0.85 * width["official", "once"]


def test_draws_do_not_depend_on_the_order_of_entries():
    """Equal facts and seed give equal figures."""
    entries = drawn(2)
    there = dict(zip(rows_of(entries).systems, clustered(rows_of(entries), OFFICIAL, 5, 500), strict=True))
    turned_round = rows_of(entries[::-1])
    assert dict(zip(turned_round.systems, clustered(turned_round, OFFICIAL, 5, 500), strict=True)) == there


def test_a_forfeit_is_a_loss_by_much_in_both_games():
    """Ours counts it, the official rows do not know it."""
    entries = [entry("s", 0, "B>A", "A>B"), forfeit("s", 1)]
    assert shares(rows_of(entries), OFFICIAL) == pytest.approx([2 / 8])
    assert shares(rows_of(entries, forfeits=False), OFFICIAL) == pytest.approx([1.0])
    assert shares(rows_of([entries[0], forfeit("s", 1, 1)]), OFFICIAL) == pytest.approx([1.0])


def test_unjudged_games_are_in_no_figure():
    """Neither a tie nor a loss; with nothing else there is no figure at all."""
    entries = [entry("s", 0, "B>A", "A>B"), entry("s", 1, "A>>B", None)]
    assert shares(rows_of(entries), OFFICIAL) == pytest.approx([1.0])
    [none] = clustered(rows_of(entries[1:]), OFFICIAL, 0, 50)
    assert (none.value, none.low, none.high) == (None, None, None)


def test_agreeing_questions_do_not_make_certainty():
    """A contestant that wins everything still has an interval, and one question has none."""
    entries = [entry("s", item, "B>>A", "A>>B") for item in range(20)]
    [found] = clustered(rows_of(entries), OFFICIAL, 0, 200)
    assert found.value == found.high == 1.0
    assert 0.7 < found.low < 0.99
    [one] = clustered(rows_of(entries[:1]), OFFICIAL, 0, 200)
    assert one.low is None
