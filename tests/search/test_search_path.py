"""The path of a search depends on the plan, the items and the figures alone, and asks nothing twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalade.analysis.trial import PerItem
from escalade.core.ids import seeded
from escalade.search import Plan, Search
from escalade.search.board import Board
from escalade.search.candidate import single
from escalade.search.race import Racer, against, significant
from escalade.strategies.stack import parse

ITEMS = {
    "train": [f"t{n}" for n in range(60)],
    "selection": [f"s{n}" for n in range(40)],
    "test": [f"h{n}" for n in range(200)],
}


def walked(search, right, rounds=None):
    """Drive a search with figures from `right(candidate, item)`; all rounds that it asked for."""
    asked, path = search.rounds() if rounds is None else rounds, []
    wanted = next(asked)
    while True:
        path.append(wanted)
        figures = {
            candidate.name: PerItem(
                {item: float(right(candidate, item)) for item in wanted.items},
                dict.fromkeys(wanted.items, 0.001 * (1 + candidate.layers)),
                right_or_wrong=True,
            )
            for candidate in wanted.candidates
        }
        try:
            wanted = asked.send(figures)
        except StopIteration:
            return path


def noise(seed, share=0.6):
    """Every candidate is right on every item with the same probability."""
    return lambda candidate, item: seeded(seed, candidate.name, item).random() < share


plans = st.builds(
    Plan,
    tools=st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=5, unique=True).map(tuple),
    top_n=st.integers(2, 5),
    tool_number=st.integers(2, 3),
    max_layers=st.integers(1, 3),
    heat_items=st.integers(2, 80),
    finalists=st.integers(1, 5),
    alpha=st.sampled_from([0.05, 1.0]),
    self_consistency=st.sampled_from([0, 5]),
    seed=st.integers(0, 5),
)


@settings(max_examples=25)
@given(plans, st.integers(0, 1000), st.floats(0, 1))
def test_a_search_started_again_takes_the_same_path(plan, seed, share):
    """Same figures, same rounds, same end."""
    one, other = Search(plan, ITEMS), Search(plan, {part: items[::-1] for part, items in ITEMS.items()})
    first, second = walked(one, noise(seed, share)), walked(other, noise(seed, share))
    shown = [[(r.stage, r.heat, r.part, r.candidates, sorted(r.items)) for r in path] for path in (first, second)]
    assert shown[0] == shown[1]
    assert (one.found.winner, one.found.ended) == (other.found.winner, other.found.ended)


@settings(max_examples=25)
@given(plans, st.integers(0, 1000), st.floats(0, 1))
def test_rounds_are_sound(plan, seed, share):
    """No item twice for anyone, no item of another part, held-out items last of all, the winner a finalist."""
    search = Search(plan, ITEMS)
    path = walked(search, noise(seed, share))
    asked = [(candidate.name, item) for wanted in path for candidate in wanted.candidates for item in wanted.items]
    assert len(asked) == len(set(asked))
    assert all(set(wanted.items) <= set(ITEMS[wanted.part]) for wanted in path)
    assert [wanted.part for wanted in path[-2:]] == ["selection", "test"]
    assert all(wanted.part == "train" for wanted in path[:-2])
    found = search.found
    assert found.winner in found.finalists
    assert {found.best_model, found.champion} <= set(found.finalists)
    last = [candidate.name for candidate in path[-1].candidates]
    assert {found.winner, found.best_model, found.champion} <= set(last)
    rivals = ["plain vote"] * (len(plan.tools) > 1) + [f"{found.best_model[:-2]} x5"] * (plan.self_consistency > 1)
    assert set(rivals) <= set(last), "rivals are candidates, and always shown"
    assert max(entry.candidate.layers for entry in found.board.entries.values()) <= 2 * plan.max_layers
    assert all({c.head for c in wanted.candidates if c.kind == "stack"} <= {found.head} for wanted in path)


def test_races_ask_less_than_everything():
    """Pairs and self-stacks of five models on 60 items: halving saves two fifths of what all of them would take."""
    plan = Plan(tools=tuple("ABCDE"), heat_items=15, seed=1)
    path = walked(Search(plan, ITEMS), noise(7))
    raced = [wanted for wanted in path if wanted.stage.startswith(("self-stack", "layer"))]
    structures = {candidate.name for wanted in raced for candidate in wanted.candidates}
    trials = sum(len(wanted.candidates) * len(wanted.items) for wanted in raced)
    assert trials < 0.6 * len(structures) * len(ITEMS["train"])


def test_a_layer_that_gains_is_built_upon():
    """Every layer right on a third more: found, proven, and stacked until the limit."""
    shares = [0.2, 0.5, 0.8, 0.97, 0.97]
    plan = Plan(tools=("A", "B"), max_layers=3, self_consistency=0)
    search = Search(plan, ITEMS)

    def right(candidate, item):
        own = shares[min(candidate.layers, 4)] if "B" in candidate.name and "A" in candidate.name else 0.2
        return seeded(1, item).random() < own

    walked(search, right)
    assert search.found.gains[0].significant
    assert "'A_" in search.found.winner
    assert "'B_" in search.found.winner


def test_those_that_went_count_among_the_chances_of_a_false_alarm():
    """One of eight is left, eight items ahead and none behind (p 0.008): a gain among two, and none among eight."""
    items = [f"t{n}" for n in range(40)]

    def figures(right):
        return PerItem({item: float(n in right) for n, item in enumerate(items)}, {}, right_or_wrong=True)

    def gain(entered):
        board, names = Board(Plan(tools=("A",))), [f"N{n}" for n in range(entered)]
        board.enter([single(name) for name in ("A", *names)], "layer 1")
        others = {f"{name}_0": figures(range(9, 29)) for name in names[1:]}
        board.add("train", {"A_0": figures(range(20)), "N0_0": figures(range(28)), **others})
        for name in others:
            board.entries[name].dropped = "after 40 items: not the best"
        found = board.gain([f"{name}_0" for name in names], "A_0")
        assert found.difference == 0.2
        return significant(found, 0.05)

    assert gain(2)
    assert not gain(8)


def test_an_alpha_of_one_takes_any_gain():
    """One item more right, p 1: enough where all is."""
    figures = [PerItem({"1": 1.0, "2": score}, {}, right_or_wrong=True) for score in (1.0, 0.0)]
    [ahead] = against([Racer("new", figures[0])], Racer("old", figures[1]), 0).values()
    assert ahead.p_holm == 1
    assert significant(ahead, 1.0)
    assert not significant(ahead, 0.99)


def test_nothing_helps_and_the_model_alone_wins():
    """Where structures lose what their models know, the search stops after one layer and says why."""
    search = Search(Plan(tools=("A", "B"), max_layers=3), ITEMS)
    walked(search, lambda c, item: seeded(1, item).random() < (0.9 if c.name == "A_0" else 0.5 - 0.1 * c.layers))
    found = search.found
    assert found.winner == found.best_model == "A_0"
    assert "layer 1 brought no significant gain over A_0" in found.ended
    assert [gain.significant for gain in found.gains] == [False]


def test_self_stacks_go_on_while_they_help():
    """A_1 and A_2 do better than the layer below, A_3 does not; B_1 does not, and nobody tries B_2."""
    share = {"A_0": 0.3, "A_1": 0.5, "A_2": 0.7, "A_3": 0.6, "B_0": 0.3, "B_1": 0.2}
    search = Search(Plan(tools=("A", "B"), max_layers=4, heat_items=60, self_consistency=0), ITEMS)
    rank = {item: n / 60 for n, item in enumerate(ITEMS["train"])}
    walked(search, lambda c, item: rank.get(item, 1.0) < share.get(c.name, 0.0))
    tried = [name for name, entry in search.found.board.entries.items() if entry.stage.startswith("self-stack")]
    assert tried == ["A_1", "B_1", "A_2", "A_3"]


def test_cost_decides_where_a_right_answer_has_a_price():
    """A vote that is right a little more often and costs much more loses as soon as cost counts."""

    def right(candidate, item):
        return seeded(2, item).random() < (0.66 if candidate.kind == "vote" else 0.6)

    for worth, winner in ((None, "plain vote"), (0.001, "A_0")):
        search = Search(Plan(tools=("A", "B"), worth_usd=worth, self_consistency=0, alpha=1.0), ITEMS)
        rounds = search.rounds()
        wanted = next(rounds)
        while True:
            found = {
                c.name: PerItem(
                    {item: float(right(c, item)) for item in wanted.items},
                    dict.fromkeys(wanted.items, {"A_0": 0.0001, "B_0": 0.0002}.get(c.name, 0.0009)),
                    right_or_wrong=True,
                )
                for c in wanted.candidates
            }
            try:
                wanted = rounds.send(found)
            except StopIteration:
                break
        assert search.found.winner == winner


@pytest.mark.parametrize(("structure", "shown"), [
    ("['A_1', 'B_0']", ["['A_1', 'B_0']", "A_0", "B_0", "plain vote"]), ("A_0", ["A_0"]), ("A_2", ["A_2", "A_0"]),
])  # fmt: skip
def test_a_given_structure_is_measured_and_nothing_is_searched(structure, shown):
    """On the held-out items, beside its models and their vote."""
    search = Search(Plan(tools=("A", "B")), ITEMS)
    [only] = walked(search, noise(1), search.given(parse(structure)))
    assert [candidate.name for candidate in only.candidates] == shown
    assert (only.part, search.found.winner) == ("test", structure)


def test_picked_on_twenty_noisy_items_it_looks_better_than_it_is():
    """100 searches in which all candidates are equally good, 20 train items: the best on train flatters, the held-out
    score does not.

    Two-sided errors: the first claim fails by chance less than once in a million, the second once in 15,000.
    """
    truth, items = 0.6, {part: ids[: 20 if part == "train" else None] for part, ids in ITEMS.items()}
    flattered, honest = [], []
    for seed in range(100):
        search = Search(Plan(tools=tuple("ABCDE"), heat_items=20, seed=seed), items)
        walked(search, noise(seed, truth))
        found = search.found
        best = found.board.entries[found.champion].figures
        flattered.append(sum(best["train"].scores.values()) / 20 - truth)
        held_out = found.board.entries[found.winner].figures["test"].scores
        honest.append(sum(held_out.values()) / len(held_out) - truth)
    assert _mean(flattered) > 5 * _error(flattered)
    assert 0.15 < _mean(flattered) < 0.25, "some twenty points, as docs/search.md says"
    assert abs(_mean(honest)) < 4 * _error(honest)


def _mean(values):
    return sum(values) / len(values)


def _error(values):
    middle = _mean(values)
    return (sum((value - middle) ** 2 for value in values) / (len(values) - 1) / len(values)) ** 0.5
