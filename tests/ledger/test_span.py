from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import RateLimited
from escalade.core.money import NOTHING, Money
from escalade.core.reply import Reply
from escalade.core.usage import Usage
from escalade.ledger.budget import Budget
from escalade.ledger.call import Call
from escalade.ledger.span import Ledger, Span, SpanFact
from escalade.ledger.tags import Tags

STEPS = st.tuples(st.sampled_from(["worker", "gate", "rung"]), st.none() | st.integers(1, 9))


def test_a_path_names_the_place():
    """Roles and places from the root down; siblings without a place are numbered as they come."""
    root = Span.root("cascade")
    rung = root.child("rung", "r", 2)
    assert (root.path, rung.path) == ("", "/rung.2")
    assert [rung.child("worker", "m").path for _ in range(3)] == [
        "/rung.2/worker",
        "/rung.2/worker.2",
        "/rung.2/worker.3",
    ]
    assert rung.child("gate", "g", "left").path == "/rung.2/gate.left"


def test_two_in_one_place_are_a_mistake():
    """They would draw the same random numbers."""
    root = Span.root("vote")
    root.child("worker", "m", 1)
    with pytest.raises(ValueError, match=r"place worker\.1"):
        root.child("worker", "m", 1)


@given(st.lists(STEPS, max_size=12))
def test_no_two_spans_share_a_path(steps):
    """However numbered and unnumbered siblings are mixed."""
    root = Span.root("any")
    for role, place in steps:
        try:
            root.child(role, "m", place)
        except ValueError:
            assert place is not None
    paths = [span.path for span in root.ledger.spans]
    assert len(paths) == len(set(paths))


def test_a_level_is_the_outermost_cascade_s():
    """What is inside a rung belongs to it, also where it is a cascade of its own."""
    root = Span.root("outer")
    rung = root.child("rung", "r", 2, level=2)
    inner = rung.child("rung", "r", 1, level=1)
    assert (root.level, rung.level, inner.level, inner.child("gate", "g").level) == (None, 2, 2, 2)


def test_draws_depend_on_seed_item_and_place():
    """The same place draws the same in every run, whoever came first."""

    def drawn(seed: int, order: list[int]) -> dict[int, float]:
        root = Span.root("vote", seed=seed)
        spans = {place: root.child("worker", "m", place) for place in order}
        return {place: span.random("item").random() for place, span in spans.items()}

    assert drawn(1, [1, 2, 3]) == drawn(1, [3, 1, 2])
    assert len({*drawn(1, [1, 2, 3]).values(), *drawn(2, [1, 2, 3]).values()}) == 6


def test_children_share_what_belongs_to_the_question():
    """Budget, ledger, seed and tags; every call is told as it is written, in order."""
    told: list[Call] = []
    budget = Budget()
    root = Span.root("s", budget=budget, seed=3, ledger=Ledger(told.append), tags=Tags("r"))
    inner = root.child("rung", "r").child("worker", "m")
    assert (inner.budget, inner.ledger, inner.seed, inner.tags) == (budget, root.ledger, 3, Tags("r"))
    calls = [Call(id=str(n), model="m") for n in range(3)]
    for span, call in zip((inner, root, inner), calls, strict=True):
        span.write(call)
    assert root.ledger.calls == told == calls


def test_facts_say_what_remains():
    """Where the text is, how it failed, what was noted; a text that a Call holds is not kept twice."""
    root = Span.root("s")
    by_leaf, composed, failed = (root.child("worker", "m", n) for n in (1, 2, 3))
    by_leaf.finish(Reply(text="long", call="c1"))
    composed.finish(Reply(text="made up"))
    failed.note("gave_up", after=2)
    failed.fail(RateLimited("slow down"))
    one, two, three = root.ledger.facts()[1:]
    assert (one.call, one.text) == ("c1", None)
    assert (two.call, two.text) == ("", "made up")
    assert (three.error, three.message) == ("rate_limited", "slow down")
    assert three.notes == [{"kind": "gave_up", "after": 2}]
    assert all(fact.seconds >= 0 and fact.start_s >= 0 for fact in (one, two, three))
    assert msgspec.json.decode(msgspec.json.encode(three), type=SpanFact) == three


def test_a_hit_is_the_same_work_at_another_place():
    """It keeps what it cost and how long it took, is paid by nobody, and belongs to whoever uses it."""
    cost = Money(Decimal("0.5"), "reported")
    first = Call(
        id="k", path="/a", role="worker", level=1, model="m", asked="x", usage=Usage(1, 2), cost=cost, paid=cost,
        latency_s=3.0, waited_s=9.0, at=1.0, attempt=2, finish="stop", provider="p", request_id="r", answered="x-1",
    )  # fmt: skip
    dearer = Money(Decimal(1), "config")
    hit = first.as_hit("/b", "gate", None, "other", dearer)
    assert (hit.path, hit.role, hit.level, hit.model, hit.hit) == ("/b", "gate", None, "other", True)
    assert (hit.cost, hit.paid, hit.waited_s) == (dearer, NOTHING, 0.0)
    for field in ("id", "asked", "answered", "provider", "request_id", "usage", "latency_s", "at", "attempt", "finish"):
        assert getattr(hit, field) == getattr(first, field)
    assert msgspec.json.decode(msgspec.json.encode(first), type=Call) == first


def test_what_is_spent_inside_a_gate_is_spent_on_judging():
    """A judge may be a cascade of workers: its calls are booked under the gate, and its spans keep their own roles."""
    gate = Span.root("system").child("worker", "cascade").child("gate", "judge")
    inner = gate.child("gate", "cascade of judges").child("worker", "small")
    assert (inner.role, inner.paid_as) == ("worker", "gate")
    assert Span.root("system").child("worker", "vote").child("tool", "search").paid_as == "tool"
