"""Agreement of judges: Krippendorff's alpha on the five labels in their order, seen from the contestant's side.

1 is perfect, 0 what chance would give, negative less than that. Games that a judge left unjudged are left out, as the
coefficient allows. Source: Krippendorff, "Content Analysis", 3rd ed., 2013, chapter 12.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from escalade.analysis.arena.entry import Entry


def alpha(units: Iterable[Sequence[int]]) -> float | None:
    """Krippendorff's alpha of an ordinal scale over `units`, each with the values that its coders gave.

    None where fewer than two units can be compared, or where all values are the same, so that nothing could disagree.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    together: dict[tuple[int, int], float] = defaultdict(float)
    for unit in pairable:
        counts = Counter(unit)
        for a, of_a in counts.items():
            for b, of_b in counts.items():
                together[a, b] += of_a * (of_b - (a == b)) / (len(unit) - 1)
    marginal: dict[int, float] = defaultdict(float)
    for (a, _), pairs in together.items():
        marginal[a] += pairs
    n = sum(marginal.values())
    if len(pairable) < 2 or len(marginal) < 2:
        return None
    observed = sum(pairs * _distance(a, b, marginal) for (a, b), pairs in together.items())
    pairs_by_chance = ((a, b, marginal[a] * marginal[b]) for a in marginal for b in marginal)
    expected = sum(pairs * _distance(a, b, marginal) for a, b, pairs in pairs_by_chance)
    return 1 - (n - 1) * observed / expected


def _distance(a: int, b: int, marginal: Mapping[int, float]) -> float:
    """By how many values lie between the two, as they occur; squared."""
    low, high = min(a, b), max(a, b)
    between = sum(count for value, count in marginal.items() if low <= value <= high)
    return (between - (marginal[low] + marginal[high]) / 2) ** 2 if a != b else 0.0


def judges_alpha(entries: Iterable[Entry]) -> float | None:
    """The agreement of all judges; a unit is one game: question, contestant and order of showing."""
    units: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for ruling in entry.battle.rulings if entry.battle else ():
            for game in ruling.games:
                if game.advantage is not None:
                    units[entry.system, entry.item, number, game.first].append(game.advantage)
    return alpha(units.values())
