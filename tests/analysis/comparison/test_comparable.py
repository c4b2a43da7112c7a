"""What keeps two runs from being compared, and what does not."""

import msgspec
import pytest
from hand_made import RIGHT, call, leaf, systems_of, trial

from escalade.analysis.comparison.comparable import differences
from escalade.analysis.comparison.contestant import Contestant
from escalade.core.money import Money
from escalade.store.record import Run

PRICE = {"input": "3", "output": "10", "source": "config"}


def model(**settings):
    return leaf("small") | {"settings": {"id": "maker/small", "identity": "https://a/v1", **settings}}


def contestant(
    run_id, asked="abc", *, items=None, fingerprint="f", gold="g", wording="w", price=None, rates=None, **more
):
    structure = model(price=price or PRICE)
    facts = {"items": items or len(asked), "task_fingerprint": fingerprint} | more
    run = Run(id=run_id, experiment="e", task="t", systems=systems_of(s=structure), **facts)
    made = Contestant(run, "s", rates=rates)
    for item in asked:
        record = trial("s", item, RIGHT, call("1", asked="maker/small"))
        made.add(msgspec.structs.replace(record, run=run_id, gold=gold, wording=wording))
    return made


def told(*contestants):
    return {difference.what: difference.sentence for difference in differences(contestants)}


def test_equal_runs_may_be_compared():
    """Whatever their names, seeds and samples; and systems of one run always."""
    assert told(contestant("x"), contestant("y", seed=7)) == {}
    assert told(contestant("x"), contestant("x", fingerprint="other")) == {}


def test_other_items_are_told():
    """Those that a finished run did not ask; how many are in both is said."""
    found = told(contestant("x", "abcd"), contestant("y", "abxy"))
    assert found == {"items": "2 items of x and 2 items of y are not in the other run, 2 are in both"}


def test_an_unfinished_run_is_no_other_set_of_items():
    """What it has not done yet may still come; what it did beyond a finished one cannot."""
    assert told(contestant("x", "abcd"), contestant("y", "ab", items=4)) == {}
    assert "items" in told(contestant("x", "ab"), contestant("y", "abc", items=4))


@pytest.mark.parametrize("what", ["wording", "gold"])
def test_the_same_items_with_other_words_or_gold_are_told(what):
    """By the number of items and some of their ids; the fingerprint is then explained and not told again."""
    found = told(contestant("x"), contestant("y", fingerprint="other", **{what: "changed"}))
    assert list(found) == [what]
    assert "3 of 3 items (a, b, c)" in found[what]


def test_another_grading_is_told_by_its_fingerprint():
    """Where words and gold are the same, and where older records cannot say so."""
    known = told(contestant("x"), contestant("y", fingerprint="other"))
    assert "differ in the grading or, beyond these items, the data (task fingerprints" in known["grading"]
    assert "f and other" in known["grading"]
    unknown = told(contestant("x", gold="", wording=""), contestant("y", fingerprint="other"))
    assert "the questions, the gold or the grading" in unknown["grading"]


def test_another_price_of_the_same_model_is_told():
    """Its origin and its spelling are no difference; a model that only one has is none either."""
    dearer = told(contestant("x"), contestant("y", price={"input": "4", "output": "10"}))
    assert "the price of maker/small is $3 in, $10 out (config)" in dearer["prices"]
    same = {
        "input": "3.00",
        "output": "1E+1",
        "cached": "3",
        "per_request": "0",
        "source": "catalogue",
        "as_of": "of 1",
    }
    assert told(contestant("x"), contestant("y", price=same)) == {}


@pytest.mark.parametrize("more", [{"cached": "1"}, {"per_request": "0.1"}, {"long_prompts": [{"above": 9, **PRICE}]}])
def test_every_part_of_a_price_counts(more):
    """The rate of cached tokens, a charge for each call, other rates for long prompts."""
    assert "prices" in told(contestant("x"), contestant("y", price=PRICE | more))


def test_prices_of_a_revision_count_in_place_of_the_run_s():
    """Runs that were priced alike afterwards are comparable again, and otherwise no longer."""
    new = {"small": {"input": "5", "output": "10"}}
    assert "prices" in told(contestant("x"), contestant("y", rates=new))
    assert told(contestant("x", rates=new), contestant("y", price={"input": "5", "output": "10"})) == {}


def test_reported_costs_are_not_laid_beside_computed_ones():
    """The same model's costs must have one origin; where both are reported, list prices do not matter."""
    reported = []
    for run, price in (("x", None), ("y", {"input": "9", "output": "9"})):
        made = contestant(run, "", price=price, items=1)
        cost = Money(call("1").cost.usd, "reported")
        record = trial("s", "a", RIGHT, msgspec.structs.replace(call("1", asked="maker/small"), cost=cost))
        made.add(msgspec.structs.replace(record, run=run))
        reported.append(made)
    assert told(*reported) == {}
    assert "the provider's own in x and computed from a price in z" in told(reported[0], contestant("z", "a"))["prices"]


def test_each_difference_is_told_once():
    """However many systems of the two runs are compared."""
    two = [contestant("x"), contestant("x"), contestant("y", gold="other"), contestant("y", gold="other")]
    assert len(differences(two)) == 1
