"""Battles made by hand and by chance, and the plainest computation of what is to be computed from them."""

import numpy as np

from escalade.analysis.arena import Entry
from escalade.core.battle import STRENGTHS, Battle, Game, Ruling, Style

LABELS = tuple(STRENGTHS)


def battle(*games, judge="judge", style=None, baseline_style=None):
    """One judge's labels in the two orders, the baseline shown first in the first; None is unjudged."""
    shown = ("baseline", "contestant")
    made = tuple(Game(first=first, label=label) for first, label in zip(shown, games, strict=True))
    return Battle(
        baseline="base",
        rulings=(Ruling(judge=judge, games=made),),
        style=style,
        baseline_style=baseline_style,
    )


def entry(system, item, *games, category="all", **more):
    return Entry(system=system, item=str(item), category=category, battle=battle(*games, **more))


def forfeit(system, item, who=-1):
    return Entry(system=system, item=str(item), category="all", forfeit=who)


def drawn(seed, systems=4, items=60, *, styled=True):
    """Entries by chance; stronger systems, and longer answers, win more."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(systems):
        for item in range(items):
            mine, theirs = some_style(random), some_style(random)
            pull = 0.4 * number - 0.5 + (mine.tokens - theirs.tokens) / 800
            games = []
            for sign in (-1, 1):
                felt = sign * pull + random.normal()
                games.append(LABELS[int(np.searchsorted([-1.2, -0.3, 0.3, 1.2], -felt))])
            styles = {"style": mine, "baseline_style": theirs} if styled else {}
            found.append(entry(f"s{number}", item, *games, **styles))
    return found


def some_style(random):
    return Style(
        tokens=int(random.integers(1, 900)),
        headers=int(random.integers(0, 6)),
        lists=int(random.integers(0, 30)),
        bold=int(random.integers(0, 12)),
    )


_OUTCOMES = {"A>>B": [1] * 3, "A>B": [1], "A=B": [0.5], "B>A": [0], "B>>A": [0] * 3}


def plain_rows(entries):
    """Of (system, outcome, style, baseline's style), strong verdicts three times, written as the rules are told."""
    rows = []
    for one in entries:
        if one.battle is None:
            continue
        for ruling in one.battle.rulings:
            first, second = ruling.games
            if first.label is None or second.label is None:
                continue
            outcomes = _OUTCOMES[second.label] + [1 - won for won in _OUTCOMES[first.label]]
            rows += [(one.system, won, one.battle.style, one.battle.baseline_style) for won in outcomes]
    return rows
