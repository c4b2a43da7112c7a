"""What the figures mean, in plain sentences: better, worse or not distinguishable, and whether to orchestrate at all.

A sentence says nothing that the figures beside it do not, and never turns missing evidence into a finding.
"""

from collections.abc import Mapping, Sequence
from itertools import count

from msgspec import Struct

from escalade.analysis.statistics.significance import LEVEL, fewest_items
from escalade.analysis.summary import Comparison, Rival

_SAID = {"better": "better than", "worse": "worse than", "not_distinguishable": "not distinguishable from"}


def against(name: str, other: str, comparison: Comparison) -> str:
    """One system beside another, such as the run's reference."""
    verdict = f"{name} is {_SAID[comparison.verdict]} {other}{_at_cost(comparison)}"
    return f"{verdict}: {_figures(comparison)}.{_enough(comparison)}"


def points(share: float) -> str:
    """A difference of shares in points of a hundred, with its sign."""
    shown = f"{100 * share:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown


def p_value(p: float) -> str:
    """A p-value in words: two digits, or as many as keep it on its side of 0.05.

    Beyond one in ten thousand nobody cares how small it is.
    """
    if p < 1e-4:
        return "< 0.0001"
    digits = next(n for n in count(2) if (float(f"{p:.{n}g}") < LEVEL) == (p < LEVEL))
    return f"= {p:.{digits}g}"


def too_few(n: int) -> str:
    """Why `n` questions advise nothing; "" where they may."""
    if n >= fewest_items():
        return ""
    questions = "1 question decides" if n == 1 else f"{n:,} questions decide"
    return f"{questions} nothing: it takes at least {fewest_items()} to tell any difference from chance."


def _at_cost(comparison: Comparison) -> str:
    if comparison.cost_ratio is None:
        return ""
    ratio = f"{comparison.cost_ratio:.3g}"
    return ", at the same cost" if ratio == "1" else f", at {ratio} times its cost"


def _figures(comparison: Comparison) -> str:
    between = p = ""
    if comparison.low is not None and comparison.high is not None:
        between = f", 95 % interval {points(comparison.low)} to {points(comparison.high)}"
    if comparison.p_holm is not None:
        p = f", p {p_value(comparison.p_holm)}"
    return f"{points(comparison.difference)} points{between}, n = {comparison.n:,}{p}"


def _enough(comparison: Comparison) -> str:
    needed = comparison.n_needed
    if comparison.verdict != "not_distinguishable" or needed is None or needed <= comparison.n:
        return ""
    return f" A true difference of this size would take about {needed:,} items to show."


class _Told(Struct, frozen=True):
    """An orchestration beside the best single model that costs no more."""

    name: str
    model: str
    versus: Comparison


def advice(beside: Mapping[str, Rival], broken: Mapping[str, str]) -> str:
    """Whether any orchestration earns its cost, or which model to use alone; "" where the run cannot say.

    `beside` is the best single model that costs no more, by orchestration; `broken` says of those that never were what
    they should be why. An orchestration that nothing can be said of is named with the reason, and keeps nothing from
    being said of the others.
    """
    whole = [(name, best) for name, best in beside.items() if name not in broken]
    compared = [_Told(name, best.system or "", best.versus) for name, best in whole if best.versus]
    told = [one for one in compared if not too_few(one.versus.n)]
    silent: dict[str, list[str]] = {}
    for name, why in broken.items():
        silent.setdefault(why, []).append(name)
    if told:
        for name in dict(whole).keys() - {one.name for one in told}:
            versus = beside[name].versus
            silent.setdefault(beside[name].reason if versus is None else f"n = {versus.n} is too few", []).append(name)
    left_out = (f"Of {', '.join(sorted(names))} nothing can be said: {why}." for why, names in sorted(silent.items()))
    first = _verdict(told) if told else _too_few(compared) if compared else ""
    return " ".join([*([first] if first else []), *left_out])


def _verdict(told: Sequence[_Told]) -> str:
    earning = [one for one in told if one.versus.verdict == "better"]
    if earning:
        return " ".join(_earns(one) for one in earning)
    models = {one.model for one in told}
    if len(models) > 1:
        which = "; ".join(f"{one.model} instead of {one.name}" for one in told)
        return f"Use a single model alone: {which}. {_none_better(told)}"
    [model] = models
    if all(one.versus.difference <= 0 for one in told):
        names = ", ".join(one.name for one in told)
        return f"Use model {model} alone: it costs no more, and here it did at least as well as {names}."
    return f"Use model {model} alone, unless more items show otherwise. {_none_better(told)}"


def _too_few(told: Sequence[_Told]) -> str:
    needed = max(one.versus.n_needed or 0 for one in told)
    seen = f" A true difference of the size seen would take about {needed:,}." if needed > fewest_items() else ""
    return too_few(_fewest(told)) + seen


def _earns(told: _Told) -> str:
    return (
        f"{told.name} earns its cost: it is better than {told.model}, the best single model that costs no more "
        f"({_figures(told.versus)})."
    )


def _none_better(told: Sequence[_Told]) -> str:
    n = _fewest(told)
    return f"No orchestration is distinguishably better than the best single model that costs no more (n = {n:,})."


def _fewest(told: Sequence[_Told]) -> int:
    return min(one.versus.n for one in told)
