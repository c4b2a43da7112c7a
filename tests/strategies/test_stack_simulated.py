"""Agents and stacks of simulated models: typed ends, bounds, budgets, resuming, over HTTP."""

from collections import Counter
from decimal import Decimal

import pytest
from simulated import ITEMS as KNOWN
from simulated import WORLD, asked, is_right, over_http

from escalade.core.errors import Failure
from escalade.core.money import total
from escalade.core.reply import Reply
from escalade.ledger.budget import Limits
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.simulate import Acting, SimulatedBackend, SimulatedModel, Skill
from escalade.store import Store
from escalade.strategies.react import React, Rules
from escalade.strategies.stack import Stack

ITEMS = KNOWN[:200]
WILD = Acting(malformed=0.2, hallucinated=0.2, hasty=0.3)
STOPPED = {"answered", "corrections", "steps"}


def model(name: str, accuracy: float, acting: Acting | None = None) -> SimulatedModel:
    skill = Skill(accuracy=accuracy, sycophancy=0.8)
    return SimulatedModel(name=name, skill=skill, acting=acting or Acting())


def leaf(name: str, accuracy: float, acting: Acting | None = None, journal: Journal | None = None) -> Leaf:
    backend = SimulatedBackend(WORLD, model(name, accuracy, acting))
    return Leaf(name, backend, price=backend.price, journal=journal)


def models(journal: Journal | None = None) -> dict[str, Leaf]:
    return {name: leaf(name, accuracy, WILD, journal) for name, accuracy in (("A", 0.6), ("B", 0.7))}


@pytest.mark.parametrize("protocol", ["text", "native"])
async def test_wild_heads_always_come_to_a_typed_outcome(protocol):
    """Malformed, hallucinated and hasty steps: each question ends for a reason, and never with a transcript."""
    agent = React(list(models().values()), leaf("H", 0.6, WILD), rules=Rules(protocol=protocol))
    reasons: Counter[str] = Counter()
    for item in ITEMS:
        outcome, span = await asked(agent, item)
        assert isinstance(outcome, Reply)
        reasons[outcome.stopped] += 1
        assert not any(label in outcome.text for label in ("Thought:", "Action:", "Observation:", "Final Answer:"))
        used = {s.name for s in span.ledger.spans if s.role == "tool"}
        assert outcome.stopped != "answered" or used == {"A", "B"}
    assert set(reasons) <= STOPPED
    assert reasons["answered"] > 0.8 * len(ITEMS)


@pytest.mark.parametrize("tree", ["A_2", "['A_1', 'B_1']"])
async def test_wild_stacks_do_too(tree):
    """With agents as tools, every call on the account and below the plan."""
    stack = Stack(tree, models())
    for item in ITEMS[:40]:
        outcome, span = await asked(stack, item)
        assert isinstance(outcome, Reply)
        assert outcome.stopped in STOPPED
        worst = stack.worst(len(item.text.encode()))
        assert len(span.ledger.calls) <= worst.calls
        assert total(call.cost for call in span.ledger.calls).usd <= worst.usd


async def test_good_tools_make_a_poor_head_right():
    """A head that knows little and follows its tools is right about as often as they are."""
    tools = [leaf("T1", 0.95), leaf("T2", 0.95)]
    head = SimulatedModel(name="H", skill=Skill(accuracy=0.2, sycophancy=1, format_failure=0), acting=WILD)
    agent = React(tools, Leaf("H", SimulatedBackend(WORLD, head)))
    right = [is_right((await asked(agent, item))[0], item) for item in ITEMS]
    assert sum(right) / len(right) > 0.85


@pytest.mark.parametrize(
    "limits", [Limits(calls=3), Limits(calls=6), Limits(usd=Decimal("0.02")), Limits(tokens=20_000)]
)
async def test_budgets_hold_inside(limits):
    """A question's limit is never exceeded, and what was heard until then is the answer."""
    stack = Stack("['A_1', 'B_1']", models())
    for item in ITEMS[:15]:
        outcome, span = await asked(stack, item, limits)
        calls = span.ledger.calls
        assert limits.calls is None or len(calls) <= limits.calls
        assert limits.usd is None or total(call.paid for call in calls).usd <= limits.usd
        assert limits.tokens is None or sum(c.usage.input + c.usage.output for c in calls) <= limits.tokens
        ended = outcome.error.code if isinstance(outcome, Failure) else outcome.stopped
        assert ended in {"budget", "no_answer", *STOPPED}


async def test_a_second_run_makes_no_call(tmp_path):
    """Everything comes from the journal, to the same answers; the first tool's answer is the model's own."""
    with Store.open(f"sqlite:///{tmp_path / 'journal.sqlite'}") as store:
        known = models(Journal(store))
        stack = Stack("['A_1', 'B_1']", known)
        first = [await asked(stack, item) for item in ITEMS[:10]]
        second = [
            await asked(Stack("['A_1', 'B_1']", models(Journal(store, offline=True))), item) for item in ITEMS[:10]
        ]
        for (one, before), (other, after) in zip(first, second, strict=True):
            assert (one.text, one.stopped) == (other.text, other.stopped)
            assert [c.id for c in before.ledger.calls] == [c.id for c in after.ledger.calls]
            assert all(c.hit for c in after.ledger.calls)
        alone, span = await asked(known["A"], ITEMS[0])
        assert isinstance(alone, Reply)
        assert span.ledger.calls[0].hit


@pytest.mark.parametrize("protocol", ["text", "native"])
async def test_over_http_from_messages_alone(protocol):
    """A provider that sees nothing but the wire plays heads and tools alike; its bill is our account."""
    wild = [model("A", 0.6, WILD), model("B", 0.7, WILD)]
    async with over_http(wild) as (known, served):
        stack = Stack("['A_1', 'B_0']", known, rules=Rules(protocol=protocol))
        spent = []
        for item in ITEMS[:8]:
            outcome, span = await asked(stack, item)
            assert isinstance(outcome, Reply)
            assert outcome.stopped in STOPPED
            spent += [call.cost for call in span.ledger.calls]
        billed = sum((entry.usd for entry in served.bill.entries), Decimal(0))
    assert len(served.bill.entries) == len(spent)
    assert total(spent).usd == billed
