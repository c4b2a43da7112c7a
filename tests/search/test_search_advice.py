"""What a search says to use: only what the held-out items show, by merit where a right answer has a price."""

import pytest

from escalade.analysis.trial import PerItem
from escalade.search.advice import advice, held_out
from escalade.search.board import Board, Plan
from escalade.search.candidate import single
from escalade.search.path import Found


def found_with(model, winner, **plan):
    """A search that chose B over the best model A, with (right answers as "+", USD of an item) of each held out."""
    board = Board(Plan(tools=("A", "B"), **plan))
    board.enter([single("A"), single("B")], "warm-up")
    board.add("test", {"A_0": figures(*model, 5), "B_0": figures(*winner, 7)})
    return Found(board=board, best_model="A_0", champion="B_0", winner="B_0")


def figures(right, usd, turn):
    """Costs differ a little from item to item, as those of real answers do."""
    items = [f"h{n:03}" for n in range(len(right))]
    costs = {item: usd * (1 + (n % turn - turn // 2) / 50) for n, item in enumerate(items)}
    return PerItem({item: float(sign == "+") for item, sign in zip(items, right, strict=True)}, costs, True)


def advised(found):
    return advice(found, held_out(found, {}, found.board.plan.worth_usd))


def test_as_good_and_cheaper_saves_money():
    """300 items of which either loses one to the other: a loss would be under five points, and the saving is shown."""
    told = advised(found_with(("-" + "+" * 299, 0.02), ("+" * 299 + "-", 0.01)))
    assert told.startswith("Use B_0 to save money: it loses less than 5 points if anything. On the held-out items")


def test_a_failed_test_is_no_proof_of_equality():
    """Two of twelve fewer at half the price: not distinguishable, and perhaps far worse."""
    told = advised(found_with(("+" * 10 + "--", 0.02), ("+" * 8 + "----", 0.01)))
    assert "not distinguishable from A alone" in told
    assert told.startswith("Use model A alone, unless more items show that B_0, which costs less, loses less than 5 ")


@pytest.mark.parametrize("usd", [0.01999, 0.03])
def test_what_is_not_shown_to_cost_less_saves_nothing(usd):
    """As good for a hair less, which may be chance, or for more: the model alone."""
    told = advised(found_with(("-" + "+" * 299, 0.02), ("+" * 299 + "-", usd)))
    assert told.startswith("Use model A alone, unless more items show otherwise.")


def test_a_proven_loss_saves_nothing():
    """Eight points of 400 items fewer, none more: worse, however cheap."""
    told = advised(found_with(("+" * 400, 0.02), ("+" * 368 + "-" * 32, 0.001)))
    assert told.startswith("Use model A alone. On the held-out items, B_0 is worse than A alone")


def test_where_a_right_answer_has_a_price_merit_decides():
    """Ten points fewer for 19 cents of 20 less, at 50 cents a right answer: worth it, though worse by score."""
    model, winner = ("+" * 90 + "-" * 10, 0.20), ("+" * 80 + "-" * 20, 0.01)
    told = advised(found_with(model, winner, worth_usd=0.5))
    assert told.startswith("Use B_0. On the held-out items, by merit, with a right answer worth $0.5, B_0 is better")
    assert advised(found_with(model, winner)).startswith("Use model A alone. On the held-out items, B_0 is worse than")
    assert "B_0 is worse than A alone" in advised(found_with(model, winner, worth_usd=50.0))


@pytest.mark.parametrize("alpha", [0.001, 1.0])
def test_verdicts_on_held_out_items_are_at_five_per_cent(alpha):
    """`alpha` is the level of races and layers: a search that takes any gain still reports what is shown."""
    seven = found_with(("-" * 7 + "+" * 13, 0.02), ("+" * 20, 0.02), alpha=alpha)
    one = found_with(("-" + "+" * 19, 0.02), ("+" * 20, 0.02), alpha=alpha)
    assert [held_out(found, {})["B_0"].verdict for found in (seven, one)] == ["better", "not_distinguishable"]
