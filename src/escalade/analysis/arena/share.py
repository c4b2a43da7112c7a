"""The share of their games that contestants win, with two intervals: the official one and an honest one.

The share is one number: the weighted mean over games. Arena-Hard-Auto resamples rows, as if the two games of one
question, and the copies by which a strong verdict counts more, were independent; of 100 resamples it takes the 5th and
the 95th percentile, which is a 90 % interval. Ours resamples questions with all that belongs to
them, 10,000 times, and takes 95 %. Both are seeded.
"""

from math import isfinite
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.analysis.arena.rows import Rows
from escalade.analysis.statistics.interval import CONFIDENCE, RESAMPLES, mean_interval
from escalade.core.scheme import Scheme

if TYPE_CHECKING:
    import numpy as np

    from escalade.analysis.arena.rows import Floats, Ints

OFFICIAL_RESAMPLES = 100
OFFICIAL_CONFIDENCE = 0.9
_CELLS_AT_ONCE = 2_000_000


class Estimate(Struct, frozen=True):
    """A share, 0 to 1, and its interval; None where it cannot be had."""

    value: float | None
    low: float | None = None
    high: float | None = None


def shares(rows: Rows, scheme: Scheme) -> "Floats":
    """Each system's weighted mean over its games; NaN in the array where it has none."""
    weight = rows.weights(scheme)
    return _divided(rows.by_system(weight * rows.values(scheme)), rows.by_system(weight))


def clustered(rows: Rows, scheme: Scheme, seed: int, resamples: int = RESAMPLES) -> list[Estimate]:
    """Each system's share with the percentile interval over resampled questions, 95 %; the draws are common to all."""
    each = rows.weights(scheme)
    won, weight = rows.by_question(each * rows.values(scheme)), rows.by_question(each)
    drawn = resampled_shares(won, weight, seed, resamples)
    by_question = _divided(won, weight)
    estimates = _estimates(shares(rows, scheme), drawn, CONFIDENCE)
    return [_where_all_agree(one, by_question[:, number]) for number, one in enumerate(estimates)]


def official(rows: Rows, scheme: Scheme, seed: int) -> list[Estimate]:
    """Each system's share, and the interval that Arena-Hard-Auto's code would draw: over rows, 90 %.

    Its point is the mean of its own 100 unseeded resamples, which scatters around this one by about a tenth of their
    standard deviation.
    """
    import numpy as np  # noqa: PLC0415  (loading it takes longer than most commands that never compute)

    random = np.random.default_rng(seed)
    values, copies = rows.values(scheme), rows.weights(scheme)
    whole = bool((copies == copies.astype(np.int64)).all())
    drawn_shares = np.full((OFFICIAL_RESAMPLES, len(rows.systems)), np.nan)
    for number in range(len(rows.systems)):
        own = rows.system == number
        # a weight that is no whole number cannot be a number of copies: its row is drawn once and weighs as it is
        column = np.repeat(values[own], copies[own].astype(np.int64)) if whole else values[own]
        weight = np.ones(len(column)) if whole else copies[own]
        if len(column):
            drawn = random.integers(0, len(column), size=(OFFICIAL_RESAMPLES, len(column)))
            drawn_shares[:, number] = (column * weight)[drawn].sum(axis=1) / weight[drawn].sum(axis=1)
    return _estimates(shares(rows, scheme), drawn_shares, OFFICIAL_CONFIDENCE)


def resampled_shares(won: "Floats", weight: "Floats", seed: int, resamples: int) -> "Floats":
    """`resamples` x systems: each system's share over as many questions as there are, drawn with replacement.

    `won` and `weight` are questions x systems. Drawn in blocks, so that memory does not grow with the resamples.
    """
    import numpy as np  # noqa: PLC0415  (as above)

    random, n = np.random.default_rng(seed), len(won)
    both = np.hstack([won, weight])
    block = max(1, _CELLS_AT_ONCE // max(1, n))
    columns = []
    for start in range(0, resamples, block):
        sums = question_counts(random, n, min(block, resamples - start)) @ both
        columns.append(_divided(sums[:, : won.shape[1]], sums[:, won.shape[1] :]))
    return np.concatenate(columns)


def question_counts(random: "np.random.Generator", n: int, size: int) -> "Floats":
    """How often each of `n` questions is drawn, in each of `size` resamples."""
    import numpy as np  # noqa: PLC0415  (as above)

    drawn: Ints = random.integers(0, n, size=(size, n))
    drawn += np.arange(size)[:, None] * n
    return np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def percentiles(drawn: "Floats", confidence: float) -> tuple[float, float] | None:
    """The middle `confidence` of the draws that have a value, to six digits; None where fewer than nine in ten have."""
    import numpy as np  # noqa: PLC0415  (as above)

    known = drawn[np.isfinite(drawn)]
    if len(known) < 0.9 * len(drawn) or not len(known):
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return round(float(low), 6), round(float(high), 6)


def _estimates(points: "Floats", drawn: "Floats", confidence: float) -> list[Estimate]:
    estimates = []
    for number, point in enumerate(points.tolist()):
        bounds = percentiles(drawn[:, number], confidence) if isfinite(point) else None
        estimates.append(Estimate(point if isfinite(point) else None, *(bounds or ())))
    return estimates


def _where_all_agree(estimate: Estimate, by_question: "Floats") -> Estimate:
    """Resampling questions that are all alike would claim certainty; a single one says nothing of others."""
    alike = [share for share in by_question.tolist() if isfinite(share)]
    if len(alike) > 1 and len(set(alike)) > 1:
        return estimate
    bounds = mean_interval(alike, 0)
    return Estimate(estimate.value, bounds.low, bounds.high) if bounds else Estimate(estimate.value)


def _divided(won: "Floats", weight: "Floats") -> "Floats":
    import numpy as np  # noqa: PLC0415  (as above)

    return np.divide(won, weight, out=np.full_like(won, np.nan), where=weight > 0)
