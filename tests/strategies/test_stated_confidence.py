"""A confidence that was asked for is no part of the answer: not where answers are compared, nor in the reply."""

import pytest
from debaters import Member
from hypothesis import given
from hypothesis import strategies as st
from scores import notes

from escalade.core.messages import Expects, Request
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.strategies import ByWeight, Debate, Stated, Vote, WeightedVote
from escalade.strategies.weights import unstated

FREE = Request.of("Where does it stand?", expects=Expects(form="text"))
SAID = ("Confidence: 0.70\nParis", "Confidence: 0.75\nParis", "Confidence: 0.8\nRome")
LINES = {
    "Confidence: 0.7\nParis": "Paris",
    "It may be Paris.\n\n**Confidence:** 80 %\n\nParis": "It may be Paris.\n\nParis",
    "Paris\r\n- confidence = .8.\r\n": "Paris",
    "> Confidence: 0.3\nRome?\nConfidence: 0.8\nParis": "Rome?\nParis",
    "Confidence: 0.9": "",
    "confidence=70%\n \n    indented": "    indented",
    "Paris, with Confidence: 0.7": "Paris, with Confidence: 0.7",
    "Confidence: high\nParis": "Confidence: high\nParis",
    "Confidence: 0.5 and rising\nParis": "Confidence: 0.5 and rising\nParis",
}


def members(*texts):
    return [Member(name, text) for name, text in zip("abcdef", texts, strict=False)]


@pytest.mark.parametrize(("text", "left"), LINES.items(), ids=range(len(LINES)))
def test_a_line_of_its_own_is_taken_out(text, left):
    """With the empty lines below it; what shares its line with other words stays."""
    reply = unstated(Reply(text=text, model="m", call="c"), asked=True)
    assert reply.text == left
    assert reply.call == ("c" if text == left else "")
    assert unstated(Reply(text=text), asked=False).text == text


@given(st.text())
def test_any_answer_is_left_whole_above_and_below_the_line(text):
    """Whatever it is, all but spacing."""
    kept = unstated(Reply(text=f"{text}\nConfidence: 0.5\n{text}"), asked=True).text
    without = unstated(Reply(text=text), asked=True).text
    assert "".join(kept.split()) == 2 * "".join(without.split())


async def test_equal_free_texts_are_one_answer_in_a_vote(span):
    """Two who say Paris outweigh one who is a little surer of Rome."""
    reply = await WeightedVote(members(*SAID), Stated()).reply(FREE, span)
    assert (reply.text, reply.call) == ("Paris", "")
    assert len(notes(span, "vote")[0]["counts"]) == 2
    assert [one.text for one in reply.candidates] == ["Paris", "Paris", "Rome"]


async def test_a_debate_of_one_mind_is_unanimous(span):
    """However sure each of them is; and nobody is said to have changed an answer whose confidence alone rose."""
    same = members(*(f"Confidence: 0.{n}\nParis" for n in (6, 7, 8)))
    agreed = await Debate(same, decide=ByWeight(Stated()), when="disagree").reply(FREE, span)
    assert (agreed.text, agreed.stopped) == ("Paris", "unanimous")
    moved = [Member("a", SAID[0], refined=SAID[1]), Member("b", SAID[2])]
    other = Span.root("test")
    still = await Debate(moved, rounds=3, decide=ByWeight(Stated())).reply(FREE, other)
    assert still.stopped == "stable"
    assert [note["changed"] for note in notes(other, "revised")] == [False, False]


async def test_what_nobody_asked_for_is_part_of_the_answer(span):
    """A plain vote takes free texts word for word."""
    assert (await Vote(members(*SAID)).reply(FREE, span)).text == SAID[0]
