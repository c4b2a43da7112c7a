"""`answer`: one question, its reply and its account."""

from decimal import Decimal

import pytest
from told import COST, Backend, leaf_of

from escalade import AnswerError, BudgetExceeded, ConfigError, EscaladeError, Limits, answer, ask
from escalade.core.errors import Refused


@pytest.mark.parametrize("budget", ["0.5", 1, Decimal("0.5"), Limits(usd=Decimal("0.5")), Limits(usd="0.5"), None])
async def test_a_budget_is_written_exactly(budget):
    """As text, a whole number, a Decimal or Limits; what it was for is the same."""
    found = await answer(leaf_of(Backend()), "Why?", budget=budget)
    assert (found.text, found.cost.usd, found.paid.usd) == ("42", COST, COST)


@pytest.mark.parametrize("budget", [0.5, float("nan")])
async def test_a_budget_in_floats_is_refused(budget):
    """With the message of `usd`."""
    backend = Backend()
    with pytest.raises(TypeError, match=r"usd\('"):
        await answer(leaf_of(backend), "Why?", budget=budget)
    assert not backend.sent


@pytest.mark.parametrize("budget", ["abc", "nan", "-1", Decimal("Infinity")])
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


class Lost:
    """It pays for a call, and then finds nothing usable in the answer."""

    name = "lost"

    def __init__(self, member, error):
        self.member, self.error = member, error

    async def reply(self, request, span):
        await ask(self.member, request, span)
        raise self.error


@pytest.mark.parametrize(
    "error", [AnswerError("nothing usable"), BudgetExceeded("over", limit="usd", scope="question")]
)
async def test_an_error_has_the_account_of_its_question(error):
    """The calls that were made until then, and what they cost; where nothing was asked, there is none."""
    with pytest.raises(type(error)) as caught:
        await answer(Lost(leaf_of(Backend()), error), "Why?")
    account = caught.value.account
    assert [call.error for call in account.calls] == [""]
    assert (account.cost.usd, account.paid.usd) == (COST, COST)
    assert AnswerError("nothing usable").account is None
