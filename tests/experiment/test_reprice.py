"""Costs anew from stored tokens: exact, kept as a revision, and never what was paid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sums import PRICE, experiment, pupil, records

from escalade.core.errors import ConfigError, DataError, StoreError
from escalade.core.money import NOTHING, UNKNOWN, Money, usd
from escalade.core.structure import Structure
from escalade.core.usage import Usage
from escalade.experiment import Runner
from escalade.experiment.costing import as_if, price_from, price_values, repriced
from escalade.experiment.reprice import Wanted, hypothetical, reprice
from escalade.experiment.revised import revised
from escalade.ledger.call import Call
from escalade.prices import LongPrompt, Price
from escalade.store import Record, Run
from escalade.store.record import SystemFacts
from escalade.store.revisions import Revisions
from escalade.strategies import Vote

DOUBLE = Price(input=2 * PRICE.input, output=2 * PRICE.output)
TOKENS = Usage(input=1000, output=100)
ONE = {"s": SystemFacts(structure=Structure("model", "s"))}


def call(cost, usage=TOKENS, model="small"):
    return Call(id="c", model=model, usage=usage, cost=cost, paid=cost)


def record_of(*calls):
    return Record(run="r", system="s", item="i", status="answered", calls=list(calls))


async def run(store, *systems, items=5):
    return (await Runner(experiment(*systems, items=items), store).run()).run.id


@pytest.mark.parametrize(
    ("before", "usage", "reported", "after"),
    [
        (Money(usd("1"), "config"), TOKENS, False, "0.0012"),
        (Money(usd("1"), "catalogue"), TOKENS, False, "0.0012"),
        (Money(usd("1"), "reported"), TOKENS, False, "1"),
        (Money(usd("1"), "reported"), TOKENS, True, "0.0012"),
        (UNKNOWN, TOKENS, False, "0.0012"),
        (UNKNOWN, None, False, None),
        (NOTHING, TOKENS, True, "0"),
    ],
)
def test_which_costs_are_computed_anew(before, usage, reported, after):
    """Those with known tokens that were neither free nor, unless asked for, reported by a provider."""
    record = record_of(call(before, usage))
    [found] = repriced(record, {"small": PRICE}, reported=reported).calls
    assert found.cost.usd == (None if after is None else Decimal(after))
    assert found.paid == before


def test_models_that_are_not_named_keep_their_costs():
    """And the grading account is priced like the system's."""
    record = record_of(call(Money(usd("1"), "config")), call(Money(usd("1"), "config"), model="other"))
    graded = Record(run="r", system="s", item="i", status="answered", grading=record.calls)
    assert [c.cost.usd for c in repriced(record, {"other": PRICE}).calls] == [Decimal(1), Decimal("0.0012")]
    assert [c.cost.usd for c in repriced(graded, {"other": PRICE}).grading] == [Decimal(1), Decimal("0.0012")]


PRICES = st.builds(
    Price,
    input=st.decimals(0, 1000, places=4),
    output=st.decimals(0, 1000, places=4),
    cached=st.none() | st.decimals(0, 1000, places=4),
    per_request=st.decimals(0, 1, places=6),
    long_prompts=st.just(()) | st.just((LongPrompt(above=200_000, input=Decimal("2.5"), output=Decimal(15)),)),
)


@given(PRICES)
def test_a_price_survives_being_kept(price):
    """Every digit and every step of it."""
    assert price_from(price_values(price)) == price


async def test_new_prices_are_a_revision(store, journal):
    """Shown at once and taken back by revision 0; what was paid and what was stored stay."""
    run_id = await run(store, pupil("small", journal=journal))
    before, paid = records(store, run_id), store.paid(run_id)
    done = reprice(revised(store, run_id), {"small": Wanted(DOUBLE)})
    [costs] = done.systems
    assert done.revision == 1
    assert costs.after.usd == 2 * costs.before.usd > 0
    for old, new in zip(before, revised(store, run_id).records(), strict=True):
        assert new.calls[0].cost.usd == 2 * old.calls[0].cost.usd
        assert new.calls[0].paid == old.calls[0].paid
    assert list(revised(store, run_id, 0).records()) == before
    assert store.paid(run_id) == paid
    assert any("small" in note for note in revised(store, run_id).run.notes)


async def test_later_prices_stand_beside_earlier_ones(store, journal):
    """A revision holds all that is in force: naming another model does not undo the first."""
    run_id = await run(store, Vote([pupil("small", journal=journal), pupil("large", journal=journal)], name="vote"))
    reprice(revised(store, run_id), {"small": Wanted(DOUBLE)})
    done = reprice(revised(store, run_id), {"large": Wanted(DOUBLE)})
    assert sorted(done.prices) == ["large", "small"]
    first, both = (sum(c.cost.usd for r in revised(store, run_id, n).records() for c in r.calls) for n in (0, 2))
    assert both == 2 * first


async def test_prices_that_change_nothing_are_not_kept(store, journal):
    """There is no revision without a difference."""
    run_id = await run(store, pupil("small", journal=journal))
    assert reprice(revised(store, run_id), {"small": Wanted(PRICE)}).revision is None
    assert Revisions(store, run_id).all() == []


async def test_a_judge_s_price_changes_the_grading_alone(store):
    """A revision like any other, though no system costs more by it."""
    store.begin_run(Run(id="r", experiment="e", task="t", items=1, systems=ONE))
    own, graded = call(Money(usd("1"), "config")), call(Money(usd("1"), "config"), model="judge")
    record = Record(run="r", system="s", item="i", status="answered", calls=[own], grading=[graded])
    store.add_record(record)
    await store.flush()
    done = reprice(revised(store, "r"), {"judge": Wanted(DOUBLE)})
    assert done.revision == 1
    assert [each.before == each.after for each in (*done.systems, done.grading)] == [True, False]
    assert next(revised(store, "r").records()).grading[0].cost == DOUBLE.of(TOKENS)


async def test_a_model_that_was_not_asked_is_refused(store, journal):
    """Named by the user it is an error with the names there are; in a config it may stand."""
    run_id = await run(store, pupil("small", journal=journal))
    with pytest.raises(ConfigError, match="'smal'") as caught:
        reprice(revised(store, run_id), {"smal": Wanted(DOUBLE)})
    assert "small" in caught.value.hint
    done = reprice(revised(store, run_id), {"other": Wanted(DOUBLE, named=False), "small": Wanted(DOUBLE)})
    assert sorted(done.prices) == ["small"]


async def test_a_name_that_means_another_model_now_is_refused(store, journal):
    """The price of one model is never taken for another of the same name."""
    run_id = await run(store, pupil("small", journal=journal))
    with pytest.raises(ConfigError, match="is maker/other, and the run asked small"):
        reprice(revised(store, run_id), {"small": Wanted(DOUBLE, "maker/other")})


def test_a_run_without_calls_has_nothing_to_price(store):
    """And says so."""
    store.begin_run(Run(id="empty", experiment="e", task="t", items=1, systems=ONE))
    with pytest.raises(DataError, match="no calls"):
        reprice(revised(store, "empty"), {"small": Wanted(DOUBLE)})


async def test_hypothetical_costs_are_kept_nowhere(store, journal):
    """Every call at one price: exact, an unknown usage is unknown, a free failure stays free."""
    run_id = await run(store, pupil("small", journal=journal))
    [costs] = hypothetical(revised(store, run_id), DOUBLE)
    assert costs.after.usd == 2 * costs.before.usd
    assert revised(store, run_id).number == 0
    record = record_of(call(Money(usd("9"), "reported")), call(UNKNOWN, None), call(NOTHING, None))
    assert [money.usd for money in as_if(record, PRICE)] == [Decimal("0.0012"), None, Decimal(0)]


async def test_an_unknown_revision_is_an_error(store, journal):
    """That lists those there are."""
    run_id = await run(store, pupil("small", journal=journal))
    with pytest.raises(StoreError, match="no revision 3") as caught:
        revised(store, run_id, 3)
    assert "it has 0" in caught.value.hint
