"""Entrants of duels, made by hand."""

from hand_made import RIGHT, WRONG, call, leaf, run_of, trial

from escalade.analysis.comparison.contestant import Contestant
from escalade.analysis.comparison.duel import Entrant, duels

RUN = run_of(40, **{name: leaf(name) for name in ("one", "other", "third", "a", "b")})


def entrant(system, outcomes, *, usd="0.01", run=RUN, labels=None):
    """One entrant; `outcomes` are grades by item or by (item, sample), None for a failure."""
    contestant = Contestant(run, system)
    for key, grade in outcomes.items():
        item, sample = key if isinstance(key, tuple) else (key, 0)
        facts = {"status": "failed", "answer": "", "error": "timeout"} if grade is None else {}
        cost = usd(item) if callable(usd) else usd
        contestant.add(trial(system, item, grade, call(cost), sample=sample, labels=labels or {}, **facts))
    return Entrant(system, contestant)


def named(outcomes):
    return {f"i{n:03}": RIGHT if right else WRONG for n, right in enumerate(outcomes)}


def of_one(first, second, **more):
    [duel] = duels([(first, second)], **more)
    return duel
