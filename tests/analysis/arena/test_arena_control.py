"""Style control, checked to 1e-6 against a fit that shares nothing with it but the formulas."""

import numpy as np
import pytest
from battles import battle, drawn, forfeit, plain_rows, some_style
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.arena import Entry, feature_sets
from escalade.analysis.arena.control import controlled
from escalade.analysis.arena.rows import FEATURES, rows_of, style_difference
from escalade.core.battle import Style
from escalade.core.scheme import OFFICIAL


def plain_features(mine, theirs):
    """Length and densities as Arena-Hard-Auto defines them, one by one."""
    found = [(mine.tokens - theirs.tokens) / (mine.tokens + theirs.tokens)]
    for name in ("headers", "lists", "bold"):
        m, t = getattr(mine, name) / (mine.tokens + 1), getattr(theirs, name) / (theirs.tokens + 1)
        found.append((m - t) / (m + t + 1))
    return found


def plain_fit(entries, features):
    """Win rates by iterated least squares over the whole design: a column for every model and for the baseline."""
    rows = plain_rows(entries)
    systems = sorted({name for name, *_ in rows})
    chosen = [FEATURES.index(name) for name in features]
    style = np.array([plain_features(mine, theirs) for *_, mine, theirs in rows])[:, chosen]
    style = (style - style.mean(axis=0)) / style.std(axis=0, ddof=1)
    design = np.zeros((len(rows), len(systems) + 1))
    for row, (name, *_) in enumerate(rows):
        design[row, systems.index(name)], design[row, -1] = 1, -1
    design = np.hstack([design, style])
    won = np.array([outcome for _, outcome, *_ in rows], dtype=float)
    found = np.zeros(design.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-design @ found))
        root = np.sqrt(chance * (1 - chance))
        found = found + np.linalg.lstsq(design * root[:, None], (won - chance) / root, rcond=None)[0]
    at = np.exp(found[: len(systems) + 1])
    rates = {name: at[number] / (at[number] + at[-1]) for number, name in enumerate(systems)}
    return rates, dict(zip(features, found[len(systems) + 1 :], strict=True))


@pytest.mark.parametrize("features", feature_sets("all"), ids="+".join)
def test_every_set_of_features_agrees_with_a_plain_fit(features):
    """Win rates and coefficients of all fifteen, to 1e-6."""
    entries = drawn(3, systems=3, items=80)
    rates, coefficients = plain_fit(entries, features)
    [found] = controlled(rows_of(entries), OFFICIAL, [features], seed=0, resamples=2)
    assert {name: e.value for name, e in found.ours.items()} == pytest.approx(rates, abs=1e-6)
    assert found.coefficients == pytest.approx(coefficients, abs=2e-6)


@pytest.mark.parametrize("seed", range(4))
def test_generated_verdicts_agree_with_a_plain_fit(seed):
    """Other pools, other sizes."""
    entries = drawn(seed, systems=2 + seed, items=40)
    rates, _ = plain_fit(entries, FEATURES)
    [found] = controlled(rows_of(entries), OFFICIAL, [FEATURES], seed=0, resamples=2)
    assert {name: e.value for name, e in found.ours.items()} == pytest.approx(rates, abs=1e-6)


def test_official_point_is_the_median_of_a_hundred_fits():
    """It lies beside the fit, within what a hundred resamples scatter, and inside its interval."""
    [found] = controlled(rows_of(drawn(5)), OFFICIAL, [("length",)], seed=0, resamples=50)
    for system, official in found.official.items():
        assert official.low < official.value < official.high
        assert official.value == pytest.approx(found.ours[system].value, abs=(official.high - official.low) / 2)


def test_a_taste_for_length_is_taken_out():
    """Two contestants of one skill, one of them long-winded: equal once length is controlled."""
    random = np.random.default_rng(0)
    entries = []
    for system, longer in (("brief", 200), ("windy", 700)):
        for item in range(1500):
            mine = Style(tokens=int(random.integers(longer - 150, longer + 150)))
            theirs = Style(tokens=int(random.integers(50, 900)))
            taste = 2.5 * style_difference(mine, theirs)[0]
            wins = [random.random() < 1 / (1 + np.exp(-taste)) for _ in range(2)]
            labels = ["B>A" if wins[0] else "A>B", "A>B" if wins[1] else "B>A"]
            made = battle(*labels, style=mine, baseline_style=theirs)
            entries.append(Entry(system=system, item=str(item), category="all", battle=made))
    [found] = controlled(rows_of(entries), OFFICIAL, [("length",)], seed=0, resamples=200)
    brief, windy = found.ours["brief"], found.ours["windy"]
    assert found.coefficients["length"] > 0.5
    assert abs(brief.value - windy.value) < 0.05
    assert brief.low < windy.value < brief.high


def test_forfeits_lower_the_controlled_figure_in_proportion():
    """Half of the weight forfeited is half of the share; the official figure does not know of it."""
    played = drawn(6, systems=2, items=30)
    weight = sum(1 for name, *_ in plain_rows(played) if name == "s0")
    lost = [*played, *(forfeit("s0", f"gone {n}") for n in range(10))]
    [before], [after] = (list(controlled(rows_of(e), OFFICIAL, [FEATURES], 0, 20)) for e in (played, lost))
    left = weight / (weight + 10 * 2 * 3)
    assert after.ours["s0"].value == pytest.approx(before.ours["s0"].value * left)
    assert after.ours["s1"].value == pytest.approx(before.ours["s1"].value)
    assert after.official["s0"].value == pytest.approx(before.official["s0"].value, abs=0.02)


def test_who_wins_everything_has_the_share_one():
    """There is no finite ability, and none is made up; the others' figures stand."""
    random = np.random.default_rng(1)
    entries = drawn(7, systems=2, items=40)
    for item in range(40):
        styles = {"style": some_style(random), "baseline_style": some_style(random)}
        made = battle("B>A", "A>B", **styles)
        entries.append(Entry(system="best", item=str(item), category="all", battle=made))
    [found] = controlled(rows_of(entries), OFFICIAL, [FEATURES], seed=0, resamples=20)
    assert found.ours["best"].value == 1.0
    assert 0 < found.ours["s0"].value < 1
    assert 0 < found.ours["s1"].value < 1


def test_features_that_tell_all_give_no_figure():
    """Where the longer answer always wins no coefficient is finite, and that is said."""
    entries = []
    for item in range(40):
        mine, theirs = Style(tokens=100 + item * (-1) ** item * 2), Style(tokens=100)
        label = ("B>A", "A>B") if mine.tokens > theirs.tokens else ("A>B", "B>A")
        made = battle(*label, style=mine, baseline_style=theirs)
        entries.append(Entry(system="s", item=str(item), category="all", battle=made))
    [found] = controlled(rows_of(entries[1:]), OFFICIAL, [("length",)], seed=0, resamples=5)
    assert "no finite fit" in found.trouble
    assert found.ours == {}


def test_unknown_and_equal_styles_give_no_figure():
    """Nothing is controlled that does not differ or is not known; a feature that does not differ counts as none."""
    plain = drawn(8, systems=1, styled=False)
    [found] = controlled(rows_of(plain), OFFICIAL, [("length",)], 0, 5)
    assert "not known" in found.trouble
    alike = [
        Entry(
            system=e.system,
            item=e.item,
            category="all",
            battle=battle(*(g.label for g in e.battle.rulings[0].games), style=Style(tokens=5), baseline_style=s),
        )
        for e, s in ((e, Style(tokens=3 + n % 7)) for n, e in enumerate(plain))
    ]
    length, both, bold = controlled(rows_of(alike), OFFICIAL, [("length",), ("length", "bold"), ("bold",)], 0, 5)
    assert both.ours == length.ours
    assert list(both.coefficients) == ["length"]
    assert "do not differ in bold" in bold.trouble


@given(st.builds(Style, **dict.fromkeys(("tokens", *FEATURES[1:]), st.integers(0, 5000))), st.integers(0, 5000))
@settings(max_examples=50)
def test_style_differences_are_bounded_and_turn_round(mine, tokens):
    """-1 to 1, and their opposite where the answers are exchanged; two empty answers are alike."""
    theirs = Style(tokens=tokens, headers=1, lists=2, bold=3)
    found = style_difference(mine, theirs)
    assert all(-1 <= value <= 1 for value in found)
    assert style_difference(theirs, mine) == pytest.approx([-value for value in found])
    assert style_difference(Style(tokens=0), Style(tokens=0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(("wanted", "count"), [("", 3), ("all", 15), ("bold,length", 1)])
def test_sets_of_features_are_named(wanted, count):
    """The official three, all fifteen, or one, in the order of the formulas; others are refused."""
    assert len(feature_sets(wanted)) == count
    assert feature_sets("bold, length") == [("length", "bold")]
    with pytest.raises(ValueError, match="colour"):
        feature_sets("length,colour")
