"""Style control: what contestants would win if their answers looked like the baseline's, for any set of features.

By Arena-Hard-Auto's method: the features of all games of the pool are standardised together, and Bradley-Terry is
fitted with them (`logistic`). So a contestant's figure depends on who else is in the pool, which is therefore named
beside it. The official interval resamples games (and the copies of strong verdicts) 100 times and takes the median as
its point; ours resamples questions, and its point is the fit itself. Games that were forfeited are lost, or won,
whatever the style: they move our figure in proportion; the official code never sees them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from escalade.analysis.arena.logistic import Fit, Games, fit
from escalade.analysis.arena.rows import FEATURES, Rows
from escalade.analysis.arena.share import (
    OFFICIAL_CONFIDENCE,
    OFFICIAL_RESAMPLES,
    Estimate,
    percentiles,
    question_counts,
)
from escalade.analysis.statistics.interval import CONFIDENCE
from escalade.core.scheme import Scheme

if TYPE_CHECKING:
    from escalade.analysis.arena.rows import Floats

RESAMPLES = 1_000
_CELLS_AT_ONCE = 1_500_000
_TINY = 1e-12
_NEAR = 1e-6
"""Close enough for one of a thousand draws."""
_USUAL = (("length",), ("headers", "lists", "bold"), FEATURES)
"""The sets that the official code offers."""


class Controlled(Struct, frozen=True, kw_only=True):
    """One set of features."""

    features: tuple[str, ...]
    coefficients: dict[str, float]
    """By feature, per standard deviation in the pool; positive: judges like more of it. A feature in which the answers
    do not differ has none."""
    official: dict[str, Estimate]
    """By system."""
    ours: dict[str, Estimate]
    trouble: str = ""
    """Why there are no figures."""


def feature_sets(wanted: str = "") -> list[tuple[str, ...]]:
    """The official three sets; `all`: every one of the fifteen; else the one set that is named, "length,bold".

    Raises ValueError for a name that is no feature.
    """
    if not wanted:
        return list(_USUAL)
    if wanted == "all":
        return [chosen for size in range(1, len(FEATURES) + 1) for chosen in combinations(FEATURES, size)]
    named = [name.strip() for name in wanted.split(",")]
    if unknown := [name for name in named if name not in FEATURES]:
        raise ValueError(unknown[0])
    return [tuple(feature for feature in FEATURES if feature in named)]


def controlled(
    rows: Rows, scheme: Scheme, sets: Iterable[Sequence[str]], seed: int, resamples: int = RESAMPLES
) -> Iterator[Controlled]:
    """The figures for each set of features. `rows` may hold forfeits; games whose styles are unknown are left out."""
    for features in sets:
        pool = _Pool(rows, scheme, features)
        if not (rows.forfeit == 0).any():
            yield _without(features, "no game was judged")
        elif not pool.answers:
            yield _without(features, "the styles of the answers are not known")
        elif not pool.features:
            alike = f"the answers do not differ in {' or '.join(features)}"
            yield _without(features, "there are too few answers" if pool.answers == 1 else alike)
        else:
            yield msgspec.structs.replace(pool.controlled(seed, resamples), features=tuple(features))


def _without(features: Sequence[str], trouble: str) -> Controlled:
    return Controlled(features=tuple(features), coefficients={}, official={}, ours={}, trouble=trouble)


class _Pool:
    """The judged games of all contestants, ordered by system, with standardised features."""

    def __init__(self, rows: Rows, scheme: Scheme, features: Sequence[str]) -> None:
        import numpy as np  # noqa: PLC0415  (loading it takes longer than most commands that never compute)

        self._rows = rows
        chosen = np.flatnonzero(rows.styled & (rows.forfeit == 0))
        order = chosen[np.argsort(rows.system[chosen], kind="stable")]
        self._there, self._system = np.unique(rows.system[order], return_inverse=True)
        self._order = order
        self._weight = rows.weights(scheme)[order]
        self._values = rows.values(scheme)[order]
        weights = rows.weights(scheme)
        self._all = rows.by_question(weights)[:, self._there]
        forfeited = rows.by_question(weights * np.abs(rows.forfeit))[:, self._there]
        given = rows.by_question(weights * (rows.forfeit > 0))[:, self._there]
        self._parts = (forfeited, given)
        self.answers = len(np.unique(rows.entry[order]))
        columns = rows.style[order][:, [FEATURES.index(name) for name in features]]
        self._standard, varies = _standardised(columns, self._weight)
        self.features = tuple(name for name, does in zip(features, varies, strict=True) if does)
        """Those in which the answers differ."""

    def controlled(self, seed: int, resamples: int) -> Controlled:
        import numpy as np  # noqa: PLC0415  (as above)

        games = Games(self._system, self._values, self._standard)
        whole = fit(games, self._weight[None, :])
        if not np.isfinite(whole.coefficients).all():
            return _without(self.features, "these features tell wins from losses so well that there is no finite fit")
        honest = self._resampled(games, whole, seed, resamples)
        by_game = self._resampled_games(games, whole, seed)
        points = self._with_forfeits(whole.chances, np.ones((1, len(self._rows.items))))[0]
        coefficients = zip(self.features, whole.coefficients[0].tolist(), strict=True)
        return Controlled(
            features=self.features,
            coefficients={name: round(value, 6) for name, value in coefficients},
            official=self._named(np.nanmedian(by_game, axis=0), by_game, OFFICIAL_CONFIDENCE),
            ours=self._named(points, honest, CONFIDENCE),
        )

    def _resampled(self, games: Games, whole: Fit, seed: int, resamples: int) -> "Floats":
        """An array of resamples x systems, by questions."""
        import numpy as np  # noqa: PLC0415  (as above)

        random, drawn = np.random.default_rng(seed), []
        # all games of one answer have the same features: they can be fitted as one that was won in part
        _, first, answer = np.unique(self._rows.entry[self._order], return_index=True, return_inverse=True)
        by_system = np.argsort(games.system[first], kind="stable")
        weight = np.bincount(answer, weights=self._weight)
        won = np.bincount(answer, weights=self._weight * games.won) / weight
        chosen, weight = first[by_system], weight[by_system]
        answers = Games(games.system[chosen], won[by_system], games.features[chosen])
        question = self._rows.question[self._order][chosen]
        block = max(1, _CELLS_AT_ONCE // len(weight))
        for start in range(0, resamples, block):
            counts = question_counts(random, len(self._rows.items), min(block, resamples - start))
            fitted = fit(answers, counts[:, question] * weight, whole, close=_NEAR)
            drawn.append(self._with_forfeits(fitted.chances, counts))
        return np.concatenate(drawn)

    def _resampled_games(self, games: Games, whole: Fit, seed: int) -> "Floats":
        """100 x systems, by games with their copies, as the official code draws them."""
        import numpy as np  # noqa: PLC0415  (as above)

        copies = np.repeat(np.arange(len(self._weight)), np.maximum(1, self._weight.astype(np.int64)))
        once = self._weight / np.bincount(copies)
        drawn = np.random.default_rng(seed).integers(0, len(copies), size=(OFFICIAL_RESAMPLES, len(copies)))
        weights = np.stack([np.bincount(copies[row], minlength=len(once)) * once for row in drawn])
        return fit(games, weights, whole, close=_NEAR).chances

    def _with_forfeits(self, chances: "Floats", counts: "Floats") -> "Floats":
        """The chances over the games that were played, and the forfeits as they ended, in each resample."""
        import numpy as np  # noqa: PLC0415  (as above)

        every = counts @ self._all
        shares = [np.divide(counts @ part, every, out=np.zeros_like(every), where=every > 0) for part in self._parts]
        moved: Floats = chances * (1 - shares[0]) + shares[1]
        return moved

    def _named(self, points: "Floats", drawn: "Floats", confidence: float) -> dict[str, Estimate]:
        estimates = {}
        for place, number in enumerate(self._there.tolist()):
            bounds = percentiles(drawn[:, place], confidence)
            estimates[self._rows.systems[number]] = Estimate(float(points[place]), *(bounds or ()))
        return estimates


def _standardised(columns: "Floats", weight: "Floats") -> tuple["Floats", list[bool]]:
    """Features less their mean, in standard deviations, over games with their copies: those that vary, and which do."""
    import numpy as np  # noqa: PLC0415  (as above)

    total = weight.sum()
    if total <= 1:
        return columns[:, :0], [False] * columns.shape[1]
    centred = columns - (weight @ columns) / total
    spread = np.sqrt((weight @ centred**2) / (total - 1))
    varies = spread > _TINY
    return centred[:, varies] / spread[varies], varies.tolist()
