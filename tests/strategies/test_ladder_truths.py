"""What a ladder costs is what its judge's rates and its plan say, in process and on a provider's own bill."""

import math
from collections import Counter
from decimal import Decimal

import pytest
from simulated import EVEN, ITEMS, WORKERS, WORLD, alike, asked, over_http

from escalade.core.money import total
from escalade.gates import Decided, Judge, PanelJudge
from escalade.ledger.budget import Limits
from escalade.models.leaf import Leaf
from escalade.models.protocol import Model
from escalade.models.structure import worst_of
from escalade.prices import Price
from escalade.simulate import Judging, SimulatedBackend, SimulatedModel, Skill
from escalade.strategies import ByJudge, Cascade, Debate, Debater

RIGHT = {"cheap": 0.5, "middle": 0.7, "dear": 0.8}
RATES = Judging(true_accept=0.85, false_accept=0.25, unparseable=0)
FEES = {"cheap": Decimal("0.001"), "middle": Decimal("0.01"), "dear": Decimal("0.1"), "judge": Decimal("0.002")}
POPULATION = [*(alike(name, right) for name, right in RIGHT.items()), SimulatedModel(name="judge", judging=RATES)]


def climb(models: dict[str, Model]) -> Cascade:
    """Three rungs that answer independently of one another, each judged once."""
    return Cascade([models[name] for name in RIGHT], Judge(models["judge"], 0.8), carry="nothing")


def stops() -> list[float]:
    """The chances of ending at each rung. The judge's rates apply to right and to wrong answers of every model."""
    accepts = [RATES.true_accept * p + RATES.false_accept * (1 - p) for p in RIGHT.values()]
    reached = [math.prod(1 - accept for accept in accepts[:rung]) for rung in range(len(accepts))]
    ends = [reach * accept for reach, accept in zip(reached, accepts, strict=True)]
    return [*ends[:-1], reached[-1]]


def paid_to(rung: int) -> float:
    """Dollars of a question that ends at that rung, counted from 0."""
    return float(sum(list(FEES.values())[: rung + 1]) + (rung + 1) * FEES["judge"])


async def test_a_ladder_costs_what_the_acceptance_rates_say():
    """With a fee for every call the expected cost is exact. Fails by chance in 1 of 370 seeds (3 s.e.)."""
    models = {m.name: Leaf(m.name, SimulatedBackend(EVEN, m), price=fee(FEES[m.name])) for m in POPULATION}
    costs = [float(total(c.cost for c in (await asked(climb(models), i))[1].ledger.calls).usd) for i in ITEMS]
    expected = math.fsum(p * paid_to(rung) for rung, p in enumerate(stops()))
    variance = math.fsum(p * (paid_to(rung) - expected) ** 2 for rung, p in enumerate(stops()))
    assert abs(sum(costs) / len(costs) - expected) <= 3 * math.sqrt(variance / len(costs))
    assert expected < 0.6 * paid_to(2), "the rates would have to save something for this to show anything"


def fee(usd: Decimal) -> Price:
    return Price(input=Decimal(0), output=Decimal(0), per_request=usd)


async def test_over_http_each_model_is_asked_as_often_as_the_rates_say():
    """On the provider's own bill; each count is within 3 s.e., which one of the two misses in 1 of 185 seeds."""
    reached = [math.fsum(stops()[rung:]) for rung in range(len(RIGHT))]
    async with over_http(POPULATION, EVEN) as (models, served):
        for item in ITEMS:
            await asked(climb(models), item)
    asked_for = Counter(entry.model for entry in served.bill.entries)
    n = len(ITEMS)
    assert asked_for["cheap"] == n
    for name, p in zip(("middle", "dear"), reached[1:], strict=True):
        assert abs(asked_for[name] - n * p) <= 3 * math.sqrt(n * p * (1 - p))
    assert asked_for["judge"] == sum(asked_for[name] for name in RIGHT)


def workers() -> list[list[SimulatedModel]]:
    """The workers of five levels, each a model of its own."""
    skill = Skill(accuracy=0.5)
    return [[SimulatedModel(name=f"w{level}{n}", skill=skill) for n in range(of)] for level, of in enumerate(WORKERS)]


def judging(accepts: float) -> SimulatedModel:
    return SimulatedModel(name="judge", judging=Judging(true_accept=accepts, false_accept=accepts, unparseable=0))


def five_levels(models: dict[str, Model], *, ask_again: bool = False) -> Cascade:
    """Sigmoid MLM's complex workflow: debates of 2, 3, 3, 4 and 4, each decided by a judge of all its answers."""
    decide = ByJudge(PanelJudge(models["judge"], ask_again=ask_again))
    levels = [[Debater(models[worker.name], style="very_strict") for worker in level] for level in workers()]
    rungs = [Debate(level, decide=decide, name=f"level {number}") for number, level in enumerate(levels, 1)]
    return Cascade(rungs, Decided(0.95), carry="last")


def everyone(accepts: float) -> list[SimulatedModel]:
    return [judging(accepts), *(worker for level in workers() for worker in level)]


def in_process(accepts: float) -> dict[str, Model]:
    backends = {m.name: SimulatedBackend(WORLD, m) for m in everyone(accepts)}
    return {name: Leaf(name, backend, price=backend.price) for name, backend in backends.items()}


def test_five_levels_are_planned_as_3_calls_a_worker_and_one_a_level():
    """53 at worst; where the judge may be asked again, 5 more."""
    models = in_process(0)
    assert five_levels(models).worst(1000).calls == 3 * sum(WORKERS) + len(WORKERS) == 53
    assert five_levels(models, ask_again=True).worst(1000).calls == 58


async def test_the_worst_case_is_what_the_plan_said():
    """A judge that accepts nothing makes all planned calls and no other, for less than the planned dollars."""
    ladder = five_levels(in_process(0))
    for item in ITEMS[:3]:
        reply, span = await asked(ladder, item)
        await held(ladder, item.text, reply, span.ledger.calls)


async def test_the_worst_case_is_what_the_plan_said_over_http():
    """The same on the provider's own bill: as many requests, and their dollars below the plan."""
    async with over_http(everyone(0)) as (models, served):
        ladder = five_levels(models)
        for number, item in enumerate(ITEMS[:3], 1):
            reply, span = await asked(ladder, item)
            await held(ladder, item.text, reply, span.ledger.calls)
            assert len(served.bill.entries) == 53 * number
    billed = sum((entry.usd for entry in served.bill.entries), Decimal(0))
    assert 0 < billed <= sum(worst_of(ladder, len(i.text.encode())).usd for i in ITEMS[:3])


async def held(ladder, question, reply, calls):
    """Every planned call was made and no other, level by level, for no more than planned; nothing was accepted."""
    worst = worst_of(ladder, len(question.encode()))
    assert (len(calls), reply.stopped, reply.accepted) == (worst.calls, "exhausted", False)
    assert total(call.cost for call in calls).usd <= worst.usd
    assert [sum(c.level == level for c in calls) for level in range(1, 6)] == [3 * w + 1 for w in WORKERS]


async def test_an_accepting_judge_ends_the_climb_at_the_first_level():
    """One judge call there: the cascade's gate reads the debate's verdict and asks nobody."""
    reply, span = await asked(five_levels(in_process(1)), ITEMS[0])
    assert (reply.level, reply.accepted, len(span.ledger.calls)) == (1, True, 7)
    assert sum(call.role == "gate" for call in span.ledger.calls) == 1


@pytest.mark.parametrize("limit", [1, 7, 20, 52])
async def test_a_ladder_over_http_stops_at_its_calls(limit):
    """Whatever level it is on, the provider is asked no more often."""
    async with over_http(everyone(0)) as (models, served):
        reply, _ = await asked(five_levels(models), ITEMS[1], Limits(calls=limit))
    assert len(served.bill.entries) == limit
    assert reply.stopped == "budget"
