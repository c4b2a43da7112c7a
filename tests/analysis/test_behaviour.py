"""Correct, modify, judge, reserve: each graded trial of an agent is exactly one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.analysis.behaviour import Behaviours, BehaviourTally, behaviour
from escalade.core.grade import Grade
from escalade.ledger.span import SpanFact
from escalade.store.record import Record, Step

RIGHT = Grade(outcome="right", score=1.0, answer="7")
SPELT_OTHERWISE = Grade(outcome="right", score=1.0, answer="7.0")
FIVE, SIX = (Grade(outcome="wrong", answer=answer) for answer in ("5", "6"))
UNREAD = Grade(outcome="no_answer")
FAILED = Grade(outcome="grader_failed")
HALF = Grade(outcome="partial", score=0.5, answer="3")
AGENT = "/worker/worker"


def record(final, *tools, agent=AGENT, extra=()):
    """A stack's trial: its tools' answers in their places, each asked in a step of its own."""
    steps = [
        Step(path=f"{agent}/tool.{step}.{step}", role="tool", name=f"T{step}", grade=grade)
        for step, grade in enumerate(tools, 1)
    ]
    spans = [SpanFact(path=f"{agent}/head.1", role="head", name="H")]
    return Record(run="r", system="s", item="i", status="answered", grade=final, steps=[*steps, *extra], spans=spans)


@pytest.mark.parametrize(
    ("final", "tools", "expected"),
    [
        (RIGHT, (RIGHT, RIGHT), "reserve"),
        (RIGHT, (RIGHT, SPELT_OTHERWISE), "reserve"),
        (FIVE, (FIVE, FIVE), "reserve"),
        (FIVE, (FIVE, UNREAD), "reserve"),
        (RIGHT, (RIGHT, FIVE), "judge"),
        (FIVE, (FIVE, SIX), "judge"),
        (FIVE, (RIGHT, FIVE), "judge"),
        (RIGHT, (FIVE, SIX), "correct"),
        (RIGHT, (FIVE, FIVE), "correct"),
        (RIGHT, (UNREAD,), "correct"),
        (RIGHT, (), "correct"),
        (FIVE, (SIX, SIX), "modify"),
        (FIVE, (RIGHT, RIGHT), "modify"),
        (UNREAD, (RIGHT, FIVE), "modify"),
        (UNREAD, (UNREAD, UNREAD), "modify"),
        (FAILED, (RIGHT,), None),
        (HALF, (HALF,), None),
        (None, (RIGHT,), None),
    ],
)
def test_the_four_words(final, tools, expected):
    """As docs/search.md defines them."""
    assert behaviour(record(final, *tools)) == expected


grades = st.sampled_from([RIGHT, SPELT_OTHERWISE, FIVE, SIX, UNREAD, FAILED, HALF, None])


@given(st.lists(st.tuples(grades, st.lists(grades, max_size=3)), max_size=8))
def test_they_are_exclusive_and_exhaustive(trials):
    """Every trial is counted once, as one of the four or as uncounted; those with a right or wrong final answer are."""
    tally = BehaviourTally()
    for final, tools in trials:
        tally.add(record(final, *tools))
    found = tally.behaviours()
    assert found.counted + found.uncounted == len(trials)
    gradeable = [final for final, _ in trials if final is not None and final.outcome in ("right", "wrong", "no_answer")]
    assert found.counted == len(gradeable)
    right = sum(final.outcome == "right" for final in gradeable)
    assert found.correct + found.judge_right + found.reserve_right == right, "what is modified is never right"


def test_a_tool_s_last_answer_counts():
    """Asked again, it may have changed its mind."""
    later = Step(path=f"{AGENT}/tool.9.1", role="tool", name="T1", grade=SIX)
    assert behaviour(record(SIX, FIVE, SIX, extra=[later])) == "reserve"
    assert behaviour(record(FIVE, FIVE, SIX, extra=[later])) == "modify"


def test_what_others_said_does_not_count():
    """Neither the tools of an agent inside nor what a stack remembers of them is an answer to this agent."""
    inside = [
        Step(path="/worker/tool.1.0123456789ab", role="tool", name="A_1", grade=FIVE),
        Step(path=f"{AGENT}/tool.1.1/tool.1.1", role="tool", name="A_0", grade=FIVE),
    ]
    assert behaviour(record(RIGHT, RIGHT, extra=inside)) == "reserve"


@pytest.mark.parametrize("agent", ["/worker/worker.1", "/worker/tool.1.1", "/worker/gate.1"])
def test_an_agent_that_is_a_part_of_the_system_is_not_it(agent):
    """A rung, a member, a tool or a judge: the final answer need not be its own."""
    assert behaviour(record(RIGHT, RIGHT, agent=agent)) is None


def test_nothing_counted_is_all_zeros():
    """Absent counts are counts of nothing."""
    assert BehaviourTally().behaviours() == Behaviours()
