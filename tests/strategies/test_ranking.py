"""Rank, then fuse: each part by itself, and in a pipeline."""

import pytest
from debaters import SHOWN, Member, Reviewer, answers
from hypothesis import given
from hypothesis import strategies as st
from scores import QUESTION, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.reply import Reply
from escalade.gates import PanelJudge
from escalade.strategies import Criticise, FuseRanked, Generate, Pipeline, RankByPairs, RankByScores
from escalade.strategies.ranking import Candidate
from escalade.strategies.ranking.rank import first_wins
from escalade.testing import check_model

DOWN = ServerFailed("down")
SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")
LABELS = {
    "[[A>B]]": 1,
    "[[B>A]]": 0,
    "[[A=B]]": 0.5,
    "[[A>>B]]": 1,
    "[[B >> A]]": 0,
    "[[A<B]]": 0,
    "[[B<A]]": 1,
    "[[A>B]] at first, but then: [[B>A]]": 0,
    "A>B": None,
    "[[A>A]]": None,
    "": None,
}


def candidates(*texts):
    return [Candidate(Reply(text=text)) for text in texts]


def left(outcome):
    return [candidate.reply.text for candidate in outcome.candidates]


def preferring(*order):
    """A ranker that puts answers in this order."""

    def says(request):
        (_, first), (_, second) = SHOWN.findall(request.messages[-1].content)
        return "[[A>B]]" if order.index(first) < order.index(second) else "[[B>A]]"

    return Member("ranker", says)


@pytest.mark.parametrize(("text", "won"), LABELS.items(), ids=LABELS)
def test_labels_are_read(text, won):
    """The last one counts; what names no two answers is none."""
    assert first_wins(text) == won


@given(st.text())
def test_any_text_is_a_label_or_none(text):
    """Whatever a ranker writes."""
    assert first_wins(text) in (None, 0, 0.5, 1)


async def test_pairs_are_compared_in_both_orders_and_the_best_kept(span):
    """n (n - 1) calls, in the role of a ranker."""
    ranker = preferring("c", "a", "d", "b")
    outcome = await RankByPairs(ranker, 2).run(QUESTION, candidates("a", "b", "c", "d"), span, 1)
    assert left(outcome) == ["c", "a"]
    assert len(ranker.asked) == 12
    assert {s.role for s in span.ledger.spans[1:]} == {"ranker"}
    assert notes(span, "ranking")[0]["wins"] == [4, 0, 6, 2]


async def test_a_preference_for_what_stands_first_changes_nothing(span):
    """It gives every answer as many wins as it has peers, so that the order stays."""
    outcome = await RankByPairs(Member("ranker", "[[A>B]]"), 3).run(QUESTION, candidates("a", "b", "c"), span, 1)
    assert left(outcome) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("says", "short"), [("I cannot tell.", False), (DOWN, False), (SPENT, True)], ids=["unread", "down", "spent"]
)
async def test_a_ranker_that_fails_leaves_the_order(says, short, span):
    """The first are kept, and it is said that nobody ranked them."""
    outcome = await RankByPairs(Member("ranker", says), 2).run(QUESTION, candidates("a", "b", "c"), span, 1)
    assert (left(outcome), outcome.stopped, outcome.short) == (["a", "b"], "ranker failed", short)


async def test_scores_are_averaged_over_both_orders(span):
    """Two calls, the second with the answers the other way round."""
    judge = Reviewer({"a": 0.2, "b": 0.9, "c": 0.5})
    stage = RankByScores(PanelJudge(judge, role="ranker"), 2)
    outcome = await stage.run(QUESTION, candidates("a", "b", "c"), span, 1)
    assert left(outcome) == ["b", "c"]
    there, back = (SHOWN.findall(judge.prompt(place)) for place in ("ranker.1.forward", "ranker.1.backward"))
    assert there == back[::-1]


async def test_a_judge_that_fails_leaves_the_order_too(span):
    """An unjudged answer is not a bad one when all are."""
    outcome = await RankByScores(PanelJudge(Member("judge", SPENT)), 1).run(QUESTION, candidates("a", "b"), span, 1)
    assert (left(outcome), outcome.stopped, outcome.short) == (["a"], "ranker failed", True)


async def test_a_critic_s_remarks_stay_with_their_answers(span):
    """One call about all candidates; none is dropped."""
    critic = Member("critic", "", critique=None)
    outcome = await Criticise(critic).run(QUESTION, candidates("a", "b"), span, 1)
    said = {c.reply.text: c.critique for c in outcome.candidates}
    assert said == {"a": "critic read 'a'", "b": "critic read 'b'"}
    failed = await Criticise(Member("critic", "", critique=DOWN)).run(QUESTION, candidates("a", "b"), span, 2)
    assert (left(failed), failed.stopped) == (["a", "b"], "critic failed")


async def test_the_fuser_reads_answers_with_their_remarks(span):
    """Each remark stands behind its answer; one candidate alone needs no fuser."""
    by = Member("by", "fused")
    given_ = [Candidate(Reply(text="a"), "weak"), Candidate(Reply(text="b"))]
    outcome = await FuseRanked(by).run(QUESTION, given_, span, 1)
    assert left(outcome) == ["fused"]
    assert "\na\n</answer>\n<feedback>\nweak\n</feedback>" in by.prompt("fuser.1")
    assert left(await FuseRanked(Member("by", DOWN)).run(QUESTION, given_, span, 2)) == ["a", "b"]
    assert left(await FuseRanked(Member("by", DOWN)).run(QUESTION, given_[:1], span, 3)) == ["a"]


async def test_a_pipeline_is_its_stages_in_order(span):
    """The answers of the first stage are the reply's candidates."""
    by = Member("by", "Answer: 9")
    stages = [Generate(answers(1, 2, 3)), RankByPairs(preferring("Answer: 3", "Answer: 1", "Answer: 2"), 2)]
    reply = await Pipeline([*stages, FuseRanked(by)]).reply(QUESTION, span)
    assert (reply.text, reply.stopped, reply.members) == ("Answer: 9", "fused", 3)
    assert sorted(text for _, text in SHOWN.findall(by.prompt("fuser.3"))) == ["Answer: 1", "Answer: 3"]


async def test_a_pipeline_may_end_with_its_ranker(span):
    """The best candidate is the answer."""
    stages = [Generate(answers(1, 2)), RankByPairs(preferring("Answer: 2", "Answer: 1"), 1)]
    assert (await Pipeline(stages).reply(QUESTION, span)).text == "Answer: 2"


async def test_a_budget_ends_it_with_the_best_so_far(span):
    """No stage after it is asked."""
    by = Member("by", "Answer: 9")
    stages = [Generate(answers(1, 2)), RankByPairs(Member("ranker", SPENT), 2), FuseRanked(by)]
    reply = await Pipeline(stages).reply(QUESTION, span)
    assert (reply.text, reply.stopped, by.asked) == ("Answer: 1", "budget", {})


async def test_generators_add_and_only_the_first_must_succeed(span):
    """A second that fails leaves what the first gave; without any answer there is no question saved."""
    failing = Generate([Member("x", DOWN)])
    both = await Pipeline([Generate(answers(1)), Generate(answers(2)), failing]).reply(QUESTION, span)
    assert (both.text, both.stopped) == ("Answer: 1", "generator failed")
    for stages in ([failing], [RankByPairs(Member("ranker", "x"), 1)]):
        with pytest.raises(AnswerError):
            await Pipeline(stages).reply(QUESTION, span.child("worker", "other", str(len(span.ledger.spans))))


async def test_it_keeps_a_model_s_promises():
    """Its plan counts every comparison."""
    pipeline = Pipeline([Generate(answers(1, 2, 3)), RankByPairs(preferring("Answer: 1", "Answer: 2", "Answer: 3"), 2)])
    await check_model(pipeline)
    assert pipeline.worst(100).calls == 3 + 6


@pytest.mark.parametrize("wrong", [lambda: Pipeline([]), lambda: Generate([]), lambda: RankByPairs(Member("r", ""), 0)])
def test_what_makes_no_sense_is_refused(wrong):
    """When it is built."""
    with pytest.raises(ConfigError, match=r"\w"):
        wrong()
