"""What the figures mean, in plain sentences: better, worse or not distinguishable, and whether to orchestrate at all.

A sentence says nothing that the figures beside it do not, and never turns missing evidence into a finding.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from escalade.analysis.statistics.significance import fewest_items
from escalade.analysis.summary import Comparison, Quality, Rival

_SAID = {"better": "better than", "worse": "worse than", "not_distinguishable": "not distinguishable from"}


def against(name: str, other: str, found: Comparison) -> str:
    """One system beside another, such as the run's reference."""
    return f"{name} is {_SAID[found.verdict]} {other}{_at_cost(found)}: {_figures(found)}.{_enough(found)}"


def points(share: float) -> str:
    """A difference of shares in points of a hundred, with its sign."""
    shown = f"{100 * share:+.1f}"
    return "0.0" if shown in ("+0.0", "-0.0") else shown


def p_value(p: float) -> str:
    """A p-value in words: beyond one in ten thousand nobody cares how small it is."""
    return "< 0.0001" if p < 1e-4 else f"= {p:.2g}"


def too_few(n: int) -> str:
    """Why `n` questions advise nothing; "" where they may."""
    if n >= fewest_items():
        return ""
    questions = "1 question decides" if n == 1 else f"{n:,} questions decide"
    return f"{questions} nothing: it takes at least {fewest_items()} to tell any difference from chance."


def _at_cost(found: Comparison) -> str:
    if found.cost_ratio is None:
        return ""
    ratio = f"{found.cost_ratio:.3g}"
    return ", at the same cost" if ratio == "1" else f", at {ratio} times its cost"


def _figures(found: Comparison) -> str:
    between = p = ""
    if found.low is not None and found.high is not None:
        between = f", 95 % interval {points(found.low)} to {points(found.high)}"
    if found.p_holm is not None:
        p = f", p {p_value(found.p_holm)}"
    return f"{points(found.difference)} points{between}, n = {found.n:,}{p}"


def _enough(found: Comparison) -> str:
    if found.verdict != "not_distinguishable" or found.n_needed is None or found.n_needed <= found.n:
        return ""
    return f" A true difference of this size would take about {found.n_needed:,} items to show."


class Judged(Struct, frozen=True):
    """An orchestration beside the best single model that costs no more."""

    name: str
    quality: Quality
    best: Rival


def advice(orchestrations: Sequence[Judged], singles: Mapping[str, Quality]) -> str:
    """Whether any orchestration earns its cost, or which model to use alone; "" where the run cannot say.

    `singles` are the single models' own figures by name.
    """
    if not orchestrations or any(o.best.versus is None for o in orchestrations):
        return ""
    if any(o.best.versus and too_few(o.best.versus.n) for o in orchestrations):
        return _too_few(orchestrations)
    earning = [o for o in orchestrations if o.best.versus and o.best.versus.verdict == "better"]
    if earning:
        return " ".join(_earns(o) for o in earning)
    instead = sorted({o.best.system or "" for o in orchestrations})
    if len(instead) > 1:
        which = "; ".join(f"{o.best.system} instead of {o.name}" for o in orchestrations)
        return f"Use a single model alone: {which}. {_none_better(orchestrations)}"
    model = instead[0]
    mean = singles[model].mean
    if mean is not None and all(mean >= (o.quality.mean or 0.0) for o in orchestrations):
        return f"Use model {model} alone: it is at least as good as every orchestration in this run and costs no more."
    return f"Use model {model} alone, unless more items show otherwise. {_none_better(orchestrations)}"


def _too_few(orchestrations: Sequence[Judged]) -> str:
    found = [o.best.versus for o in orchestrations if o.best.versus]
    needed = max((versus.n_needed or 0 for versus in found), default=0)
    seen = f" A true difference of the size seen would take about {needed:,}." if needed > fewest_items() else ""
    return too_few(min(versus.n for versus in found)) + seen


def _earns(judged: Judged) -> str:
    assert judged.best.versus is not None
    return (
        f"{judged.name} earns its cost: it is better than {judged.best.system}, the best single model that costs "
        f"no more ({_figures(judged.best.versus)})."
    )


def _none_better(orchestrations: Sequence[Judged]) -> str:
    n = min(o.best.versus.n for o in orchestrations if o.best.versus)
    return f"No orchestration is distinguishably better than the best single model that costs no more (n = {n:,})."
