"""Optimism: how much better a structure looked where it was chosen than where nothing was chosen any more.

Whoever picks the best of many on few items picks luck with it. The difference of two means over different items has the
interval of Newcombe (1998) for shares, and the same construction from the means' own intervals elsewhere (Zou and
Donner, 2008). It says how sure the difference is, and not how it came about.
"""

from math import sqrt

from msgspec import Struct

from escalade.analysis.summary import Quality
from escalade.search.division import PartName


class Optimism(Struct, frozen=True, kw_only=True):
    """One structure's score on the items of an earlier part, less that on a later part."""

    structure: str
    chosen: str
    """What it was chosen as: "winner", or "best on train"."""
    earlier: PartName
    later: PartName
    difference: float
    low: float | None
    high: float | None


def optimism(structure: str, chosen: str, qualities: dict[PartName, Quality]) -> list[Optimism]:
    """Each earlier part against the latest that has figures."""
    order: tuple[PartName, ...] = ("train", "selection", "test")
    parts = [part for part in order if part in qualities and qualities[part].mean is not None]
    return [
        _between(structure, chosen, (part, qualities[part]), (parts[-1], qualities[parts[-1]])) for part in parts[:-1]
    ]


def _between(
    structure: str, chosen: str, earlier: tuple[PartName, Quality], later: tuple[PartName, Quality]
) -> Optimism:
    low, high = difference_interval(earlier[1], later[1])
    assert earlier[1].mean is not None
    assert later[1].mean is not None
    return Optimism(
        structure=structure,
        chosen=chosen,
        earlier=earlier[0],
        later=later[0],
        difference=earlier[1].mean - later[1].mean,
        low=low,
        high=high,
    )


def difference_interval(one: Quality, other: Quality) -> tuple[float | None, float | None]:
    """The 95 % interval of the difference of two independent means; None where either has no interval."""
    if one.mean is None or one.low is None or one.high is None:
        return None, None
    if other.mean is None or other.low is None or other.high is None:
        return None, None
    difference = one.mean - other.mean
    below = sqrt((one.mean - one.low) ** 2 + (other.high - other.mean) ** 2)
    above = sqrt((one.high - one.mean) ** 2 + (other.mean - other.low) ** 2)
    return difference - below, difference + above
