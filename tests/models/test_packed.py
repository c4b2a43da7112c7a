"""What a backend of anybody's may give: an answer is used if there is one in it, and what was paid is always booked."""

from decimal import Decimal

import pytest
from told import COST, QUESTION, USAGE, Backend, answered, leaf_of, root

from escalade import answer
from escalade.core.errors import BadResponse, ConfigError
from escalade.core.messages import ToolCall
from escalade.core.money import UNKNOWN, Money
from escalade.core.usage import Usage
from escalade.ledger.limits import Counted, Limits
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.models.protocol import ask
from escalade.models.retry import Retry
from escalade.store import Store

PLENTY = Limits(usd=Decimal(1))
PAID = Money(COST, "config")


@pytest.fixture
def store():
    with Store.open("sqlite://") as opened:
        yield opened


@pytest.mark.parametrize(
    ("odd", "text", "cost"),
    [
        ({"text": "half \ud83d"}, "half \ufffd", PAID),
        ({"provider": "\ud83d"}, "42", PAID),
        ({"request_id": 7}, "42", PAID),
        ({"finish": "whenever"}, "42", PAID),
        ({"tool_calls": (ToolCall("a", "b", None),)}, "42", PAID),
        ({"usage": Usage("10", 5)}, "42", UNKNOWN),
        ({"reported_usd": 0.5}, "42", Money(Decimal("0.5"), "reported")),
        ({"reported_usd": Decimal("NaN")}, "42", PAID),
        ({"reported_usd": Decimal(-1)}, "42", PAID),
        ({"reported_usd": "dear"}, "42", PAID),
    ],
)
async def test_an_answer_is_not_lost_for_a_field_that_is_not_needed(store, odd, text, cost):
    """It is given as the journal keeps it, found again, and booked at what is known of its cost; no room stays held."""
    backend, span = Backend(answered(**odd)), root(PLENTY)
    leaf = leaf_of(backend, Journal(store))
    first, again = await ask(leaf, QUESTION, span), await ask(leaf, QUESTION, root())
    assert first == again
    assert (first.text, len(backend.sent)) == (text, 1)
    [call] = span.ledger.calls
    assert (call.status, call.cost) == ("ok", cost)
    assert (span.budget.under_way, span.budget._reserved_usd) == (0, 0)
    assert store.owed("r") == Counted(span.budget.usd, 1, span.budget.tokens)
    assert store.paid("r")["s", "system"].calls == 1


@pytest.mark.parametrize(
    "given",
    [answered(None), answered(b"42"), answered("", tool_calls=(ToolCall("a", "b", None),)), None, "42", {"text": "42"}],
)
async def test_what_holds_no_answer_is_a_bad_response(store, given):
    """It is booked as a failure, at the cost of its usage where that can be read, and the store goes on."""

    async def gives(_request):
        return given

    leaf, span = leaf_of(Backend(gives), Journal(store), retry=Retry(attempts=1)), root(PLENTY)
    outcome = await ask(leaf, QUESTION, span)
    assert isinstance(outcome.error, BadResponse)
    await store.flush()
    [call] = span.ledger.calls
    known = hasattr(given, "usage") and given.text == ""
    assert (call.status, call.usage, call.cost) == (("failed", USAGE, PAID) if known else ("unknown", None, UNKNOWN))
    assert store.owed("r") == Counted(span.budget.usd, 1, span.budget.tokens)
    assert span.budget.under_way == 0


@pytest.mark.parametrize(
    ("tags", "error"),
    [
        ({"sample": "first"}, TypeError),
        ({"sample": -1}, ConfigError),
        ({"sample": 2**63}, ConfigError),
        ({"run": None}, TypeError),
        ({"item": 5}, TypeError),
        ({"system": "\ud83d"}, ConfigError),
        ({"item": "a\0b"}, ConfigError),
        ({"redacted": "yes"}, TypeError),
        ({"colour": "red"}, TypeError),
    ],
)
async def test_a_tag_that_cannot_be_stored_is_refused_before_anything_is_sent(store, tags, error):
    """Nothing is paid and lost for it, and the store serves whoever comes next."""
    backend = Backend()
    leaf = leaf_of(backend, Journal(store))
    with pytest.raises(error):
        await answer(leaf, "What?", tags=tags)
    assert backend.sent == []
    assert (await answer(leaf, "What?", tags={"run": "r", "sample": 3})).text == "42"
    assert store.paid("r")["", "system"].usd == COST


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"role": "\ud83d"}, ConfigError),
        ({"role": 5}, TypeError),
        ({"role": 5, "place": 1}, TypeError),
        ({"place": "\ud83d"}, ConfigError),
        ({"level": "high"}, TypeError),
        ({"level": True}, TypeError),
    ],
)
async def test_a_place_that_no_call_can_be_booked_under_is_refused_before_anything_is_sent(where, error):
    """Whoever asks there is told at once."""
    backend, span = Backend(), root()
    with pytest.raises(error):
        await ask(leaf_of(backend), QUESTION, span, **where)
    assert backend.sent == []


@pytest.mark.parametrize("name", [None, 5, "\ud83d"])
def test_a_model_s_name_can_be_stored(name):
    """Its own and its provider's, since every Call has both."""
    backend = Backend()
    backend.model_id = name
    for settings in ({"name": name, "backend": Backend()}, {"name": "m", "backend": backend}):
        with pytest.raises((TypeError, ConfigError)):
            Leaf(**settings)
