"""Where a run is, in words: trials, rate, money and its limit, what the rungs accept, failures, time left."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

from msgspec import Struct

from escalade.analysis.standing import Accepted, Standing
from escalade.core.money import Total
from escalade.report.money import money


class Amounts(Struct, frozen=True, kw_only=True):
    """What a run has cost so far."""

    paid: Total
    cost: Total
    """What the same is worth, answers from the journal included."""
    held: Decimal | None = None
    """USD that count against the limit: attempts of unknown cost by their worst case."""
    limit: Decimal | None = None
    """USD that the run may spend; None: no limit."""


def trials(standing: Standing) -> str:
    return f"{standing.done:,} of {standing.total:,} trials"


def failures(standing: Standing) -> str:
    return f"{standing.failed:,} failed" if standing.failed else ""


def rate(standing: Standing, now: float) -> str:
    """Trials a second or a minute, whichever is a number to read."""
    per_second = standing.per_second(now)
    if per_second is None:
        return ""
    return f"{per_second:.1f}/s" if per_second >= 1 else f"{60 * per_second:.1f}/min"


def left(standing: Standing, now: float) -> str:
    seconds = standing.seconds_left(now)
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left" if seconds < 5400 else f"about {seconds / 3600:.1f} h left"


def spent(amounts: Amounts) -> str:
    """Such as "$0.42 paid, worth $0.80, $0.45 of the $2.50 limit"."""
    paid, cost = amounts.paid, amounts.cost
    parts = [f"{money(paid)} paid"]
    if cost.usd is not None and paid.usd is not None and cost.usd > paid.usd and money(cost) != money(paid):
        parts.append(f"worth {money(cost)}")
    if amounts.limit is not None:
        parts.append(f"{money(amounts.held or Decimal(0))} of the {money(amounts.limit)} limit")
    return ", ".join(parts)


def acceptance(standing: Standing) -> str:
    """Such as "accepted: rung 1 61 %, rung 2 88 %", with the systems' names where several have gates; "" where no gate
    has judged.
    """
    by_system = {system: _rungs(of) for system, of in groupby(standing.accepted(), key=lambda rung: rung.system)}
    if not by_system:
        return ""
    told = by_system.values() if len(by_system) == 1 else [f"{system} {rungs}" for system, rungs in by_system.items()]
    return f"accepted: {'; '.join(told)}"


def _rungs(accepted: Iterable[Accepted]) -> str:
    return ", ".join(f"rung {a.level} {100 * a.accepted / a.judged:.0f} %" for a in accepted)
