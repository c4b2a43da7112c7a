"""Weighted votes: log-odds of accuracy or of stated confidence, and no vote made up."""

import math

import pytest
from debaters import Member, answers
from hypothesis import given
from hypothesis import strategies as st
from scores import NUMBER, QUESTION, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.reply import Reply
from escalade.strategies import Measured, Stated, WeightedVote
from escalade.strategies.weights import heaviest, log_odds, plurality, stated_confidence
from escalade.testing import check_model

DOWN = ServerFailed("down")
CONFIDENCES = {
    "Confidence: 0.8": 0.8,
    "confidence: 80%": 0.8,
    "**Confidence:** 80 %": 0.8,
    "Confidence = .8": 0.8,
    "Confidence: 1": 1.0,
    "Confidence: 0.3\nOn reflection: Confidence: 0.8": 0.8,
    "<think>Confidence: 0.1</think>Confidence: 0.8": 0.8,
    "Confidence: 8": None,
    "Confidence: high": None,
    "I am confident.": None,
    "": None,
}


@pytest.mark.parametrize(("text", "said"), CONFIDENCES.items(), ids=CONFIDENCES)
def test_a_stated_confidence_is_read(text, said):
    """A number from 0 to 1 or a percentage; nothing is guessed."""
    assert stated_confidence(text) == said


@given(st.text())
def test_any_text_states_a_probability_or_none(text):
    """Whatever a member writes."""
    said = stated_confidence(f"Confidence: {text}")
    assert said is None or 0 <= said <= 1


@given(st.floats(0, 1))
def test_weights_are_log_odds_and_never_negative(p):
    """Bounded, so that one sure member does not outvote any number of others."""
    weight = log_odds(p)
    assert 0 <= weight <= math.log(99) + 1e-9
    if 0.5 < p < 0.99:
        assert math.isclose(weight, math.log(p / (1 - p)))


async def test_one_good_member_outweighs_two_poor_ones(span):
    """ln(0.9/0.1) is more than twice ln(0.6/0.4)."""
    vote = WeightedVote(answers(1, 1, 2), Measured((0.6, 0.6, 0.9)))
    reply = await vote.reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 2", "weighted")
    assert notes(span, "vote")[0]["counts"] == pytest.approx([math.log(9), 2 * math.log(1.5)][::-1])


async def test_equal_weights_are_a_plain_vote(span):
    """And so are weights of nothing."""
    for place, accuracy in enumerate((0.7, 0.5, 0.1)):
        vote = WeightedVote(answers(1, 2, 2), Measured((accuracy,) * 3))
        assert (await vote.reply(QUESTION, span.child("worker", "vote", place))).text == "Answer: 2"


async def test_a_failed_member_has_no_vote_and_keeps_its_weight_to_itself(span):
    """Weights belong to members, not to places among those who answered."""
    members = [Member("a", DOWN), *answers(1, 2)]
    assert (await WeightedVote(members, Measured((0.5, 0.6, 0.9))).reply(QUESTION, span)).text == "Answer: 2"


async def test_confidence_is_asked_for_and_weighed(span):
    """The question stands unaltered above; a member that states none weighs as much as the others on average."""
    sure = Member("a", "Confidence: 0.9\nAnswer: 1")
    members = [sure, Member("b", "Answer: 2"), Member("c", "Confidence: 0.7\nAnswer: 2")]
    reply = await WeightedVote(members, Stated()).reply(QUESTION, span)
    assert sure.prompt("worker.1").startswith(QUESTION.question)
    weights = notes(span, "vote")[0]["weights"]
    assert weights == pytest.approx([math.log(9), None, math.log(7 / 3)])
    assert reply.text == "Answer: 2"


async def test_what_cannot_be_read_has_no_vote(span):
    """Where nothing can be read the earliest stands, and the reply says so; a budget is told, too."""
    reply = await WeightedVote([Member("a", "well"), Member("b", "hm")], Measured((0.6, 0.9))).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("well", "unreadable")
    spent = BudgetExceeded("spent", limit="calls", scope="question")
    vote = WeightedVote([*answers(1), Member("b", spent)], Measured((0.6, 0.9)))
    assert (await vote.reply(QUESTION, span.child("worker", "vote"))).stopped == "budget"
    with pytest.raises(AnswerError):
        await WeightedVote([Member("a", DOWN)], Stated()).reply(QUESTION, span.child("worker", "vote"))


@given(st.lists(st.sampled_from("1234"), min_size=1, max_size=9))
def test_plurality_is_the_earliest_of_the_most_frequent(values):
    """Whatever the members say."""
    chosen = values[plurality([Reply(text=f"Answer: {value}") for value in values], NUMBER)]
    most = max(values.count(value) for value in values)
    assert chosen == next(value for value in values if values.count(value) == most)


def test_ties_go_to_the_answer_with_more_voices_then_to_the_earlier():
    """Equal weights in all."""
    replies = [Reply(text=f"Answer: {value}") for value in (1, 2, 2)]
    assert heaviest(replies, [2.0, 1.0, 1.0], NUMBER)[0] == 1
    assert heaviest(replies[:2], [1.0, 1.0], NUMBER)[0] == 0


async def test_it_keeps_a_model_s_promises():
    """By either kind of weight; accuracies must fit the members."""
    await check_model(WeightedVote(answers(1, 2), Stated()))
    await check_model(WeightedVote(answers(1, 2), Measured((0.5, 0.6))))
    with pytest.raises(ConfigError, match="do not fit"):
        WeightedVote(answers(1, 2), Measured((0.5,)))
