"""Debates and votes of simulated models, which read nothing but their messages: truths, bounds, budgets, resuming."""

import math
from decimal import Decimal

import pytest
from simulated import EVEN, ITEMS, WORLD, accuracy, alike, asked, is_right, leaf, over_http

from escalade.core.money import total
from escalade.core.reply import Reply
from escalade.gates import Decided, PanelJudge
from escalade.ledger.budget import Limits
from escalade.models.journal import Journal
from escalade.models.leaf import Leaf
from escalade.simulate import Judging, SimulatedBackend, SimulatedModel, Skill
from escalade.store import Store
from escalade.strategies import (
    ByFuser,
    ByJudge,
    ByWeight,
    Cascade,
    Criticise,
    Debate,
    Debater,
    FuseRanked,
    Generate,
    Mixture,
    Pipeline,
    RankByPairs,
    RankByScores,
    Stated,
    Vote,
    WeightedVote,
    sample,
)


def judge(journal: Journal | None = None) -> PanelJudge:
    return PanelJudge(leaf("judge", journal=journal, judging=Judging()), ask_again=False)


def equals(shared: float, count: int = 5, right: float = 0.65) -> list[Leaf]:
    """Models that are right equally often, and wrong together as far as `shared` says."""
    return [Leaf(f"m{n}", SimulatedBackend(EVEN, alike(f"m{n}", right, shared))) for n in range(count)]


async def test_a_vote_of_models_that_fail_together_is_as_good_as_one():
    """With errors shared in full, five members are right exactly where one is."""
    members = equals(shared=1)
    for item in ITEMS:
        one, vote = (await asked(members[0], item))[0], (await asked(Vote(members), item))[0]
        assert is_right(one, item) == is_right(vote, item)


async def test_a_vote_of_independent_models_beats_one_as_the_binomial_says():
    """Wrong answers agree, so that three of five must be right. Fails by chance in 1 of 370 seeds (3 s.e.)."""
    right, n = 0.65, 5
    expected = sum(math.comb(n, k) * right**k * (1 - right) ** (n - k) for k in range(3, n + 1))
    found = await accuracy(Vote(equals(shared=0)))
    assert abs(found - expected) <= 3 * math.sqrt(expected * (1 - expected) / len(ITEMS))
    assert expected - right > 0.1


async def test_over_http_a_vote_gains_as_much():
    """From the messages alone: 200 questions, five independent models. Fails by chance in 1 of 370 seeds (3 s.e.)."""
    right, n, items = 0.65, 5, ITEMS[:200]
    expected = sum(math.comb(n, k) * right**k * (1 - right) ** (n - k) for k in range(3, n + 1))
    async with over_http([alike(f"m{m}", right) for m in range(n)], EVEN) as (models, _):
        found = await accuracy(Vote(list(models.values())), items)
    assert abs(found - expected) <= 3 * math.sqrt(expected * (1 - expected) / len(items))


async def test_the_more_errors_are_shared_the_less_a_vote_gains():
    """Between nothing shared and everything."""
    gains = [await accuracy(Vote(equals(shared))) for shared in (0, 0.6, 1)]
    assert gains[0] > gains[1] > gains[2]


async def revisions(mend: float, spoil: float) -> tuple[int, int]:
    """Answers that a debate turned from wrong to right and from right to wrong."""
    skill = {"accuracy": 0.6, "shared": 0, "sycophancy": 1, "mend": mend, "spoil": spoil, "format_failure": 0}
    debate = Debate([leaf(f"m{n}", EVEN, **skill) for n in range(3)])
    to_right = to_wrong = 0
    for item in ITEMS:
        reply, span = await asked(debate, item)
        assert isinstance(reply, Reply)
        first = [s.reply for s in span.ledger.spans if s.role == "worker" and s.path.rpartition("/")[2].count(".") == 1]
        for before, after in zip(first, reply.candidates, strict=True):
            to_right += is_right(after, item) and not is_right(before, item)
            to_wrong += is_right(before, item) and not is_right(after, item)
    return to_right, to_wrong


async def test_debate_without_a_bias_to_correction_leaves_expected_accuracy_as_it_was():
    """0.6 x 0.2 spoilt = 0.4 x 0.3 mended: turns cancel out. Fails by chance in 1 of 370 seeds (3 s.e.)."""
    to_right, to_wrong = await revisions(mend=0.3, spoil=0.2)
    turned = to_right + to_wrong
    assert turned > 0.15 * 3 * len(ITEMS)
    assert abs(to_right - to_wrong) <= 3 * math.sqrt(turned)


async def test_debate_with_such_a_bias_raises_it():
    """And one towards spoiling lowers it."""
    to_right, to_wrong = await revisions(mend=0.5, spoil=0.02)
    assert to_right - to_wrong > 3 * math.sqrt(to_right + to_wrong)
    to_right, to_wrong = await revisions(mend=0.05, spoil=0.3)
    assert to_wrong - to_right > 3 * math.sqrt(to_right + to_wrong)


def every_kind(journal: Journal | None = None) -> dict:
    """Each strategy of these, small."""
    members = [leaf(name, journal=journal, accuracy=0.6) for name in "abc"]
    fuser, panel = leaf("fuser", journal=journal), judge(journal)
    return {
        "full": Debate(members, 2),
        "ring, disagree": Debate(members, topology="ring", when="disagree", critique=False),
        "star, judged": Debate(members, topology="star", decide=ByJudge(panel)),
        "layered, fused": Debate(members, topology="layered", decide=ByFuser(fuser)),
        "random, confident": Debate([*members, members[0]], topology="random", decide=ByWeight(Stated())),
        "weighted": WeightedVote(members, Stated()),
        "mixture": Mixture([members, sample(members[0], 2)], fuser),
        "pairs": Pipeline([Generate(members), Criticise(fuser), RankByPairs(fuser, 2), FuseRanked(fuser)]),
        "scores": Pipeline([Generate(members), RankByScores(panel, 2), FuseRanked(fuser)]),
        "nested": Debate([Vote(members), Mixture([members], fuser)], decide=ByJudge(panel)),
        "ladder": Cascade([Debate(members, decide=ByJudge(panel)), fuser], Decided(0.9), attempts=2, carry="all"),
    }


@pytest.mark.parametrize("kind", every_kind())
async def test_no_question_costs_more_than_planned(kind):
    """In calls and dollars, prompts that quote answers and critiques included."""
    system = every_kind()[kind]
    for item in ITEMS[:12]:
        _, span = await asked(system, item)
        worst = system.worst(len(item.text.encode()))
        assert len(span.ledger.calls) <= worst.calls
        assert total(call.cost for call in span.ledger.calls).usd <= worst.usd


@pytest.mark.parametrize("kind", every_kind())
@pytest.mark.parametrize("limits", [Limits(calls=1), Limits(calls=4), Limits(usd=Decimal("0.012"))])
async def test_budgets_hold_inside(kind, limits):
    """A limit is never exceeded; the best answer so far is the answer, and says what ended it."""
    for item in ITEMS[:4]:
        outcome, span = await asked(every_kind()[kind], item, limits)
        calls = span.ledger.calls
        assert limits.calls is None or len(calls) <= limits.calls
        assert limits.usd is None or total(call.paid for call in calls).usd <= limits.usd
        refused = any(s.error is not None and s.error.code == "budget" for s in span.ledger.spans)
        assert isinstance(outcome, Reply)
        assert (outcome.stopped == "budget") == refused


@pytest.mark.parametrize("kind", every_kind())
async def test_what_was_paid_before_an_interruption_is_not_paid_again(kind, tmp_path):
    """Cut off after four calls and asked again, it makes the other calls only, and ends as if never cut off."""
    item = ITEMS[5]
    whole, uncut = await asked(every_kind()[kind], item)
    with Store.open(f"sqlite:///{tmp_path / 'journal.sqlite'}") as store:
        _, cut = await asked(every_kind(Journal(store))[kind], item, Limits(calls=4))
        again, rest = await asked(every_kind(Journal(store))[kind], item)
    assert again.text == whole.text
    assert [c.id for c in rest.ledger.calls] == [c.id for c in uncut.ledger.calls]
    paid = {c.id for c in cut.ledger.calls}
    assert all(c.hit for c in rest.ledger.calls if c.id in paid)


async def test_over_http_from_messages_alone():
    """A provider that sees nothing but the wire plays workers, critics, refiners and judge alike, to the same texts.

    Its bill is our account.
    """
    known = [SimulatedModel(name=name, skill=Skill(accuracy=0.6)) for name in ("a", "b", "judge")]

    def debate(models) -> Debate:
        by = ByJudge(PanelJudge(models["judge"], ask_again=False))
        return Debate([Debater(models["a"], style="strict"), models["b"]], decide=by)

    here = debate({m.name: Leaf(m.name, SimulatedBackend(WORLD, m)) for m in known})
    spent = []
    async with over_http(known) as (models, served):
        there = debate(models)
        for item in ITEMS[:8]:
            near, (far, span) = (await asked(here, item))[0], await asked(there, item)
            assert (near.text, near.score) == (far.text, far.score)
            spent += [call.cost for call in span.ledger.calls]
    assert len(served.bill.entries) == len(spent) == 8 * 7
    assert total(spent).usd == sum((entry.usd for entry in served.bill.entries), Decimal(0))
