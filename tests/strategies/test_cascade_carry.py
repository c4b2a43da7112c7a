"""What goes up the ladder, and when a rung is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import FEEDBACK, QUESTION, UNJUDGED, Scores

from escalade.core.errors import ServerFailed
from escalade.gates import judge
from escalade.ledger.span import Span
from escalade.strategies import Cascade
from escalade.testing import ScriptedModel


def ladder(*answers: str) -> list[ScriptedModel]:
    return [ScriptedModel([answer], name=f"rung{level}") for level, answer in enumerate(answers, 1)]


def prompts(*models: ScriptedModel) -> list[str]:
    return [request.messages[-1].content for model in models for request in model.requests]


async def test_whole_feedback_goes_up_and_no_score():
    """The judge's whole explanation reaches the next rung word for word; neither score nor verdict does."""
    long = FEEDBACK * 20
    mind = ScriptedModel([f'{{"reason": "{long}", "score": 0.37}}', '{"reason": "", "score": 1}'], name="mind")
    rungs = ladder("my answer", "better")
    await Cascade(rungs, judge(mind) >= 0.91).reply(QUESTION, Span.root("test"))
    asked = prompts(rungs[1])[0]
    assert f"<feedback>\n{long}\n</feedback>" in asked
    assert "<earlier_answer>\nmy answer\n</earlier_answer>" in asked
    assert asked.startswith("What is 2 + 2?")
    assert not any(number in asked for number in ("0.37", "37", "0.91", "91"))
    assert "score" not in asked.lower()
    assert "reject" not in asked.lower()


@given(answer=st.text(min_size=1), feedback=st.text(min_size=1), question=st.text(min_size=1))
async def test_texts_go_up_unaltered(answer, feedback, question):
    """Dollars, braces, tags and variables in question, answer and feedback survive, and are never filled in."""
    for text in ("", " ${attempts} $question {0}"):
        rungs = ladder(answer + text, "next")
        gate = Scores(0.1, 0.1, feedback=feedback + text)
        await Cascade(rungs, gate).reply(QUESTION.saying(question + text), Span.root("test"))
        [asked] = prompts(rungs[1])
        assert asked.startswith(question + text)
        assert f"\n{answer}{text}\n" in asked
        assert f"{feedback}{text}\n" in asked


@pytest.mark.parametrize(
    ("carry", "shown"),
    [
        ("best", [set(), {"one"}, {"one"}]),
        ("last", [set(), {"one"}, {"two"}]),
        ("all", [set(), {"one"}, {"one", "two"}]),
        ("nothing", [set(), set(), set()]),
    ],
)
async def test_carry_chooses_what_is_shown(span, carry, shown):
    """The best-scored earlier answer, the last, all in order, or none: then the question goes up as it was."""
    rungs = ladder("one", "two", "three")
    await Cascade(rungs, Scores(0.6, 0.3, 0.1), carry=carry).reply(QUESTION, span)
    for prompt, expected in zip(prompts(*rungs), shown, strict=True):
        assert {word for word in ("one", "two", "three") if f"\n{word}\n" in prompt} == expected
        assert expected or prompt == "What is 2 + 2?"


async def test_answer_without_feedback_is_not_shown(span):
    """An answer that nobody explained, such as an unjudged one, helps nobody: the next rung starts afresh."""
    rungs = ladder("one", "two", "three")
    await Cascade(rungs, Scores(UNJUDGED, UNJUDGED, 0.1)).reply(QUESTION, span)
    assert prompts(*rungs) == ["What is 2 + 2?"] * 3


@pytest.mark.parametrize(
    ("scores", "asked"),
    [
        ((0.2, 0.4, 0.6, 1), 3),
        ((0.2, 0.24, 1), 2),
        ((0.2, 0.25, 0.26, 1), 3),
        ((0.5, 0.2, 1), 2),
        ((0.5, 0.5, 1), 2),
        ((UNJUDGED, 1), 1),
        ((0.2, UNJUDGED, 1), 2),
    ],
    ids=["gains", "too small a gain", "just enough", "a loss", "none", "unjudged", "unjudged later"],
)
async def test_rung_is_tried_again_while_that_gains(span, scores, asked):
    """A rung spins at most `attempts` times, and is left when an attempt gains less than `min_gain` on the last."""
    rung = ScriptedModel(["a", "b", "c"])
    ladder_of_two = Cascade([rung, *ladder("next")], Scores(*scores), attempts=3, min_gain=0.05)
    reply = await ladder_of_two.reply(QUESTION, span)
    assert (reply.text, len(rung.requests)) == ("next", asked)


async def test_gain_is_measured_within_a_rung(span):
    """The next rung's first attempt is not compared with the last rung's, so that it gets its own second try."""
    first, second = ScriptedModel(["a", "b"]), ScriptedModel(["c", "d"])
    await Cascade([first, second], Scores(0.8, 0.8, 0.1, 0.3), attempts=2).reply(QUESTION, span)
    assert (len(first.requests), len(second.requests)) == (2, 2)


async def test_accepted_attempt_ends_the_spinning(span):
    """An accepted attempt is not tried again, and the climb is over."""
    rung = ScriptedModel(["a", "b"])
    reply = await Cascade([rung, *ladder("next")], Scores(0.5, 0.95), attempts=5).reply(QUESTION, span)
    assert (reply.text, reply.level) == ("b", 1)


async def test_regression_is_forgotten(span):
    """After an attempt that made it worse, the better one goes on and stands in the end."""
    rung, other = ScriptedModel(["better", "worse"]), ScriptedModel(["bad", "worst"])
    reply = await Cascade([rung, other], Scores(0.6, 0.3, 0.1, 0), attempts=2).reply(QUESTION, span)
    assert reply.text == "better"
    assert "\nbetter\n" in prompts(other)[0]


async def test_second_attempt_is_asked_as_its_own_author(span):
    """A rung that tries again is told that the answer was its own; the next rung that it was others'."""
    rung, other = ScriptedModel(["a", "b"]), ScriptedModel(["c", "d"])
    await Cascade([rung, other], Scores(0.1, 0.5, 0.2, 0.6), attempts=2).reply(QUESTION, span)
    again, onward = prompts(rung)[1], prompts(other)[0]
    assert "You answered this before" in again
    assert "Others tried this" in onward
    assert [s.path for s in span.ledger.spans if s.role == "worker"] == [
        "/worker.1.1",
        "/worker.1.2",
        "/worker.2.1",
        "/worker.2.2",
    ]


async def test_nobody_is_told_that_others_words_are_its_own(span):
    """Where the better answer was another rung's, the second attempt is shown it as such."""
    rung, other = ScriptedModel(["better", "worse"]), ScriptedModel(["bad", "worst"])
    await Cascade([rung, other], Scores(0.6, 0.3, 0.1, 0), attempts=2).reply(QUESTION, span)
    assert all("Others tried this" in prompt for prompt in prompts(other))


async def test_failing_attempt_leaves_the_rung(span):
    """A rung that fails is not tried again here: retries are its own affair."""
    rung = ScriptedModel([ServerFailed("down")])
    reply = await Cascade([rung, *ladder("next")], Scores(1), attempts=3).reply(QUESTION, span)
    assert (reply.text, len(rung.requests)) == ("next", 1)
