"""Krippendorff's alpha, against the figures of his own worked example."""

import pytest
from battles import LABELS, entry
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.arena import Entry
from escalade.analysis.arena.agreement import alpha, judges_alpha
from escalade.core.battle import Battle, Game, Ruling

_EXAMPLE = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Four observers, twelve units, as in Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011."""
UNITS = [[value for value in unit if value is not None] for unit in zip(*_EXAMPLE, strict=True)]


def test_the_worked_example_comes_out():
    """With missing values, for a scale of ranks."""
    assert alpha(UNITS) == pytest.approx(0.815, abs=5e-4)


@given(st.lists(st.integers(-2, 2), min_size=2, max_size=20).filter(lambda values: len(set(values)) > 1))
def test_perfect_agreement_is_one(values):
    """Whatever the values, as long as they differ between units."""
    assert alpha([[value, value] for value in values]) == pytest.approx(1)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=1, max_size=3), max_size=12))
def test_it_is_at_most_one_or_nothing(units):
    """None where there is nothing to compare."""
    found = alpha(units)
    assert found is None or found <= 1 + 1e-9


def test_judges_are_compared_game_by_game():
    """In the contestant's sense, whichever answer was shown first; unjudged games are left out."""
    entries = []
    for item, (first, second) in enumerate([("A>>B", "B>A"), ("A>B", "B>A"), ("B>A", None), ("A=B", "A>B")]):
        rulings = tuple(
            Ruling(judge=judge, games=(Game(first="baseline", label=first), Game(first="contestant", label=second)))
            for judge in ("one", "two")
        )
        entries.append(Entry(system="s", item=str(item), battle=Battle(baseline="b", rulings=rulings)))
    assert judges_alpha(entries) == pytest.approx(1)
    assert judges_alpha([entry("s", 0, *LABELS[:2])]) is None
