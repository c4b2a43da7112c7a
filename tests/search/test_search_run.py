"""Running a search on simulated models: what is paid, what is stored, and what a restart finds."""

import io
import re
from decimal import Decimal

import msgspec
import pytest
from rich.console import Console
from worlds import Told, kit, setting, world

from escalade.analysis import to_json
from escalade.core.errors import ConfigError, NotInJournal, TimedOut
from escalade.core.ids import digest
from escalade.ledger.budget import Limits
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.retry import Retry
from escalade.report.search import render_search
from escalade.report.search_progress import SearchProgress
from escalade.search import Kit, Searcher, Shares
from escalade.search.path import Gain
from escalade.simulate import SimulatedBackend, SimulatedModel, Skill
from escalade.store import Store
from escalade.strategies.stack import parse
from escalade.tasks import Demo

TASK = Demo(90)
WORLD = world(90)
SHARES = Shares(train=30, selection=20)
SKILLS = {"A": 0.6, "B": 0.65, "C": 0.5}


@pytest.fixture
def store():
    with Store.open("sqlite://") as opened:
        yield opened


def searching(store, *, offline=False, **more):
    plan = {key: more.pop(key) for key in ("seed", "worth_usd", "alpha", "max_layers", "heat_items") if key in more}
    whole = setting(TASK, kit(store, WORLD, SKILLS, offline=offline), SHARES, **plan)
    return msgspec.structs.replace(whole, **more)


async def test_every_structure_is_in_the_store_with_its_score_and_cost(store):
    """The table's figures are those of the stored runs, and the held-out items are asked in the last run alone."""
    ended = await Searcher(searching(store), store).run()
    found = ended.searched
    assert found.simulated
    stored, items = {}, {}
    for run_id in found.runs:
        for record in store.records(run_id):
            stored.setdefault(record.system, []).append(record)
            items.setdefault(run_id, set()).add(record.item)
    assert set(stored) == {row.name for row in found.structures}
    for row in found.structures:
        records = stored[row.name]
        assert sum(part.quality.n for part in row.parts.values()) == len(records)
        assert row.cost.usd == sum((call.cost.usd for record in records for call in record.calls), Decimal(0))
        right = sum(part.quality.mean * part.quality.n for part in row.parts.values())
        assert right == pytest.approx(sum(record.grade.score for record in records if record.grade))
        if row.kind == "stack":
            assert row.behaviours.counted + row.behaviours.uncounted == len(records)
    assert len(items[found.runs[-1]]) == 40
    assert not items[found.runs[-1]] & set().union(*(items[run_id] for run_id in found.runs[:-1]))
    assert found.parts["test"] == "demo: test, 40 of 90 items"


async def test_lower_layers_answer_from_the_journal(store):
    """On items that its tools were tried on, an agent of agents calls nobody but its own head."""
    ended = await Searcher(searching(store, max_layers=1, heat_items=SHARES.train), store).run()
    [layer] = [run for run in ended.searched.runs if run.startswith("stacks.layer-1")]
    records = list(store.records(layer))
    assert any("_1" in record.system for record in records), "an agent among the tools"
    paid = [call.path for record in records for call in record.calls if not call.hit]
    assert paid
    assert all(path.startswith("/worker/worker/head") for path in paid)


async def test_again_it_takes_the_same_path_and_calls_nobody(store):
    """The same object to the byte; the rounds find their trials done."""
    first, again = Told(), Told()
    one = await Searcher(searching(store), store, first).run()
    two = await Searcher(searching(store, offline=True), store, again).run()
    assert to_json(one.searched) == to_json(two.searched)
    assert first.rounds == again.rounds
    assert first.sent > 0
    assert again.sent == 0


async def test_another_plan_pays_for_what_is_new_alone(store):
    """Fewer to combine: every trial is one of the larger search's, and all of it comes from the journal."""
    await Searcher(searching(store, alpha=0.2), store).run()
    told = Told()
    ended = await Searcher(searching(store, alpha=0.1, offline=True, name="other"), store, told).run()
    assert ended.outcome.ended == "finished"
    assert told.sent == 0
    assert ended.searched.paid.calls == 0


async def test_a_budget_holds_for_all_rounds_together(store):
    """Stopped by its budget, raised, and finished: the rounds before count, and nothing was paid twice."""
    whole = await Searcher(searching(store), store).run()
    paid = whole.searched.paid.usd
    with Store.open("sqlite://") as other:
        half = Limits(usd=paid / 2)
        ended = await Searcher(searching(other, budget=half), other).run()
        assert (ended.searched.winner, ended.outcome.ended) == ("", "budget")
        assert ended.searched.unfinished == ended.outcome.run.id
        assert [row.name for row in ended.searched.structures][:3] == ["A_0", "B_0", "C_0"], "the board so far"
        assert "UNFINISHED" in drawn(ended.searched)
        spent = sum((t.known for run, _, _ in other.runs() for t in other.paid(run.id).values()), Decimal(0))
        assert Decimal(0) < spent <= paid / 2
        going_on = await Searcher(searching(other, budget=Limits(usd=2 * paid)), other).run()
    assert to_json(going_on.searched) == to_json(whole.searched)


async def test_a_limit_of_seconds_is_of_all_rounds_together(store):
    """Where no time is left for a round, the search ends there, and says the limit that was asked for."""

    told = Told()
    limited = searching(store, budget=Limits(seconds=60))
    ended = await Searcher(limited, store, told, clock=lambda: 60.0 * len(told.rounds)).run()
    assert (len(ended.searched.rounds), ended.outcome.ended, len(told.rounds)) == (1, "budget", 1)
    assert str(ended.outcome.error) == "run budget reached: 60 seconds for all rounds"
    assert (await Searcher(searching(store), store).run()).searched.winner


async def test_progress_shows_what_is_left_of_the_search_s_budget(store):
    """Each round says how much of the limit is spent, that of earlier rounds included."""
    stream = io.StringIO()
    with SearchProgress(stream=stream) as progress:
        await Searcher(searching(store, budget=Limits(usd=Decimal(5))), store, progress).run()
    said = re.findall(r"\$([0-9.]+) of the \$5\.00 limit", stream.getvalue())
    assert len(said) > 3
    assert [float(usd) for usd in said] == sorted(float(usd) for usd in said)


async def test_offline_without_a_journal_is_refused(store):
    """A search that would have to call says so and stops in its first round."""
    ended = await Searcher(searching(store, offline=True), store).run()
    assert ended.outcome.ended == "stopped"
    assert isinstance(ended.outcome.error, NotInJournal)


async def test_stopped_between_calls_it_goes_on_later(store):
    """Ctrl-C after the first round: no winner, and the rest is done the next time."""

    class Stops(Told):
        def round(self, asked, found):
            super().round(asked, found)
            searcher.stop()

    searcher = Searcher(searching(store), store, Stops())
    ended = await searcher.run()
    assert (ended.searched.winner, ended.outcome.ended) == ("", "interrupted")
    assert (await Searcher(searching(store), store).run()).searched.winner


async def test_a_given_structure_is_measured_on_the_held_out_items(store):
    """Without a search there is no optimism to measure; its models and their vote stand beside it."""
    tree = parse("['A_1', 'B_0']")
    ended = await Searcher(searching(store, structure=tree), store).run()
    found = ended.searched
    assert (found.winner, found.optimism, len(found.runs)) == ("['A_1', 'B_0']", [], 1)
    assert {row.name: list(row.parts) for row in found.structures} == {
        name: ["test"] for name in ("['A_1', 'B_0']", "A_0", "B_0", "plain vote")
    }
    assert found.advice
    alone = await Searcher(searching(store, structure=parse("A_0")), store).run()
    assert (alone.searched.winner, alone.searched.advice) == ("A_0", ""), "nothing was chosen, nothing is compared"


async def test_a_search_that_weighs_cost_needs_prices(store):
    """Said before anything is called."""
    priced = searching(store, worth_usd=0.01)
    models = dict(priced.kit.models)
    models["B"] = Leaf("B", SimulatedBackend(WORLD, SimulatedModel(name="B")), journal=Journal(store))
    with pytest.raises(ConfigError, match="needs a price for every model; B has none"):
        await Searcher(msgspec.structs.replace(priced, kit=Kit(models=models)), store).run()
    assert store.runs() == []


class Hangs(SimulatedBackend):
    """Does not answer every other item, and nobody knows what that cost."""

    async def send(self, body, request):
        if int(digest(request.item)[:8], 16) % 2:
            raise TimedOut("no answer in time")
        return await super().send(body, request)


async def test_a_model_that_hangs_is_not_chosen_where_cost_weighs(store):
    """Nearly always right where it answers, at half the price: what it lost counts, and is said to be charged."""
    weighing = searching(store, worth_usd=1.0, max_layers=1)
    backend = Hangs(WORLD, SimulatedModel(name="C", skill=Skill(accuracy=0.97)))
    once = {"journal": Journal(store), "retry": Retry(attempts=1)}
    models = dict(weighing.kit.models) | {"C": Leaf("C", backend, price=backend.price, **once)}
    found = (await Searcher(msgspec.structs.replace(weighing, kit=Kit(models=models)), store).run()).searched
    hanging = next(row for row in found.structures if row.name == "C_0").parts["train"]
    assert (found.best_model, found.head) == ("B_0", "B")
    assert hanging.quality.n == SHARES.train
    assert hanging.quality.mean - 0.01 < hanging.merit < hanging.quality.mean < 0.7
    assert found.held_out_merit.keys() == found.held_out.keys()
    told = drawn(found)
    assert f"C_0: the cost of {hanging.unpriced} of 30 train items is unknown; merit charges each" in told
    assert "By merit, the score less the cost, with a right answer worth $1 " in told
    gone = msgspec.structs.replace(found, gains=[Gain(stage="layer 1", over="B_0", versus=None, significant=False)])
    assert "layer 1 over B_0: none of its structures was left " in drawn(gone)
    assert "On the held-out items, by merit, with a right answer worth $1, " in told or "no structure did" in told


def drawn(found):
    """The report in one line, without the folds of the terminal."""
    stream = io.StringIO()
    render_search(found, Console(file=stream))
    return " ".join(stream.getvalue().split())


async def test_further_systems_are_shown_and_never_chosen(store):
    """A much better system beside the winner stays beside it."""
    beside = kit(store, WORLD, {"oracle": 0.97}).models
    ended = await Searcher(searching(store, compared=beside), store).run()
    last, _ = store.run(ended.searched.runs[-1])
    assert "oracle" in last.systems
    assert "oracle" not in {row.name for row in ended.searched.structures}
    assert last.reference == ended.searched.best_model
    assert list(ended.searched.compared) == ["oracle"]
    assert ended.searched.held_out["oracle"].verdict == "better"
    assert "oracle" not in ended.searched.advice
    assert ended.searched.held_out_merit == {}
    assert "merit" not in drawn(ended.searched), "a right answer has no price"
    assert {name for name, facts in last.systems.items() if facts.rival} <= {"plain vote", "B x5", "A x5", "C x5"}


@pytest.mark.slow
async def test_the_ancestor_s_error_is_measured():
    """16 searches among equally good simulated models with 20 train items, each in a world of its own: the best on
    train does worse on held-out items, by more than four standard errors (by chance: less than once in 15,000).
    """
    fell = []
    for seed in range(16):
        found_world = world(200, seed)
        with Store.open("sqlite://") as store:
            models = kit(store, found_world, dict.fromkeys("ABCD", 0.55))
            plan = {"heat_items": 20, "max_layers": 1, "seed": seed}
            asked = setting(Demo(200, seed), models, Shares(train=20, selection=20, seed=seed), **plan)
            found = (await Searcher(asked, store).run()).searched
        shown = next(o for o in found.optimism if o.structure == found.champion and o.earlier == "train")
        assert shown.low < shown.difference < shown.high
        fell.append(shown.difference)
    error = (sum((f - sum(fell) / 16) ** 2 for f in fell) / 15 / 16) ** 0.5
    assert sum(fell) / 16 > 4 * error


async def test_a_search_over_http_is_said_to_be_simulated(store, monkeypatch):
    """No structure says so where models are simulated behind an address: the replies do."""
    monkeypatch.setattr(SimulatedBackend, "simulated", False)
    ended = await Searcher(searching(store, structure=parse("A_0")), store).run()
    assert not any(system.simulated for run, _, _ in store.runs() for system in run.systems.values())
    assert ended.searched.simulated
