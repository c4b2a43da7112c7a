"""How long the honest intervals of judged answers take: questions resampled 10,000 times, for every system at once."""

import argparse
import statistics
import time
from typing import Any

import numpy as np
from printing import table

from escalade.analysis.arena.control import controlled
from escalade.analysis.arena.rows import FEATURES, Rows
from escalade.analysis.arena.share import clustered, official
from escalade.analysis.statistics.interval import RESAMPLES
from escalade.core.scheme import OFFICIAL

_GAMES = 2


def run(questions: int, systems: int, repeats: int) -> dict[str, Any]:
    """Measure and print."""
    rows = _drawn(questions, systems)
    work = {
        f"{RESAMPLES:,} resamples of questions": lambda: clustered(rows, OFFICIAL, 0),
        "the official 100 resamples of games": lambda: official(rows, OFFICIAL, 0),
        "style control: a fit, 1,000 resamples of questions, 100 of games": lambda: list(
            controlled(rows, OFFICIAL, [FEATURES], 0)
        ),
    }
    found = {}
    for name, one in work.items():
        seconds = []
        for _ in range(repeats):
            began = time.perf_counter()
            one()
            seconds.append(time.perf_counter() - began)
        found[name] = statistics.median(seconds)
    title = f"Bootstrap: {questions:,} questions x {systems} systems, {_GAMES} games each"
    table(title, ["intervals of all systems", "s"], list(found.items()))
    return {"questions": questions, "systems": systems, "seconds": found}


def _drawn(questions: int, systems: int) -> Rows:
    """Judged games by chance."""
    random, games = np.random.default_rng(0), _GAMES
    count = questions * systems * games
    entry = np.repeat(np.arange(questions * systems), games)
    return Rows(
        systems=tuple(f"s{number}" for number in range(systems)),
        items=tuple(str(number) for number in range(questions)),
        system=entry // questions,
        question=entry % questions,
        entry=entry,
        advantage=random.integers(-2, 3, size=count),
        forfeit=np.zeros(count, dtype=np.int64),
        style=np.repeat(random.uniform(-0.5, 0.5, size=(questions * systems, len(FEATURES))), games, axis=0),
        styled=np.ones(count, dtype=bool),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--systems", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    run(asked.questions, asked.systems, asked.repeats)


if __name__ == "__main__":
    main()
