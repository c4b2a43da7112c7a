"""Games: two orders, labels as facts, no tie for what cannot be read, and a sign that cannot be wrong."""

import asyncio
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import RuleJudge

from escalade.core.battle import STRENGTHS, Battle, Game, Ruling, Style
from escalade.core.errors import ServerFailed
from escalade.core.reply import Reply
from escalade.core.scheme import LINEAR, OFFICIAL
from escalade.ledger.span import Span
from escalade.tasks import Item
from escalade.tasks.arena_hard import Games, Pair, graded
from escalade.tasks.arena_hard.answers import Answer
from escalade.testing import ScriptedModel


class Ordered:
    """Lets a game end before the next begins, so that a script of two replies a game has an order."""

    def __init__(self, model):
        self.name = model.name
        self._model = model
        self._lock = asyncio.Lock()

    async def reply(self, request, span):
        if len(request.messages) == 1:
            await self._lock.acquire()
        reply = await self._model.reply(request, span)
        if len(request.messages) > 1:
            self._lock.release()
        return reply


ITEM = Item(id="q", turns=("Write a poem about rain.",))


def pair(mine, theirs, item=ITEM):
    return Pair(item, mine, Answer(item.id, "base", theirs))


async def play(judges, mine, theirs, **more):
    span = Span.root("grading")
    battle = await Games(judges).play(pair(mine, theirs), span, **more)
    return battle, span


async def test_both_orders_are_played_with_the_baseline_first_in_the_first():
    """As in the official files; nobody is named to the judge."""
    judge = RuleJudge(lambda first, _: "A>B" if first == "mine" else "B>A")
    battle, span = await play([judge], "mine", "theirs")
    [ruling] = battle.rulings
    assert [(game.first, game.label) for game in ruling.games] == [("baseline", "B>A"), ("contestant", "A>B")]
    assert ruling.advantages == (1, 1)
    assert len(judge.prompts) == 2
    assert all("Write a poem about rain." in prompt and "base" not in prompt for prompt in judge.prompts)
    assert {part.role for part in span.ledger.spans[1:]} == {"grader"}


class Broken:
    """Returns what is no Reply."""

    name = "broken"

    async def reply(self, request, span):  # noqa: ARG002  (the protocol's)
        return "A>B"


class Late(RuleJudge):
    """Answers when the others have."""

    async def reply(self, request, span):
        for _ in range(5):
            await asyncio.sleep(0)
        return await super().reply(request, span)


async def test_a_bug_in_one_judge_waits_for_the_others():
    """It comes out as it is, but no game is left running whose calls would miss the account."""
    late = Late(lambda *_: "A>B")
    with pytest.raises(TypeError, match="no Reply"):
        await play([Broken(), late], "mine", "theirs")
    assert len(late.prompts) == 2


@given(st.text("abc", min_size=1, max_size=4), st.text("xyz", min_size=1, max_size=4), st.integers())
@settings(max_examples=50)
async def test_exchanging_contestant_and_baseline_mirrors_the_score(mine, theirs, salt):
    """For any judge whatever, one that only likes the first place included: swapped, the score is one less."""
    labels = list(STRENGTHS)

    def rule(first, second):
        return labels[sha256(f"{salt}|{first}|{second}".encode()).digest()[0] % 5]

    here, _ = await play([RuleJudge(rule)], mine, theirs)
    there, _ = await play([RuleJudge(rule)], theirs, mine)
    for scheme in (OFFICIAL, LINEAR):
        assert graded(there, scheme).score == pytest.approx(1 - graded(here, scheme).score)


async def test_an_unread_label_is_asked_for_once_more():
    """The second reply counts, and what was wrong is told."""
    cut = Reply(text="Let me think about", finish="length")
    with ScriptedModel([cut, "[[A=B]]", "[[A]]", "[[B>A]]"]) as judge:
        games = Games([Ordered(judge)])
        battle = await games.play(pair("mine", "theirs"), Span.root("grading"))
    assert [game.label for game in battle.rulings[0].games] == ["A=B", "B>A"]
    again = judge.requests[1].messages
    assert again[1].content == "Let me think about"
    assert "token limit" in again[2].content
    assert "no label" in judge.requests[3].messages[2].content


async def test_what_cannot_be_read_is_unjudged_and_never_a_tie():
    """After two unreadable replies, and for a judge that fails: no label, no score, and the reason."""
    battle, _ = await play([ScriptedModel(["Both are fine."] * 4)], "mine", "theirs")
    grade = graded(battle, OFFICIAL)
    assert (grade.outcome, grade.score) == ("grader_failed", 0.0)
    assert all(game.label is None and "no label" in game.trouble for game in battle.rulings[0].games)
    failed, _ = await play([ScriptedModel([ServerFailed("down"), ServerFailed("down")])], "mine", "theirs")
    assert failed.rulings[0].games[0].trouble == "server: down"
    assert graded(failed, OFFICIAL).battle == failed


async def test_judges_are_pooled_over_those_that_judged_both_games():
    """One judge's missing label takes none of the other's away."""
    sure = RuleJudge(lambda first, _: "A>>B" if first == "mine" else "B>>A", "sure")
    dumb = ScriptedModel(["?"] * 4, "dumb")
    battle, _ = await play([sure, dumb], "mine", "theirs")
    grade = graded(battle, OFFICIAL)
    assert [ruling.judge for ruling in battle.rulings] == ["sure", "dumb"]
    assert (grade.score, grade.outcome) == (1.0, "right")
    assert grade.reason == "sure: B>>A and A>>B; dumb: unjudged and unjudged"


async def test_the_prompt_follows_the_kind_of_question():
    """The judge answers first where there is something to get right, and reads only where there is not."""
    for own_answer in (True, False):
        judge = RuleJudge(lambda *_: "A=B")
        await play([judge], "mine", "theirs", own_answer=own_answer)
        assert all(("answer that you would give yourself" in prompt) is own_answer for prompt in judge.prompts)


async def test_conditions_name_judge_and_prompt():
    """Rulings under another prompt are never taken for the same."""
    judge = RuleJudge(lambda *_: "A=B")
    told = [(await play([judge], "m", "t", own_answer=own))[0].rulings[0].conditions for own in (True, False)]
    other = (await play([RuleJudge(lambda *_: "A=B", "other")], "m", "t"))[0].rulings[0].conditions
    assert len({*told, other}) == 3


async def test_reasoning_is_not_shown_to_the_judge():
    """What a model thought aloud is no part of its answer, on either side."""
    judge = RuleJudge(lambda *_: "A=B")
    await play([judge], "<think>secret</think>mine", "<think>hidden</think>theirs")
    assert not any("secret" in prompt or "hidden" in prompt for prompt in judge.prompts)


def test_a_battle_survives_its_storage():
    """A grade with its battle is read back as it was written."""
    rulings = (Ruling(judge="j", conditions="c", games=(Game(first="baseline", label="A>B", call="x"),)),)
    battle = Battle(baseline="b", rulings=rulings, style=Style(tokens=3, bold=1), baseline_style=Style(tokens=4))
    grade = graded(battle, OFFICIAL)
    assert msgspec.json.decode(msgspec.json.encode(grade), type=type(grade)) == grade
