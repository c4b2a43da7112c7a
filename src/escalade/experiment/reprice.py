"""New prices for what a run stored, kept as a revision; and, kept nowhere, the price of its tokens elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from escalade import __version__
from escalade.analysis.spending import Spent, spent
from escalade.core.errors import ConfigError, DataError
from escalade.core.money import Total, total
from escalade.experiment.costing import as_if, price_values, repriced
from escalade.experiment.revised import Revised
from escalade.ledger.call import Call
from escalade.prices import Price
from escalade.store.revisions import NewPrices, Revisions


class Wanted(Struct, frozen=True):
    """A price for a model of the run, by its name there."""

    price: Price
    model_id: str = ""
    """The provider's id that it is the price of, where one is known: it must be the one that was asked."""
    named: bool = True
    """Whether the user named the model; if not, it is no error that the run lacks it."""


class CostChange(Struct, frozen=True, kw_only=True):
    before: Spent
    after: Spent


class Costs(CostChange, frozen=True, kw_only=True):
    system: str


class Repriced(Struct, frozen=True, kw_only=True):
    run: str
    revision: int | None
    """None where no cost changed and nothing was kept."""
    prices: dict[str, Price]
    """All that are in force now and were not the run's own."""
    systems: list[Costs]
    grading: CostChange
    """Of the laboratory's account, over all systems."""


def reprice(seen: Revised, wanted: Mapping[str, Wanted], *, reported: bool = False) -> Repriced:
    """Keep the prices as the run's next revision. Raises ConfigError for a price of a model that the run lacks."""
    new = {name: wish.price for name, wish in _fitting(seen, wanted).items()}
    prices = seen.rates() | new
    reported = reported or seen.with_reported()
    before, after = defaultdict[str, Total](Total), defaultdict[str, Total](Total)
    graded = regraded = Total()
    for record in seen.records():
        now = repriced(record, new, reported=reported)
        before[record.system] += _worth(record.calls)
        after[record.system] += _worth(now.calls)
        graded += _worth(record.grading)
        regraded += _worth(now.grading)
    systems = _costs(seen, before, after)
    grading = CostChange(before=spent(graded), after=spent(regraded))
    number = None
    if any(each.before != each.after for each in (*systems, grading)):
        revisions = Revisions(seen.store, seen.run.id)
        change = NewPrices(prices={name: price_values(price) for name, price in prices.items()}, reported=reported)
        revision = revisions.begin(change, version=__version__)
        revisions.finish(revision)
        number = revision.number
    return Repriced(run=seen.run.id, revision=number, prices=prices, systems=systems, grading=grading)


def hypothetical(seen: Revised, price: Price) -> list[Costs]:
    """What each system's tokens would have cost, had every call been at `price`. Nothing is kept."""
    before, after = defaultdict[str, Total](Total), defaultdict[str, Total](Total)
    for record in seen.records():
        before[record.system] += _worth(record.calls)
        after[record.system] += total(as_if(record, price))
    return _costs(seen, before, after)


def _worth(calls: Iterable[Call]) -> Total:
    return total(call.cost for call in calls)


def _costs(seen: Revised, before: Mapping[str, Total], after: Mapping[str, Total]) -> list[Costs]:
    return [
        Costs(system=system, before=spent(before[system]), after=spent(after[system]))
        for system in seen.run.systems
        if system in before
    ]


def _fitting(seen: Revised, wanted: Mapping[str, Wanted]) -> dict[str, Wanted]:
    """Those whose models the run asked."""
    asked: dict[str, set[str]] = {}
    for record in seen.records():
        for call in (*record.calls, *record.grading):
            asked.setdefault(call.model, set()).add(call.asked)
    if not asked:
        raise DataError(f"run {seen.run.id} has no calls to price", hint="`escalade run` goes on with it")
    for name, wish in wanted.items():
        if name not in asked and wish.named:
            raise ConfigError(
                f"run {seen.run.id} asked no model named {name!r}", hint=f"it asked {', '.join(sorted(asked))}"
            )
        others = asked.get(name, set()) - {"", wish.model_id}
        if wish.model_id and others:
            raise ConfigError(
                f"the model {name} of the config is {wish.model_id}, and the run asked {', '.join(sorted(others))}",
                hint=f"give the price with --price {name}=INPUT/OUTPUT",
            )
    return {name: wish for name, wish in wanted.items() if name in asked}
