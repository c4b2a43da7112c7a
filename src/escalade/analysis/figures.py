"""The figures of one system by itself: quality, coverage, cost, latency.

Trials must be in ascending order of item and sample, so that figures do not depend on who finished first.
"""

from collections.abc import Callable, Sequence
from math import fsum

from escalade.analysis.spending import Cost, quotient
from escalade.analysis.statistics.interval import mean, mean_interval, quantile, wilson
from escalade.analysis.summary import Latency, Quality
from escalade.analysis.system_tally import SystemTally
from escalade.analysis.trial import PerItem, TrialFigures, per_item


def quality(figures: PerItem, seed: int) -> Quality:
    """The mean score: with Wilson's interval for right or wrong once per item, else with a bootstrap of the items."""
    scores = list(figures.scores.values())
    if not scores:
        return Quality(mean=None, low=None, high=None, n=0)
    n = len(scores)
    around = wilson(scores.count(1.0), n) if figures.right_or_wrong else mean_interval(scores, seed)
    low, high = (around.low, around.high) if around else (None, None)
    return Quality(mean=mean(scores), low=low, high=high, n=n)


def others(trials: Sequence[TrialFigures], seed: Callable[[str], int]) -> dict[str, Quality]:
    """The same by every further grader; a trial without an answer is a loss for each of them."""
    names = sorted({name for trial in trials for name, _ in trial.others or ()})
    return {name: quality(per_item(trials, name), seed(name)) for name in names}


def coverage(trials: Sequence[TrialFigures]) -> float | None:
    """The share of trials that gave an answer."""
    return sum(trial.answered for trial in trials) / len(trials) if trials else None


def latency(trials: Sequence[TrialFigures]) -> Latency | None:
    """Of the trials that answered and whose time was measured; None without any."""
    seconds = sorted(trial.latency_s for trial in trials if trial.answered and trial.latency_s is not None)
    if not seconds:
        return None
    return Latency(mean=mean(seconds), p50=quantile(seconds, 0.5), p95=quantile(seconds, 0.95))


def cost(tally: SystemTally) -> Cost:
    whole = tally.cost
    correct = fsum(trial.score for trial in tally.trials if trial.score is not None)
    return Cost(
        total=whole.usd,
        per_item=quotient(whole.usd, len(tally.trials)),
        per_correct=quotient(tally.graded_cost.usd, correct),
        calls=whole.calls,
        unknown_calls=whole.unknown,
        estimated_calls=whole.estimated,
        by_role=tally.by_role(),
        by_level=tally.by_level(),
        by_model=tally.by_model(),
    )
