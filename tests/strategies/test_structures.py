"""Plans keep their word: whatever is nested in whatever, no question exceeds its worst case of calls and dollars."""

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scores import Scores

from escalade.core.errors import ServerFailed
from escalade.core.ids import seeded
from escalade.core.messages import Expects, Message, Request, Sampling
from escalade.core.money import total
from escalade.core.structure import Structure
from escalade.core.usage import Usage
from escalade.gates import Agree, Gate, judge, matches, satisfies
from escalade.ledger.span import Span
from escalade.models.backend import Received
from escalade.models.leaf import Leaf
from escalade.models.protocol import Model, ask
from escalade.models.retry import Retry
from escalade.models.structure import structure_of, worst_of
from escalade.prices import Price
from escalade.prompts import Template, template
from escalade.strategies import (
    Cascade,
    CascadePrompts,
    Criticise,
    Fuse,
    FuseRanked,
    Generate,
    Pipeline,
    RankByPairs,
    Vote,
    sample,
)
from escalade.testing import ScriptedModel, check_model


class Dearest:
    """A backend that uses all it may: a token a byte of the prompt, and `max_tokens` of output, a byte each.

    What it says (an answer, a verdict, a verdict that cannot be read, nothing but a failure) is drawn from the prompt.
    """

    by_item = False
    simulated = False

    def __init__(self, name: str, failing: float) -> None:
        self.identity = self.model_id = name
        self._failing = failing

    def encode(self, request: Request) -> bytes:
        return msgspec.json.encode((request.messages, request.sample))

    async def send(self, body: bytes, request: Request) -> Received:
        draw = seeded(self.model_id, body.hex())
        if draw.random() < self._failing:
            raise ServerFailed("down")
        most = request.sampling.max_tokens
        said = f"Answer: {draw.randint(1, 2)}\n"
        if request.response_schema is not None and draw.random() < 0.8:
            said = json.dumps({"score": round(draw.random(), 2), "reason": ""})[:-2]
            said += "x" * (most - len(said) - 2) + '"}'
        usage = Usage(input=sum(len(m.content.encode()) for m in request.messages), output=most)
        return Received(text=said.ljust(most, "x")[:most], usage=usage)


def leaf(name: str, price: int, most: int, system: str | None = None, *, failing: float = 0) -> Leaf:
    return Leaf(
        name,
        Dearest(name, failing),
        price=Price(input=Decimal(price), output=Decimal(4 * price)),
        system=system,
        sampling=Sampling(max_tokens=most),
        retry=Retry(attempts=1),
    )


LEAVES = [
    leaf("cheap", 1, 60, failing=0.1),
    leaf("dear", 10, 300, "Work it out in steps, and \u20ac check them."),
    leaf("mid", 3, 120, failing=0.1),
]


def gates(models: st.SearchStrategy[Model]) -> st.SearchStrategy[Gate]:
    simple = st.one_of(
        st.builds(lambda m, t: judge(m) >= t, models, st.sampled_from([0.3, 0.6, 1.0])),
        st.builds(Agree, st.sampled_from([0.5, 1.0])),
        st.sampled_from([matches("Answer: 1"), matches("never \u20ac"), satisfies({"type": "object"})]),
    )
    pairs = st.tuples(simple, simple)
    return st.one_of(simple, pairs.map(lambda p: p[0] & p[1]), pairs.map(lambda p: p[0] | p[1]))


def nested(inner: st.SearchStrategy[Model]) -> st.SearchStrategy[Model]:
    members = st.one_of(
        st.lists(inner, min_size=1, max_size=3), st.builds(sample, inner, st.integers(1, 3)), st.just([LEAVES[0]] * 2)
    )
    ladders = st.builds(
        Cascade,
        members,
        gates(inner),
        attempts=st.integers(1, 3),
        min_gain=st.sampled_from([-1.0, 0.05]),
        carry=st.sampled_from(["best", "last", "all", "nothing"]),
    )
    votes = st.builds(Vote, members, tie=st.none() | gates(inner))
    return st.one_of(ladders, votes, st.builds(Fuse, members, inner))


SYSTEMS = st.recursive(st.sampled_from(LEAVES), nested, max_leaves=8)
ONE = Request.of("What is 2 + 2? \u20ac", expects=Expects("number"), system="Be exact.")
TURNS = Request((Message("user", "Name a number."), Message("assistant", "2"), Message("user", "Twice?")))


@settings(max_examples=60)
@given(model=SYSTEMS, request=st.sampled_from([ONE, TURNS]), number=st.integers(0, 3))
async def test_no_question_takes_more_than_its_worst_case(model, request, number):
    """Calls, dollars and the length of the reply stay within the plan, for any structure and any course of events."""
    span = Span.root("test")
    outcome = await ask(model, request.sampled(number, 4), span)
    worst = worst_of(model, sum(len(m.content.encode()) for m in request.messages))
    assert len(span.ledger.calls) <= worst.calls
    spent = total(call.cost for call in span.ledger.calls)
    assert spent.usd is not None
    assert spent.usd <= worst.usd
    assert len(getattr(outcome, "text", "")) <= worst.output


LONG, SHORT = leaf("long", 1, 4000), leaf("short", 1, 50)
TALK = Request((*TURNS.messages[:2], Message("user", "Why? " * 2000), Message("assistant", "So."), TURNS.messages[2]))
TIGHT = {
    "a fuse of many": Fuse(sample(SHORT, 40), LEAVES[1]),
    "a cascade with long verdicts": Cascade([SHORT, LEAVES[1]], judge(LONG) >= 1),
    "two judges' reasons": Cascade([SHORT, LEAVES[1]], (judge(LONG) >= 1) | (judge(LONG) >= 1)),
    "every answer is carried": Cascade([LONG] * 4, judge(LONG) >= 1, attempts=2, min_gain=-1, carry="all"),
    "long reasons of a check": Cascade([SHORT, LEAVES[1]], matches("never" * 1000)),
    "reasons of many checks": Cascade([SHORT, LEAVES[1]], matches("never" * 1000) | matches("ever" * 1000)),
    "a judge of a vote": Cascade([Vote(sample(SHORT, 5)), LEAVES[1]], judge(Vote([SHORT] * 3)) >= 1),
}


@pytest.mark.parametrize("model", TIGHT.values(), ids=TIGHT)
async def test_long_texts_are_counted(model):
    """Where prompts grow most, by many answers, long verdicts and a long conversation, the plan still holds."""
    for number in range(40):
        span = Span.root("test")
        await ask(model, TALK.sampled(number, 40), span)
        spent = total(call.cost for call in span.ledger.calls).usd
        worst = worst_of(model, sum(len(m.content.encode()) for m in TALK.messages))
        assert spent is not None
        assert spent <= worst.usd


TALKER = leaf("talker", 1, 8192)


def test_a_judge_of_a_tie_makes_a_vote_dearer_and_no_longer():
    """Each of its verdicts is paid for one answer, and what may be quoted is an answer and no verdict."""
    judged = judge(TALKER) >= 0.5
    vote, plain = Vote(sample(SHORT, 3), tie=judged), Vote(sample(SHORT, 3)).worst(1000)
    verdict = judged.worst(1000 + plain.output)
    assert vote.worst(1000) == (plain + verdict.times(3)).writing(plain.output)
    ladders = [Cascade([model, SHORT], matches("4")).worst(1000) for model in (vote, Vote(sample(SHORT, 3)))]
    assert ladders[0].usd - ladders[1].usd == 3 * verdict.usd


def test_a_critic_makes_a_pipeline_dearer_and_no_longer():
    """A critique is paid, and is no answer."""
    assert Pipeline([Generate([SHORT]), Criticise(TALKER), FuseRanked(SHORT)]).worst(1000).output == 50
    pair = Pipeline([Generate([SHORT] * 2), RankByPairs(TALKER, 1)]).worst(1000)
    assert (pair.calls, pair.output) == (4, 50)


@settings(max_examples=60)
@given(SYSTEMS)
async def test_structure_survives_json(model):
    """A structure read back from a stored run is the same structure, and naming it twice gives one name."""
    structure = structure_of(model)
    read = msgspec.json.decode(msgspec.json.encode(structure), type=Structure)
    assert read.fingerprint == structure.fingerprint == structure_of(model).fingerprint


@settings(max_examples=25)
@given(SYSTEMS)
async def test_everything_is_a_model(model):
    """Any structure of strategies keeps the promises of every model."""
    await check_model(model)


@pytest.mark.parametrize(
    "model",
    [
        Vote([ScriptedModel(["Answer: 4"] * 3)] * 3),
        Fuse([ScriptedModel([ServerFailed("down")] * 2)], ScriptedModel([])),
        Cascade([ScriptedModel(["Answer: 4"])], Scores(1)),
        sample(ScriptedModel(["Answer: 4"]), 3)[2],
    ],
    ids=["vote", "failing fuse", "cascade", "sample"],
)
async def test_each_strategy_is_a_model(model):
    """Each kind keeps them by itself, also when it fails."""
    await check_model(model)


def test_every_setting_is_part_of_the_identity():
    """Two systems that may answer differently never share a fingerprint, and so never share a run."""
    a, b, c = LEAVES
    gate = judge(b) >= 0.9
    other = CascadePrompts(escalate=Template("escalate", template("escalate").text + " Now.", "mine"))
    priced = leaf("cheap", 2, 60)
    systems = [
        a, b, priced, leaf("cheap", 1, 61), leaf("cheap", 1, 60, "Be brief."),
        Cascade([a, b], gate), Cascade([b, a], gate), Cascade([a, b, c], gate), Cascade([priced, b], gate),
        Cascade([a, b], gate, attempts=2), Cascade([a, b], gate, min_gain=0.1), Cascade([a, b], gate, carry="all"),
        Cascade([a, b], gate, prompts=other), Cascade([a, b], judge(b) >= 0.91), Cascade([a, b], judge(c) >= 0.9),
        Cascade([a, b], gate & Agree(1.0)), Cascade([a, b], gate | Agree(1.0)), Cascade([a, b], Agree(1.0)),
        Vote([a, b]), Vote([b, a]), Vote([a, a]), Vote([a, b], tie=gate), Vote([Vote([a, b])]), Vote(sample(a, 3)),
        Fuse([a, b], c), Fuse([a, c], b), Fuse([a, b], c, prompt=Template("fuse", "${question} ${answers}", "mine")),
    ]  # fmt: skip
    assert len({structure_of(system).fingerprint for system in systems}) == len(systems)


class Opaque:
    """A Model that says nothing of what it is made of."""

    name = "opaque"

    async def reply(self, request, span):
        raise NotImplementedError


def test_opaque_part_makes_the_worst_case_unknown():
    """A part that cannot be priced makes the plan's dollars unknown, never cheaper; calls are still bounded."""
    worst = worst_of(Cascade([Vote([LEAVES[0], Opaque()]), LEAVES[1]], judge(LEAVES[2])), 100)
    assert worst.usd is None
    assert worst.calls == 2 + 2 + 1 + 2
