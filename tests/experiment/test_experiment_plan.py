"""What an experiment asks for: which items, under which name, and at what cost at most."""

from decimal import Decimal

import msgspec
import pytest
from sums import PRICE, Sums, experiment, pupil, sum_of

from escalade.core.errors import ConfigError, DataError, Unstorable
from escalade.core.messages import Sampling
from escalade.experiment import Experiment, Runner
from escalade.gates import judge
from escalade.ledger.budget import Limits
from escalade.models.structure import worst_of
from escalade.prices import Price
from escalade.prompts import Template, template
from escalade.strategies import Cascade, CascadePrompts, Vote, sample
from escalade.tasks import Item


async def ids(**settings) -> list[str]:
    return [item.id for item in await experiment(pupil(), items=50, **settings).items()]


async def test_limit_draws_by_seed_and_keeps_the_order():
    """A limited experiment asks items drawn by its seed alone, in the publisher's order."""
    everything, some = await ids(), await ids(limit=10)
    assert len(some) == len(set(some)) == 10
    assert some == sorted(some, key=everything.index)
    assert some == await ids(limit=10)
    assert some != await ids(limit=10, seed=1)
    assert some != everything[:10]


@pytest.mark.parametrize("limit", [0, 50, 51])
async def test_no_limit_is_all(limit):
    """0, and any limit that reaches so far, is all items."""
    assert len(await ids(limit=limit)) == 50


async def test_limit_does_not_depend_on_the_systems():
    """Two experiments on one task with one seed ask the same questions, whatever their systems are."""
    other = experiment(pupil("other"), Vote([pupil()]), items=50, limit=10, samples=3)
    assert [item.id for item in await other.items()] == await ids(limit=10)


async def test_empty_task_is_an_error():
    """A task without items is no experiment."""
    with pytest.raises(ConfigError, match="no items"):
        await experiment(pupil(), items=0).items()


def test_reference_must_be_a_system():
    """A reference that is none of the systems is refused, with their names; so is an experiment without systems."""
    with pytest.raises(ConfigError, match="'other'") as error:
        experiment(pupil(), reference="other")
    assert "pupil" in error.value.hint
    with pytest.raises(ConfigError, match="no systems"):
        experiment()


def run_id(*systems, **settings) -> str:
    found = experiment(*systems, **settings)
    return found.run_id(settings.get("items_asked") or found.task._items)


def test_what_decides_nothing_keeps_the_run():
    """Raising the budget or the concurrency, new notes, and another order of the systems continue the same run."""
    a, b = pupil("a"), pupil("b")
    same = run_id(a, b)
    assert same == run_id(b, a)
    assert same == run_id(a, b, concurrency=1)
    assert same == run_id(a, b, budget=Limits(usd=Decimal(5)))
    assert same == run_id(a, b, notes=("Just a try.",))
    assert same.startswith("try-")


def test_whatever_decides_answers_makes_another_run():
    """Thresholds, prompts, sampling, prices, system messages, seeds, samples, limits, items: each makes another run."""
    a, b = pupil("a"), pupil("b")
    gate = judge(b) >= 0.9
    prompts = CascadePrompts(retry=Template("retry", template("retry").text + "!", "mine"))
    dearer = msgspec.structs.replace(PRICE, output=Decimal(3))
    runs = [
        run_id(a), run_id(b), run_id(a, b), run_id(a, b, reference="b"),
        run_id(a, seed=1), run_id(a, samples=2), run_id(a, items=5), run_id(a, task=Sums(name="other")),
        run_id(a, question=Limits(calls=9)), run_id(a, question=Limits(usd=Decimal(9))),
        run_id(pupil("a", sampling=Sampling(max_tokens=100, temperature=0.5))),
        run_id(pupil("a", sampling=Sampling(max_tokens=101))),
        run_id(pupil("a", price=dearer)), run_id(pupil("a", price=None)), run_id(pupil("a", system="Be brief.")),
        run_id(Cascade([a], gate)), run_id(Cascade([a], judge(b) >= 0.91)), run_id(Cascade([a], gate, attempts=2)),
        run_id(Cascade([a], gate, prompts=prompts)), run_id(Cascade([a], judge(a) >= 0.9)),
    ]  # fmt: skip
    assert len(set(runs)) == len(runs)


def test_where_a_price_comes_from_and_how_it_is_spelt_names_no_run():
    """A newer catalogue with the same prices continues the run, and so does the same price in a config."""
    listed = Price(input="0.10", output=2, source="catalogue", as_of="genai-prices 0.0.70")
    newer = msgspec.structs.replace(listed, as_of="genai-prices 0.0.71")
    own = Price(input="0.1", output="2.0")
    assert len({run_id(pupil("a", price=price)) for price in (listed, newer, own)}) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"samples": 0}, {"limit": -1}, {"concurrency": 0}, {"question": {"tokens": -1}}, {"budget": {"calls": -1}}],
)
def test_an_experiment_that_could_ask_nothing_is_refused(wrong):
    """When it is made, and not as a run that finishes with nothing."""
    with pytest.raises(ConfigError):
        experiment(pupil(), **{name: Limits(**of) if isinstance(of, dict) else of for name, of in wrong.items()})


@pytest.mark.parametrize(
    "wrong", [{"systems": {"a": 5}}, {"systems": {"a": Vote}}, {"task": Sums}, {"samples": "3"}, {"seed": 1.0}]
)
def test_what_is_no_model_task_or_number_is_refused(wrong):
    """When the experiment is made, and not in mid-run."""
    with pytest.raises(TypeError):
        Experiment(**{"name": "try", "task": Sums(), "systems": {"a": pupil()}} | wrong)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([sum_of(1), sum_of(2), sum_of(1)], "the task sums: two items have the id"),
        ([sum_of(1), Item(id="z", turns=())], "the task sums: the item 'z' has no turns"),
        ([Item(id="z", turns="Why?")], "the task sums: the item 'z' has no turns"),
    ],
)
async def test_items_that_cannot_be_asked_or_told_apart_are_the_task_s_error(store, items, said):
    """Before anything is asked: such a run could never finish."""
    model = pupil()
    for asked in (experiment(model, items=items), experiment(model, pool=items)):
        with pytest.raises(DataError, match=said):
            await Runner(asked, store).run()
    assert not model.backend.asked


def test_run_remembers_what_its_systems_are():
    """Each system is described with its tree, whether it is simulated, and whether it is there for comparison only."""
    found = experiment(pupil("a"), Vote([pupil("b")], name="panel"), rivals=frozenset({"panel"})).described()
    assert (found["a"].rival, found["panel"].rival) == (False, True)
    assert found["panel"].structure.parts[0].structure.name == "b"
    assert all(system.simulated for system in found.values())


def test_a_structure_that_could_not_be_read_again_is_refused():
    """A plug-in's odd structure is named before anything is asked, and no reader of the store meets it."""

    class Odd(Vote):
        def structure(self):
            return msgspec.structs.replace(super().structure(), kind=3)

    with pytest.raises(Unstorable, match=r"kind \(int\)"):
        experiment(Odd([pupil()], name="odd")).described()


def test_worst_case_covers_every_turn_and_sample():
    """The bound counts all items, samples and turns, each turn with the replies before it, and an item's own words."""
    model = pupil()
    talk = Item(id="t", turns=("Hello?", "What is 2 + 2?"), system="Be exact. " * 100)
    one = experiment(model, items=[talk])
    plan = one.worst([talk])["pupil"]
    assert plan.calls == 2
    bare = worst_of(model, sum(len(text) for text in (talk.system, *talk.turns)))
    assert plan.usd > 2 * bare.usd
    assert experiment(model, items=[talk], samples=3).worst([talk])["pupil"].usd == 3 * plan.usd
    both = experiment(model, Vote(sample(model, 5)), items=[talk]).worst([talk, sum_of(1)])
    assert (both["pupil"].calls, both["vote"].calls) == (3, 15)
