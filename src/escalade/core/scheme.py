"""Scheme: how judges' labels become a score from 0 (lost all) to 1 (won all), and how much each label weighs.

A scheme says what a win is worth to the winner. The loser gets the rest and a tie is half to each, so that exchanging
the two answers gives 1 less the score, whatever the scheme: no scheme can be written down that breaks this.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

from escalade.core.errors import ConfigError


class Scheme(Struct, frozen=True, kw_only=True):
    name: str
    better: float = 1.0
    """What "better" is worth to the winner, 0.5 to 1."""
    much_better: float = 1.0
    """What "much better" is worth to the winner, no less than "better"."""
    weight: float = 1.0
    """How much "much better" counts beside the other labels, which count 1."""

    def __post_init__(self) -> None:
        for field in ("better", "much_better"):
            if not 0.5 <= getattr(self, field) <= 1:
                raise ConfigError(f"scheme.{field} is {getattr(self, field)}", hint="give a share from 0.5 to 1")
        if self.much_better < self.better:
            raise ConfigError(
                f"scheme.much_better is {self.much_better}, less than scheme.better, which is {self.better}",
                hint="a strong win is worth no less than a win: exchange the two, or name both",
            )
        if not 0 < self.weight <= 1000:
            raise ConfigError(f"scheme.weight is {self.weight}", hint="give a number above 0, such as 3")

    def value(self, advantage: int) -> float:
        """The contestant's share of a game that it won by `advantage`, -2 to 2."""
        won = (0.5, self.better, self.much_better)[abs(advantage)]
        return won if advantage >= 0 else 1 - won

    def weigh(self, advantage: int) -> float:
        """How much a game counts that was won by `advantage`."""
        return self.weight if abs(advantage) == 2 else 1.0

    def score(self, advantages: Iterable[int]) -> float:
        """The weighted mean over games, of which there is at least one."""
        games = list(advantages)
        weights = [self.weigh(advantage) for advantage in games]
        won = sum(weight * self.value(advantage) for weight, advantage in zip(weights, games, strict=True))
        return won / sum(weights)


OFFICIAL = Scheme(name="official", weight=3.0)
"""Arena-Hard-Auto's: a win is a win, and a strong one counts three times."""
LINEAR = Scheme(name="linear", better=0.75)
"""Sigmoid MLM's 1, 0.5, 0, -0.5, -1, moved to 0 to 1: its value is twice the score less one."""
SCHEMES: Mapping[str, Scheme] = MappingProxyType({scheme.name: scheme for scheme in (OFFICIAL, LINEAR)})
