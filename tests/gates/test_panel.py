"""The panel judge and the gate that reads its verdict: scores for the right answers, or none."""

import json
import re
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Request
from escalade.core.reply import Reply
from escalade.core.structure import Structure
from escalade.gates import Check, Decided, PanelJudge, PanelPrompts
from escalade.gates.blind import blinded, listed
from escalade.gates.panel_reading import read_reviews
from escalade.gates.protocol import LONGEST_REASON
from escalade.ledger.span import Span
from escalade.models.structure import Worst
from escalade.prompts import template
from escalade.testing import ScriptedModel, check_gate

FENCE = "```"
IDS = ["K10", "P22"]
QUESTION = Request.of("What is 2 + 2?\n\n```py\nprint(2 + 2)\n```")
SHOWN = re.compile(r'<answer id="(\w+)">\n(.*?)\n</answer>', re.DOTALL)


def verdict(reviews, best="K10"):
    return json.dumps({"reviews": reviews, "best": best})


BOTH = [{"id": "K10", "score": 0.9, "reason": "sound"}, {"id": "P22", "score": 0.2, "reason": "a slip"}]
READABLE = {
    "plain": verdict(BOTH),
    "in a fence": f"{FENCE}json\n{verdict(BOTH)}\n{FENCE}",
    "prose around it": f"I compared them.\n{verdict(BOTH)}\nThat is all.",
    "after thinking": f"<think>{verdict([{'id': 'K10', 'score': 1}])}</think>{verdict(BOTH)}",
    "ids in lower case": verdict([{**r, "id": r["id"].lower()} for r in BOTH]),
    "ids with a word before": verdict([{**r, "id": f"Answer {r['id']}"} for r in BOTH]),
    "a map by id": verdict({r["id"]: r for r in BOTH}),
    "scores as text": verdict([{**r, "score": f"{round(100 * r['score'])}%"} for r in BOTH]),
    "a fence inside a reason": verdict([*BOTH[:1], {**BOTH[1], "reason": f"{FENCE}py\nx\n{FENCE}"}]),
    "an unknown id beside them": verdict([*BOTH, {"id": "Z99", "score": 1}]),
    "a trailing comma": verdict(BOTH).replace("}]", "},]"),
    "best is nobody": verdict(BOTH, "nobody"),
}
UNREADABLE = {
    "nothing": "",
    "prose": "K10 is the best.",
    "one verdict": '{"score": 0.9, "reason": "fine"}',
    "cut off before the end": verdict(BOTH)[:60],
    "no best": json.dumps({"reviews": BOTH}),
    "foreign ids": verdict([{"id": "A", "score": 1}, {"id": "B", "score": 0}]),
    "no numbers": verdict([{"id": "K10", "score": "high"}, {"id": "P22", "score": True}]),
    "reviews are text": verdict("K10 is fine"),
}


@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE)
def test_reviews_are_read(text):
    """Each score under its own id, however the object is dressed."""
    found = read_reviews(text, IDS)
    assert found is not None
    assert {one: scored.score for one, scored in found.by_id.items()} == {"K10": 0.9, "P22": 0.2}
    assert found.best in ("K10", None)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_review_is_none(text):
    """No score is made up."""
    assert read_reviews(text, IDS) is None


def test_contradicting_reviews_of_one_answer_are_none():
    """Two scores for one id are no score; the other answer keeps its own."""
    found = read_reviews(verdict([*BOTH, {"id": "K10", "score": 0.1}]), IDS)
    assert found is not None
    assert set(found.by_id) == {"P22"}


def test_a_reason_has_a_bound():
    """Reasons go into prompts."""
    found = read_reviews(verdict([{**BOTH[0], "reason": "x" * 9000}]), IDS)
    assert found is not None
    assert len(found.by_id["K10"].reason) == LONGEST_REASON


KEYS = st.sampled_from(["reviews", "best", "id", "score", "reason", "K10"])
JSON = st.recursive(
    st.none() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


@given(st.text(max_size=300) | JSON.map(json.dumps))
def test_any_text_gives_valid_reviews_or_none(text):
    """Scores from 0 to 1 under ids that were shown, whatever a judge writes."""
    found = read_reviews(text, IDS)
    if found is not None:
        assert set(found.by_id) <= set(IDS)
        assert all(0 <= scored.score <= 1 for scored in found.by_id.values())


@given(st.lists(st.text(max_size=20), min_size=1, max_size=30), st.integers())
def test_blinding_loses_no_answer_and_names_none_twice(texts, seed):
    """Every answer is shown once, its place is known to us alone, and equal draws show the same."""
    shown = blinded(texts, Random(seed))
    assert sorted(one.place for one in shown) == list(range(len(texts)))
    assert all(texts[one.place] == one.text for one in shown)
    assert len({one.id for one in shown}) == len(texts)
    assert shown == blinded(texts, Random(seed))
    assert listed(shown).count("</answer>") >= len(texts)


class Reviewer:
    """A judge that scores what it is shown by `scores`, under the ids that it finds; first it says `before`."""

    name = "reviewer"

    def __init__(self, scores, *before):
        self.scores = scores
        self.left = list(before)
        self.requests = []

    async def reply(self, request, span):  # noqa: ARG002  (the protocol)
        self.requests.append(request)
        if self.left:
            said = self.left.pop(0)
            if isinstance(said, Exception):
                raise said
            return said if isinstance(said, Reply) else Reply(text=said)
        shown = SHOWN.findall(request.messages[-3 if len(request.messages) > 2 else -1].content)
        reviews = [
            {"id": one, "score": self.scores[text], "reason": f"on {text}"}
            for one, text in shown
            if text in self.scores
        ]
        return Reply(text=verdict(reviews, max(reviews, key=lambda r: r["score"])["id"]))

    def structure(self):
        return Structure("scripted", self.name)

    def worst(self, prompt_tokens):
        return Worst(1, Decimal(prompt_tokens), 100)


async def test_each_answer_gets_its_own_score_and_reason(span):
    """In the order in which the answers were given, whatever order the judge saw."""
    found = await PanelJudge(Reviewer({"four": 0.9, "five": 0.3, "six": 0.1})).review(
        QUESTION, ["six", "four", "five"], span
    )
    assert [one.score for one in found.reviews] == [0.1, 0.9, 0.3]
    assert [one.reason for one in found.reviews] == ["on six", "on four", "on five"]
    assert (found.best, found.trouble) == (1, "")


async def test_the_judge_sees_the_question_as_it_is_and_no_author(span):
    """Line breaks and code survive; ids are drawn anew in every place, and are the same in the same place."""
    judge = Reviewer({"four": 1, "five": 0})
    for place in ("a", "b"):
        await PanelJudge(judge).review(QUESTION, ["four", "five"], span.child("worker", place, place))
    await PanelJudge(judge).review(QUESTION, ["four", "five"], Span.root("test").child("worker", "a", "a"))
    first, second, again = (request.messages[-1].content for request in judge.requests)
    assert QUESTION.question in first
    assert SHOWN.findall(first) != SHOWN.findall(second)
    assert first == again


async def test_the_order_can_be_turned_round(span):
    """So that a preference for what stands first cancels out."""
    judge = Reviewer({"a": 1, "b": 0.5, "c": 0})
    for place, reverse in (("there", False), ("back", True)):
        await PanelJudge(judge).review(QUESTION, ["a", "b", "c"], span, place=place, reverse=reverse)
    there, back = (SHOWN.findall(request.messages[-1].content) for request in judge.requests)
    assert there == back[::-1]


async def test_scores_decide_and_the_judge_s_favourite_settles_ties(span):
    """A best answer with a lower score than another is not the best."""
    ids = [one.id for one in blinded(["a", "b", "c"], span.random(""))]
    by_text = {one.text: one.id for one in blinded(["a", "b", "c"], span.random(""))}
    assert sorted(ids) == sorted(by_text.values())
    for scores, favourite, best in (((0.5, 0.9, 0.9), "c", 2), ((0.5, 0.9, 0.9), "a", 1), ((0.5, 0.9, 0.1), "c", 1)):
        said = verdict([{"id": by_text[t], "score": s} for t, s in zip("abc", scores, strict=True)], by_text[favourite])
        found = await PanelJudge(ScriptedModel([said])).review(QUESTION, ["a", "b", "c"], Span.root("test"))
        assert found.best == best


async def test_an_unreadable_verdict_is_asked_for_once_more(span):
    """The judge is told what was wrong, and shown its own reply."""
    judge = Reviewer({"a": 0.8, "b": 0.1}, "Both are fine.")
    found = await PanelJudge(judge).review(QUESTION, ["a", "b"], span)
    assert [one.score for one in found.reviews] == [0.8, 0.1]
    assert [m.role for m in judge.requests[1].messages] == ["user", "assistant", "user"]
    assert "no JSON object" in judge.requests[1].messages[-1].content


async def test_a_missing_review_is_asked_for_and_else_stays_unjudged(span):
    """What the judge did say is kept."""
    judge = Reviewer({"a": 0.8})
    found = await PanelJudge(judge).review(QUESTION, ["a", "b"], span)
    assert len(judge.requests) == 2
    assert found.reviews[0].score == 0.8
    assert found.reviews[1] is None
    assert (found.best, "lacked a review" in found.trouble) == (0, True)


@pytest.mark.parametrize("twice", [True, False])
async def test_after_that_the_answers_are_unjudged(twice, span):
    """Without scores, with the reason; and at once where asking again is forbidden."""
    judge = Reviewer({}, "prose", Reply(text="{", finish="length"))
    found = await PanelJudge(judge, ask_again=twice).review(QUESTION, ["a", "b"], span)
    assert found.reviews == (None, None)
    assert found.best is None
    assert len(judge.requests) == 1 + twice
    assert ("cut off" if twice else "no JSON") in found.trouble


@pytest.mark.parametrize("error", [ServerFailed("down"), BudgetExceeded("spent", limit="usd", scope="question")])
async def test_a_failing_judge_costs_the_verdict_only(error, span):
    """Whether it fails at first or when it is asked again; the error's code is kept."""
    for before in ((error,), ("prose", error)):
        found = await PanelJudge(Reviewer({}, *before)).review(QUESTION, ["a"], Span.root("test"))
        assert (found.reviews, found.error) == ((None,), error.code)


async def test_strictness_is_the_judge_s_system_message(span):
    """And part of its identity."""
    judge = Reviewer({"a": 1})
    strict = PanelPrompts(strictness=template("judging_very_strict"))
    await PanelJudge(judge, prompts=strict).review(QUESTION, ["a"], span)
    assert judge.requests[0].messages[0].content == template("judging_very_strict").text
    assert PanelJudge(judge, prompts=strict).structure().fingerprint != PanelJudge(judge).structure().fingerprint


def test_the_worst_case_counts_the_second_question_only_where_it_may_be_asked():
    """One call or two; the second prompt is longer by the first reply."""
    judge = Reviewer({})
    once, twice = (PanelJudge(judge, ask_again=again).worst(100, 4, 50) for again in (False, True))
    assert (once.calls, twice.calls) == (1, 2)
    assert twice.usd > 2 * once.usd > 2 * (100 + 4 * 50)


async def test_the_decided_gate_reads_the_score_that_the_answer_brings(span):
    """Nobody is asked; the judge's reason goes on."""
    gate = Decided(0.9, otherwise=Check(pytest.fail))
    accepted = await gate.judge(QUESTION, Reply(text="4", score=0.9, reason="sound"), span)
    rejected = await gate.judge(QUESTION, Reply(text="5", score=0.89, reason="a slip"), span)
    assert (accepted.accept, accepted.score) == (True, 0.9)
    assert (rejected.accept, rejected.reason) == (False, "a slip")


async def test_an_answer_without_a_score_is_unjudged_or_judged_by_another_gate(span):
    """A score is not made up."""
    assert (await Decided(0.9).judge(QUESTION, Reply(text="4"), span)).unjudged
    other = Decided(0.9, otherwise=Check(lambda _: "too short"))
    assert (await other.judge(QUESTION, Reply(text="4"), span)).reason == "too short"
    await check_gate(other)
    assert other.structure().parts
    assert Decided(0.9).worst(10).calls == 0


def test_a_threshold_is_a_score():
    """Above 1 nothing could be accepted."""
    with pytest.raises(ConfigError, match=r"at_least, a score, .* from 0 to 1"):
        Decided(95)
