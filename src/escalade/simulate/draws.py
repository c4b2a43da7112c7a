"""Reproducible chance: every draw is a function of a place (seed, model, item, ...), on every machine alike.

No state outlives a `Draws`, so that nothing depends on the order in which requests arrive.
"""

import math
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from struct import unpack
from typing import TypeVar

T = TypeVar("T")

_NORMAL = NormalDist()
_SEPARATOR = "\x1f"


def normal_cdf(x: float) -> float:
    """The share of a standard normal distribution below `x`."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def normal_quantile(p: float) -> float:
    """The `x` below which the share `p` (0 < p < 1) of a standard normal distribution lies."""
    return _NORMAL.inv_cdf(p)


class Draws:
    """A row of independent draws that belongs to one place."""

    __slots__ = ("_place", "_pool", "_rounds")

    def __init__(self, *place: str | int) -> None:
        self._place = _SEPARATOR.join(map(str, place)).encode("utf-8", "surrogatepass")
        self._pool: list[int] = []
        self._rounds = 0

    def unit(self) -> float:
        """Uniform in the open interval from 0 to 1."""
        if not self._pool:
            block = blake2b(self._place, salt=self._rounds.to_bytes(8, "little"))
            self._pool = list(unpack("<8Q", block.digest()))
            self._rounds += 1
        return ((self._pool.pop() >> 11) + 0.5) * 2.0**-53

    def normal(self) -> float:
        """Standard normal."""
        return _NORMAL.inv_cdf(self.unit())

    def chance(self, probability: float) -> bool:
        return self.unit() < probability

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1."""
        return int(self.unit() * count)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in options]

    def lognormal(self, mean: float, spread: float) -> float:
        """Log-normal with this mean; `spread` is its standard deviation as a share of the mean."""
        variance = math.log1p(spread * spread)
        return mean * math.exp(self.normal() * math.sqrt(variance) - variance / 2)
