"""Quality by label: the groups of a run, streamed."""

from hand_made import RIGHT, WRONG, graded, leaf, run_of, trial

from escalade.analysis.statistics.interval import wilson
from escalade.analysis.tally import Tally


def told(records, items=4, **systems):
    tally = Tally(run_of(items, **(systems or {"small": leaf("small")})))
    for record in records:
        tally.add(record)
    return [found.by_label for found in tally.summary({}).systems]


def test_each_value_has_its_own_mean_interval_and_count():
    """Wilson's interval of the group's own items; other groups do not count."""
    records = [
        trial("small", f"q{n}", RIGHT if n < 5 else WRONG, labels={"domain": "Physics" if n < 6 else "Biology"})
        for n in range(10)
    ]
    [found] = told(records, 10)
    physics, biology = found["domain"]["Physics"], found["domain"]["Biology"]
    around = wilson(5, 6)
    assert (physics.mean, physics.low, physics.high, physics.n) == (5 / 6, around.low, around.high, 6)
    assert (biology.mean, biology.n) == (0.0, 4)


def test_levels_stand_in_their_order_and_words_after_them():
    """As numbers: 2 before 10."""
    records = [trial("small", f"q{v}", RIGHT, labels={"level": v}) for v in ("10", "unsaid", "2", "1")]
    assert list(told(records)[0]["level"]) == ["1", "2", "10", "unsaid"]


def test_labels_that_sort_nothing_are_left_out():
    """One value for all, or more than forty."""
    for count, is_told in ((1, False), (2, True), (40, True), (41, False), (200, False)):
        records = [trial("small", f"q{n}", RIGHT, labels={"source": str(n % count)}) for n in range(200)]
        assert ("source" in told(records, 200)[0]) is is_told


def test_neither_order_nor_samples_nor_systems_change_a_group():
    """Every item counts once in its group, in whatever order records come; a system has its own finished items."""
    records = [
        trial(system, f"q{n}", graded((n % 3) / 2), sample=sample, labels={"subject": "ab"[n % 2]})
        for system in ("small", "big")
        for n in range(8)
        for sample in (0, 1)
        if system == "small" or n < 4
    ]
    systems = {"small": leaf("small"), "big": leaf("big")}
    forward, backward = told(records, 8, **systems), told(records[::-1], 8, **systems)
    assert forward == backward
    assert [found["subject"]["a"].n for found in forward] == [4, 2]


def test_a_group_that_a_system_has_not_reached_is_there_without_figures():
    """Absence is not a score of nought."""
    records = [
        trial("small", "q0", RIGHT, labels={"subject": "a"}),
        trial("small", "q1", RIGHT, labels={"subject": "b"}),
        trial("big", "q0", RIGHT, labels={"subject": "a"}),
    ]
    big = told(records, 2, small=leaf("small"), big=leaf("big"))[1]["subject"]["b"]
    assert (big.mean, big.low, big.n) == (None, None, 0)
