"""`&` and `|`: three values of truth, and no gate asked in vain."""

from itertools import product

import pytest

from escalade.core.errors import ServerFailed
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates import Check, Decided, Verdict, decide, judge
from escalade.gates.combine import Combinable, Combined
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from escalade.strategies import Cascade
from escalade.testing import ScriptedModel, check_gate

QUESTION = Request.of("What is 2 + 2?")
YES, NO, UNKNOWN = True, False, None


class Fixed(Combinable):
    """Always gives one verdict, and counts how often it was asked."""

    def __init__(self, accept: bool | None, score: float | None = None, *, error: str = "") -> None:
        self.name = {YES: "yes", NO: "no", UNKNOWN: "unknown"}[accept]
        self.asked = 0
        trouble = "" if accept is not None else "nobody knows"
        reason = "" if accept else f"{self.name} because"
        self._verdict = Verdict(accept=accept, score=score, reason=reason, gate=self.name, trouble=trouble, error=error)

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (the protocol's)
        self.asked += 1
        return self._verdict

    def structure(self) -> Structure:
        return Structure("fixed", self.name)

    def worst(self, prompt_tokens: int) -> Worst:  # noqa: ARG002  (the protocol's)
        return Worst(calls=1, output=10)


AND = {
    (YES, YES): YES, (YES, NO): NO, (YES, UNKNOWN): UNKNOWN,
    (NO, YES): NO, (NO, NO): NO, (NO, UNKNOWN): NO,
    (UNKNOWN, YES): UNKNOWN, (UNKNOWN, NO): NO, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip
OR = {
    (YES, YES): YES, (YES, NO): YES, (YES, UNKNOWN): YES,
    (NO, YES): YES, (NO, NO): NO, (NO, UNKNOWN): UNKNOWN,
    (UNKNOWN, YES): YES, (UNKNOWN, NO): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), list(product([YES, NO, UNKNOWN], repeat=2)))
async def test_truth_tables(span, first, second):
    """Both tables, unjudged parts included: an unjudged part never turns into an acceptance or a rejection."""
    both = await (Fixed(first) & Fixed(second)).judge(QUESTION, Reply(text="4"), span)
    either = await (Fixed(first) | Fixed(second)).judge(QUESTION, Reply(text="4"), span)
    assert both.accept is AND[first, second]
    assert either.accept is OR[first, second]


@pytest.mark.parametrize(
    ("first", "all_must", "asked"), [(NO, True, 0), (YES, True, 1), (YES, False, 0), (NO, False, 1)]
)
async def test_settled_verdict_asks_no_further(span, first, all_must, asked):
    """The second gate is asked only where the first leaves the verdict open: it may cost money."""
    second = Fixed(YES)
    await Combined([Fixed(first), second], all_must=all_must).judge(QUESTION, Reply(text="4"), span)
    assert second.asked == asked


async def test_all_has_the_lowest_score_and_the_rejection(span):
    """With `&` the lowest score stands, and only who rejected says why."""
    found = await (Fixed(YES, 0.9) & Fixed(NO, 0.3)).judge(QUESTION, Reply(text="4"), span)
    assert (found.score, found.reason) == (0.3, "no because")


async def test_any_has_the_highest_score_and_all_rejections(span):
    """With `|` the highest score stands, and all who rejected say why."""
    found = await (Fixed(NO, 0.2) | Fixed(NO, 0.4)).judge(QUESTION, Reply(text="4"), span)
    assert (found.score, found.reason) == (0.4, "no because\nno because")


async def test_unjudged_whole_has_no_score_and_says_why(span):
    """A part's score is not the whole's; troubles are told, and a budget among them shows."""
    gate = Fixed(YES, 0.9) & Fixed(UNKNOWN, error="server") & Fixed(UNKNOWN, error="budget")
    found = await gate.judge(QUESTION, Reply(text="4"), span)
    assert found.unjudged
    assert found.score is None
    assert "nobody knows" in found.trouble
    assert found.error in ("server", "budget")
    nested = await (Fixed(UNKNOWN, error="budget") & Fixed(UNKNOWN, error="server")).judge(
        QUESTION, Reply(text="4"), span
    )
    assert nested.error == "budget"


class Raising(Fixed):
    """Breaks the promise of every gate."""

    async def judge(self, request: Request, reply: Reply, span: Span) -> Verdict:  # noqa: ARG002  (the protocol's)
        raise ServerFailed("down")


@pytest.mark.parametrize(
    ("gate", "accept", "error"),
    [
        (Raising(UNKNOWN), UNKNOWN, "server"),
        (Raising(UNKNOWN) & Fixed(YES), UNKNOWN, "server"),
        (Raising(UNKNOWN) & Fixed(NO), NO, ""),
        (Raising(UNKNOWN) | Fixed(YES), YES, ""),
        (Decided(0.9, otherwise=Raising(UNKNOWN)), UNKNOWN, "server"),
        (Decided(0.9, otherwise=Raising(UNKNOWN)) | Fixed(YES), YES, ""),
    ],
    ids=["alone", "and yes", "and no", "or yes", "otherwise", "otherwise, or yes"],
)
async def test_a_gate_that_raises_is_unjudged(span, gate, accept, error):
    """Wherever it stands, the others still count; its span tells of the failure, so that a run can stop for it."""
    found = await decide(gate, QUESTION, Reply(text="4"), span)
    assert (found.accept, found.error) == (accept, error)
    assert isinstance(span.ledger.spans[-1].error, ServerFailed)


async def test_a_verdict_is_named_after_its_gate(span):
    """Where the gate itself does not say who decided; one that asked another keeps that one's name."""
    unnamed, asking = Check(lambda _: None, name="plain"), Decided(otherwise=Check(lambda _: None, name="other"))
    names = [(await decide(gate, QUESTION, Reply(text="4"), span)).gate for gate in (unnamed, asking)]
    assert names == ["plain", "other"]


def test_worst_case_adds_up():
    """Every gate may be asked, and the reasons of all may be passed on together."""
    worst = (Fixed(YES) & Fixed(NO) & Fixed(NO)).worst(100)
    assert (worst.calls, worst.output) == (3, 30)


def test_structure_tells_the_combinations_apart():
    """`a & b`, `b & a` and `a | b` are three gates."""
    a, b = Fixed(YES), Fixed(NO)
    assert len({gate.structure().fingerprint for gate in (a & b, b & a, a | b)}) == 3


async def test_two_judges_stand_in_one_gate(span):
    """Judges combined open spans of their own, and a check before a judge saves its call."""
    with ScriptedModel(['{"reason": "", "score": 1}'] * 2) as mind:
        assert (await (judge(mind) & judge(mind)).judge(QUESTION, Reply(text="4"), span)).accept
    assert [s.path for s in span.ledger.spans] == ["", "/gate", "/gate.2"]
    check = Check(lambda _: "wrong")
    assert (await (check & judge(ScriptedModel([]))).judge(QUESTION, Reply(text="4"), span)).accept is False


@pytest.mark.parametrize("all_must", [True, False])
async def test_combination_is_a_gate(all_must):
    """A combination keeps the promises of every gate."""
    await check_gate(Combined([Fixed(UNKNOWN), Fixed(YES), Fixed(NO)], all_must=all_must))


@pytest.mark.parametrize(
    "lost",
    [
        lambda one, other: one and other,
        lambda one, other: one or other,
        lambda one, _: not one,
        lambda one, other: (one & other) or one,
        lambda one, _: 0.2 <= (judge(ScriptedModel([])) >= 0.8) <= 0.9 or one,
    ],
    ids=["and", "or", "not", "of a combined one", "chained"],
)
def test_a_gate_is_neither_true_nor_false(lost):
    """What would drop a gate without a word is refused, with what to write."""
    with pytest.raises(TypeError, match=r"combine gates with & and \|"):
        lost(Fixed(YES), Fixed(NO))


@pytest.mark.parametrize(
    ("other", "said"),
    [(ScriptedModel([], name="m"), r"judge\(m\) >= 0\.9"), (0.8, r"judge\(model\) >= 0\.8"), ("strict", "not str")],
)
def test_only_gates_are_combined(other, said):
    """A model, a number or a text beside a gate is told apart at once."""
    for combine in (lambda gate: gate & other, lambda gate: gate | other):
        with pytest.raises(TypeError, match=said):
            combine(Fixed(YES))


def test_a_gate_that_cannot_be_planned_is_refused_where_it_is_given():
    """A run would find out only when it describes its systems, in words about an attribute."""

    class Half:
        name = "half"

        async def judge(self, request, reply, span): ...

    with pytest.raises(TypeError, match="the gate 'half' lacks structure and worst"):
        Cascade([ScriptedModel([], name="m")], accept=Half())
