"""Whether intervals hold what they promise: a thousand simulated experiments with a known truth.

Questions differ in how hard the contestant finds them, which both games of a question share. The official interval
promises 90 % and treats games and copies of strong verdicts as independent.
"""

import numpy as np
import pytest

from escalade.analysis.arena.share import percentiles, resampled_shares
from escalade.core.scheme import OFFICIAL

EXPERIMENTS, QUESTIONS, RESAMPLES = 1_000, 250, 1_000
KINDS = np.array(
    [
        [0.02, 0.08, 0.15, 0.35, 0.40],
        [0.10, 0.20, 0.30, 0.25, 0.15],
        [0.15, 0.35, 0.25, 0.15, 0.10],
        [0.50, 0.30, 0.10, 0.07, 0.03],
    ]
)
"""The chances of each advantage, -2 to 2, by kind of question; all kinds are as frequent."""
VALUE = np.array([OFFICIAL.value(a) for a in range(-2, 3)])
WEIGHT = np.array([OFFICIAL.weigh(a) for a in range(-2, 3)])


def truth():
    """The share over infinitely many questions."""
    chance = KINDS.mean(axis=0)
    return (chance * VALUE * WEIGHT).sum() / (chance * WEIGHT).sum()


def experiment(random):
    """Advantages of two games of each question."""
    kinds = random.integers(0, len(KINDS), size=QUESTIONS)
    cumulative = KINDS.cumsum(axis=1)[kinds]
    return (random.random((QUESTIONS, 2))[:, :, None] > cumulative[:, None, :]).sum(axis=2)


@pytest.fixture(scope="module")
def coverage():
    random, known = np.random.default_rng(2024), truth()
    held = {"ours": 0, "official": 0}
    for number in range(EXPERIMENTS):
        games = experiment(random)
        weight, value = WEIGHT[games], VALUE[games]
        won, every = (weight * value).sum(axis=1), weight.sum(axis=1)
        low, high = percentiles(resampled_shares(won[:, None], every[:, None], number, RESAMPLES)[:, 0], 0.95)
        held["ours"] += low <= known <= high
        rows = np.repeat(value.ravel(), weight.ravel().astype(int))
        means = rows[random.integers(0, len(rows), size=(100, len(rows)))].mean(axis=1)
        low, high = np.quantile(means, [0.05, 0.95])
        held["official"] += low <= known <= high
    return {name: count / EXPERIMENTS for name, count in held.items()}


def test_our_interval_contains_the_truth_as_often_as_it_says(coverage):
    """Between 93 and 97 times in a hundred."""
    assert 0.93 <= coverage["ours"] <= 0.97


def test_the_official_interval_does_not(coverage):
    """It promises 90 % and holds far less."""
    assert coverage["official"] < 0.75
