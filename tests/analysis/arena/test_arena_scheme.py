"""Labels become scores: the sign cannot be wrong, whatever the scheme."""

import pytest
from battles import LABELS, battle
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.battle import Game
from escalade.core.errors import ConfigError
from escalade.core.scheme import LINEAR, OFFICIAL, Scheme

SHARES = st.floats(0.5, 1)
SCHEMES = st.builds(
    lambda worth, weight: Scheme(name="own", better=min(worth), much_better=max(worth), weight=weight),
    st.tuples(SHARES, SHARES),
    st.floats(0.1, 10),
)
ADVANTAGES = st.lists(st.integers(-2, 2), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [("A>>B", "A>B", 0.25), ("B>A", "A=B", 0.75), ("B>>A", "A>>B", 1.0), ("A=B", "A=B", 0.5), ("A>>B", "B>A", 0.0)],
)
def test_official_scores_are_those_worked_out_by_hand(first, second, score):
    """In the first game the baseline is A; strong verdicts count three times."""
    [ruling] = battle(first, second).rulings
    assert OFFICIAL.score(ruling.advantages) == score


@pytest.mark.parametrize(("label", "value"), [("A>>B", 1), ("A>B", 0.5), ("A=B", 0), ("B>A", -0.5), ("B>>A", -1)])
def test_linear_is_the_ancestor_s_table(label, value):
    """Twice the share less one is 1, 0.5, 0, -0.5, -1."""
    assert 2 * LINEAR.score([Game(first="contestant", label=label).advantage]) - 1 == value


@given(SCHEMES, ADVANTAGES)
def test_exchanging_the_answers_gives_one_less_the_score(scheme, advantages):
    """For every scheme that can be written down, and any games."""
    assert scheme.score([-advantage for advantage in advantages]) == pytest.approx(1 - scheme.score(advantages))


@given(st.sampled_from(LABELS))
def test_a_label_counts_for_whom_it_names(label):
    """The contestant's advantage turns round with the place in which it is shown."""
    shown = Game(first="contestant", label=label).advantage
    assert Game(first="baseline", label=label).advantage == -shown
    assert (shown > 0) == label.startswith("A>")


@given(SCHEMES, ADVANTAGES, st.data())
def test_a_better_label_never_lowers_the_score(scheme, advantages, data):
    """Where all labels weigh the same."""
    plain = Scheme(name="own", better=scheme.better, much_better=scheme.much_better)
    place = data.draw(st.integers(0, len(advantages) - 1))
    raised = [min(2, a + (n == place)) for n, a in enumerate(advantages)]
    assert plain.score(raised) >= plain.score(advantages) - 1e-12


def test_half_a_ruling_is_none():
    """Where one game is unjudged the other would carry the preference for a place."""
    [ruling] = battle("A>B", None).rulings
    assert ruling.advantages is None


@pytest.mark.parametrize("wrong", [{"better": 0.4}, {"much_better": 1.1}, {"weight": 0}, {"much_better": 0.6}])
def test_a_scheme_that_would_break_the_rule_is_refused(wrong):
    """What is worth less than half is no win, and a strong win is worth no less than a win."""
    with pytest.raises(ConfigError, match=f"scheme.{next(iter(wrong))}"):
        Scheme(name="own", **wrong)
