"""Who sees whom in a debate: pure, and always mutual, so that whoever criticises is criticised.

Members are positions; those who failed have left, and the others close ranks. Everybody sees somebody as long as two
are left.
"""

from collections.abc import Sequence
from random import Random
from typing import Literal

Topology = Literal["full", "ring", "star", "layered", "random"]
"""Each sees all others; the one before and the one after; all see the first, who sees all; two halves, each sees the
other; drawn pairs, so that each has at least one peer."""
Seen = dict[int, tuple[int, ...]]
"""By member: the members whose answers it sees, ascending."""


def seen_by(topology: Topology, members: Sequence[int], random: Random) -> Seen:
    """Whom each of `members` sees. `random` is drawn from for `random` alone."""
    if len(members) < 2:
        return dict.fromkeys(members, ())
    pairs = {frozenset((members[a], members[b])) for a, b in _pairs(topology, len(members), random)}
    return {m: tuple(other for other in sorted(members) if frozenset((m, other)) in pairs) for m in members}


def most_seen(topology: Topology, members: int) -> list[int]:
    """How many others each of so many members sees at most."""
    if topology == "random":
        return [members - 1] * members
    return [len(others) for others in seen_by(topology, range(members), Random()).values()]  # noqa: S311  (not drawn from)


def _pairs(topology: Topology, n: int, random: Random) -> list[tuple[int, int]]:
    match topology:
        case "full":
            return [(a, b) for a in range(n) for b in range(a)]
        case "ring":
            return [(a, (a + 1) % n) for a in range(n)]
        case "star":
            return [(0, b) for b in range(1, n)]
        case "layered":
            half = (n + 1) // 2
            return [(a, b) for a in range(half) for b in range(half, n)]
        case "random":
            return [(a, random.choice([b for b in range(n) if b != a])) for a in range(n)]
