"""`answer`: one question, its reply and its account."""

from decimal import Decimal

import pytest
from told import COST, Backend, leaf_of

from escalade import BudgetExceeded, ConfigError, EscaladeError, Limits, answer
from escalade.core.errors import Refused


@pytest.mark.parametrize("budget", ["0.5", 1, Decimal("0.5"), Limits(usd=Decimal("0.5")), Limits(usd="0.5"), None])
async def test_a_budget_is_written_exactly(budget):
    """As text, a whole number, a Decimal or Limits; what it was for is the same."""
    found = await answer(leaf_of(Backend()), "Why?", budget=budget)
    assert (found.text, found.cost.usd, found.paid.usd) == ("42", COST, COST)


@pytest.mark.parametrize("budget", [0.5, Limits(usd=0.5), float("nan")])
async def test_a_budget_in_floats_is_refused(budget):
    """With the message of `usd`."""
    backend = Backend()
    with pytest.raises(TypeError, match=r"usd\('"):
        await answer(leaf_of(backend), "Why?", budget=budget)
    assert not backend.sent


@pytest.mark.parametrize("budget", ["abc", "nan", "-1", Decimal("Infinity"), Limits(usd=Decimal(-1))])
async def test_what_is_no_amount_is_refused(budget):
    """As an error of ours."""
    with pytest.raises(ConfigError, match="amount in USD"):
        await answer(leaf_of(Backend()), "Why?", budget=budget)


async def test_a_budget_that_is_too_small_is_told():
    """No call is made that might exceed it."""
    backend = Backend()
    with pytest.raises(BudgetExceeded, match=r"0\.00001 USD"):
        await answer(leaf_of(backend), "Why?", budget="0.00001")
    assert not backend.sent


async def test_whatever_ends_a_question_is_an_error_of_ours():
    """One class catches them all."""
    with pytest.raises(EscaladeError):
        await answer(leaf_of(Backend(Refused("no"))), "Why?")
