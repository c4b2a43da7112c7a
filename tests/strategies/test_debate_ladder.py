"""Debates as rungs: the debate's verdict is the cascade's, and what goes up is every answer with its own remark."""

import pytest
from debaters import Member, Reviewer, answers
from scores import QUESTION, Scores

from escalade.core.errors import ServerFailed
from escalade.gates import Decided, PanelJudge
from escalade.models.structure import worst_of
from escalade.strategies import ByJudge, Cascade, Debate, Vote


def judged(members, **scores) -> Debate:
    return Debate(members, decide=ByJudge(PanelJudge(Reviewer({f"Answer: {k[1:]}": s for k, s in scores.items()}))))


async def climbed(span, **settings) -> str:
    """What the rung above a rejected debate is asked."""
    above = Member("above", "Answer: 9")
    ladder = Cascade([judged(answers(1, 2, 3), _1=0.5, _2=0.25, _3=0.75), above], Decided(0.9), **settings)
    await ladder.reply(QUESTION, span)
    return above.prompt("worker.2")


async def test_every_answer_goes_up_with_what_the_judge_said_of_it(span):
    """Beside the question, and without scores or names."""
    prompt = await climbed(span)
    assert prompt.startswith(QUESTION.question)
    for value in (1, 2, 3):
        shown = (
            f"<earlier_answer>\nAnswer: {value}\n</earlier_answer>\n<feedback>\nremark on Answer: {value}\n</feedback>"
        )
        assert shown in prompt
    assert not any(score in prompt for score in ("0.5", "0.25", "0.75", "Score"))


async def test_scores_go_up_only_where_they_are_asked_for(span):
    """Behind each remark."""
    prompt = await climbed(span, show_scores=True)
    assert "remark on Answer: 2\nScore: 0.25" in prompt


async def test_the_best_answer_over_all_levels_stands(span):
    """Not the last level's, as long as both were judged; marked not accepted."""
    levels = [judged(answers(1, 2), _1=0.8, _2=0.1), judged(answers(3, 4), _3=0.3, _4=0.5)]
    reply = await Cascade(levels, Decided(0.9)).reply(QUESTION, span)
    assert (reply.text, reply.score, reply.level, reply.accepted) == ("Answer: 1", 0.8, 1, False)


async def test_a_level_without_a_verdict_is_climbed_past(span):
    """An unjudged debate is no accepted one."""
    broken = Debate(answers(1, 2), decide=ByJudge(PanelJudge(Member("judge", ServerFailed("down")))))
    reply = await Cascade([broken, judged(answers(3, 4), _3=0.95)], Decided(0.9)).reply(QUESTION, span)
    assert (reply.text, reply.accepted, reply.level) == ("Answer: 3", True, 2)


async def test_a_level_may_be_tried_again_with_its_own_answers(span):
    """Spinning: all of them are shown to every member, with the remarks."""
    members = answers(1, 2)
    await Cascade([judged(members, _1=0.1, _2=0.2)], Decided(0.9), attempts=2).reply(QUESTION, span)
    again = members[0].prompt("worker.1")
    assert "You answered this before" in again
    assert again.count("<earlier_answer>") == 2


async def test_remarks_on_a_debate_inside_a_vote_are_not_the_vote_s(span):
    """What goes up then is the vote's one answer and what its own gate said."""
    above = Member("above", "Answer: 9")
    vote = Vote([judged(answers(1, 2), _1=0.5), *answers(1, 2)])
    await Cascade([vote, above], Scores(0.1, 1.0)).reply(QUESTION, span)
    prompt = above.prompt("worker.2")
    assert prompt.count("<earlier_answer>") == 1
    assert "remark on" not in prompt


def test_the_plan_bounds_prompts_that_carry_several_answers():
    """A rung above a debate of four is planned for four answers with a remark each."""
    of = {n: Cascade([judged(answers(*range(n))), Member("above", "x")], Decided(0.9)) for n in (2, 4)}
    above = {n: worst_of(ladder, 100).usd - worst_of(ladder.rungs[0], 100).usd for n, ladder in of.items()}
    assert above[4] - above[2] == pytest.approx(above[2] - 100, abs=above[2] // 50)
