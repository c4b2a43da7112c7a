"""The fit behind style control: Bradley-Terry against one baseline, with features, by Newton's method.

The chance that system s wins a game is 1 / (1 + exp(-(ability of s + features . coefficients))); the baseline's ability
is 0. No intercept and no penalty, a tie counts as half a win, and each row has a weight. Many weightings of the same
rows are fitted at once, which is what resampling wants. A system that won all its games, or none, has no finite
ability: its chance is 1, or 0, and it tells the coefficients nothing.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_ITERATIONS = 60
CLOSE = 1e-10
"""The last step of a fit is shorter."""
_LONGEST_STEP = 4.0
_TOO_FAR = 60.0
"""Beyond it, in standard deviations of a feature, nothing but separation drives a coefficient."""
_TINY = 1e-12


class Games(Struct, frozen=True):
    """n games, ordered by system."""

    system: "Ints"
    """Numbers from 0; each has at least one game."""
    won: "Floats"
    """The contestant's share of the game: 0 to 1."""
    features: "Floats"
    """n x k."""

    @property
    def starts(self) -> "Ints":
        import numpy as np  # noqa: PLC0415  (loading it takes longer than most commands that never compute)

        return np.searchsorted(self.system, np.arange(self.system[-1] + 1))

    def by_system(self, columns: "Floats") -> "Floats":
        """Sums over each system's games, along the second axis."""
        import numpy as np  # noqa: PLC0415  (as above)

        summed: Floats = np.add.reduceat(columns, self.starts, axis=1)
        return summed


class Fit(Struct, frozen=True):
    """b fits; NaN in the arrays where there is no finite one."""

    chances: "Floats"
    """b x systems: the chance of winning where no feature differs."""
    coefficients: "Floats"
    """b x k."""
    abilities: "Floats"


def fit(games: Games, weights: "Floats", start: Fit | None = None, *, close: float = CLOSE) -> Fit:
    """One fit for each row of `weights` (b x n); `start` is a fit to begin with."""
    import numpy as np  # noqa: PLC0415  (as above)

    total, won = games.by_system(weights), games.by_system(weights * games.won)
    certain = (won <= _TINY * total) | (won >= (1 - _TINY) * total)
    weights = np.where(certain[:, games.system], 0.0, weights)
    size, k = len(weights), games.features.shape[1]
    abilities = np.where(certain, 0.0, start.abilities[0] if start else 0.0)
    coefficients = np.tile(start.coefficients[0] if start else np.zeros(k), (size, 1))
    products = np.einsum("nj,nk->njk", games.features, games.features).reshape(-1, k * k)
    for _ in range(_ITERATIONS):
        step = _step(games, weights, abilities, coefficients, products)
        abilities, coefficients = abilities + step[0], coefficients + step[1]
        length = np.maximum(np.abs(step[0]).max(axis=1), np.abs(step[1]).max(axis=1, initial=0.0))
        if (length < close).all():
            break
    bad = (length >= close) | (np.abs(coefficients).max(axis=1, initial=0.0) > _TOO_FAR)
    chances = np.where(certain, won > 0, 1 / (1 + np.exp(-abilities)))
    chances[(total <= 0) | bad[:, None]] = np.nan
    coefficients[bad] = np.nan
    return Fit(chances, coefficients, abilities)


def _step(
    games: Games, weights: "Floats", abilities: "Floats", coefficients: "Floats", products: "Floats"
) -> tuple["Floats", "Floats"]:
    """Newton's step of every fit. Abilities do not meet in the Hessian, so that only k x k systems are solved."""
    import numpy as np  # noqa: PLC0415  (as above)

    k = games.features.shape[1]
    chance = 1 / (1 + np.exp(-(abilities[:, games.system] + coefficients @ games.features.T)))
    residual, curvature = weights * (games.won - chance), weights * chance * (1 - chance)
    pull, own = games.by_system(residual), games.by_system(curvature) + _TINY
    crossed = [games.by_system(curvature * games.features[:, j]) for j in range(k)]
    cross = np.stack(crossed, axis=2) if k else np.zeros((*own.shape, 0))
    scaled = cross / own[:, :, None]
    inner = (curvature @ products).reshape(-1, k, k) - np.einsum("bsj,bsk->bjk", cross, scaled)
    slope = residual @ games.features - np.einsum("bs,bsj->bj", pull, scaled)
    along = np.linalg.solve(inner + _TINY * np.eye(k), slope[:, :, None])[:, :, 0]
    up = (pull - np.einsum("bsj,bj->bs", cross, along)) / own
    longest = np.maximum(np.abs(up).max(axis=1), np.abs(along).max(axis=1, initial=0.0))
    shorter = np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, _TINY))[:, None]
    return up * shorter, along * shorter
