"""The task: what makes runs comparable, whose answers are the baseline, and who is graded how."""

import json

import pytest
from judging import RuleJudge

from escalade.core.errors import DataError, Failure, ServerFailed, Unauthorised
from escalade.core.reply import Reply
from escalade.core.scheme import LINEAR, OFFICIAL
from escalade.ledger.span import Ledger, Span
from escalade.models.leaf import Leaf
from escalade.simulate import SimulatedBackend, SimulatedModel, World
from escalade.tasks.arena_hard import ArenaHard, Baselines, FromFile, FromModel, Games
from escalade.tasks.arena_hard.duel import Decided, Duel, decide, duels_of
from escalade.tasks.fetch import DataFiles
from escalade.tasks.protocol import Bounded, Item
from escalade.testing import ScriptedModel


def longer(first, second):
    return "A>B" if len(first) > len(second) else "B>A" if len(first) < len(second) else "A=B"


@pytest.fixture
def questions(tmp_path):
    rows = [
        {"uid": "p", "category": "hard_prompt", "prompt": "Prove it."},
        {"uid": "w", "category": "creative_writing", "prompt": "Write it."},
    ]
    path = tmp_path / "question.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def baseline(tmp_path):
    rows = [{"uid": uid, "model": "base", "messages": [{"content": {"answer": "four"}}]} for uid in ("p", "w")]
    path = tmp_path / "base.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def task(questions, baseline):
    def make(judge=None, *, against=None, **settings):
        games = Games([judge or RuleJudge(longer)])
        baselines = Baselines({"": against or FromFile(baseline)})
        return ArenaHard(games, baselines=baselines, path=questions, verify=False, **settings)

    return make


async def test_an_answer_is_graded_by_its_games(task, span):
    """The share won, the labels, who gave the other answer, and both styles."""
    made = task()
    item = (await made.items())[0]
    grade = await made.grade(item, Reply(text="a longer one"), span)
    assert (grade.outcome, grade.score, grade.battle.baseline) == ("right", 1.0, "base")
    assert grade.battle.style.estimated
    assert grade.battle.baseline_style.tokens == 1
    even = await made.grade(item, Reply(text="five"), Span.root("grading"))
    assert (even.outcome, even.score) == ("partial", 0.5)


async def test_no_answer_is_a_loss_without_a_game(task, span):
    """Nobody is asked to judge nothing."""
    judge = RuleJudge(longer)
    made = task(judge)
    grade = await made.grade((await made.items())[0], Reply(text="<think>hm"), span)
    assert grade.outcome == "no_answer"
    assert judge.prompts == []


async def test_a_model_can_be_the_baseline(task, span):
    """It is asked on the grading account, under a role of its own; where it fails, nothing is graded."""
    item = (await task().items())[0]
    made = task(against=FromModel(ScriptedModel(["four", ServerFailed("down")], "anchor")))
    grade = await made.grade(item, Reply(text="a longer one"), span)
    assert grade.battle.baseline == "anchor"
    assert [part.role for part in span.ledger.spans[1:]] == ["baseline", "grader", "grader"]
    failed = await made.grade(item, Reply(text="a longer one"), span)
    assert (failed.outcome, failed.reason) == ("grader_failed", "no answer of the baseline: down")


async def test_grading_is_bounded(task):
    """What an answer's games may cost at most is known beforehand, for plans: never less than what they took."""
    world = World([], seed=1)
    models = {name: SimulatedBackend(world, SimulatedModel(name=name)) for name in ("judge", "anchor")}
    judge, anchor = (Leaf(name, backend, price=backend.price) for name, backend in models.items())
    for against, calls in ((None, 4), (FromModel(anchor), 5)):
        made = task(judge, against=against)
        item = (await made.items())[0]
        ledger = Ledger()
        await made.grade(item, Reply(text="x" * 100), Span.root("grading", ledger=ledger))
        worst = made.worst(item, 100)
        assert isinstance(made, Bounded)
        assert worst.calls == calls
        assert worst.usd > sum(call.cost.usd for call in ledger.calls) > 0


async def test_several_turns_need_a_file(span):
    """A model's answer to one turn is no answer to a conversation."""
    item = Item(id="q", turns=("One?", "Two?"))
    found = await FromModel(ScriptedModel([])).answer(item, span)
    assert isinstance(found, Failure)
    assert "several turns" in str(found.error)


async def test_a_missing_answer_of_the_baseline_is_no_win(task, span, tmp_path):
    """The question is ungraded, and says why."""
    path = tmp_path / "few.jsonl"
    path.write_text(json.dumps({"uid": "w", "model": "base", "messages": [{"content": "x"}]}) + "\n")
    made = task(against=FromFile(path))
    grade = await made.grade((await made.items())[0], Reply(text="mine"), span)
    assert grade.outcome == "grader_failed"
    assert "no answer of base to question p" in grade.reason


def test_what_decides_a_score_is_in_the_fingerprint(task, baseline, tmp_path, questions):
    """Judge, baseline, scheme, categories and questions; the name says what is simulated or of one's own."""
    other_answers = tmp_path / "other.jsonl"
    other_answers.write_text(baseline.read_text().replace("four", "five"))
    made = {
        "plain": task(),
        "judge": task(RuleJudge(longer, "other")),
        "baseline": task(against=FromFile(other_answers)),
        "scheme": task(scheme=LINEAR),
        "category": task(categories=["hard_prompt"]),
    }
    prints = {name: one.fingerprint for name, one in made.items()}
    assert len(set(prints.values())) == len(prints)
    assert task().fingerprint == prints["plain"]
    assert made["plain"].name == "arena_hard on question.jsonl"
    assert made["category"].name == "arena_hard on question.jsonl (hard_prompt)"
    questions.write_text(questions.read_text().replace("Prove", "Show"))
    assert task().fingerprint != prints["plain"]


async def test_published_questions_are_verified(questions):
    """A changed file is refused unless that is wanted."""
    with pytest.raises(DataError, match="not the published file"):
        await ArenaHard(Games([RuleJudge(longer)]), path=questions).items()


async def test_each_category_has_its_own_official_baseline(questions, tmp_path):
    """Only the chosen category's is looked for, and where it is not here the error says what gets it."""
    nowhere = DataFiles(folder=tmp_path / "none", cache=tmp_path / "cache", fetch=False)
    for category, baseline in (("creative_writing", "gemini-2.0-flash-001"), ("hard_prompt", "o3-mini-2025-01-31")):
        games = Games([RuleJudge(longer)])
        made = ArenaHard(games, path=questions, verify=False, categories=[category], files=nowhere)
        with pytest.raises(DataError, match=baseline) as error:
            await made.items()
        assert "escalade data fetch arena_hard" in error.value.hint


async def test_duels_are_decided_between_any_two_systems():
    """Whoever gave no answer forfeits; where neither did, nobody does; exchanged sides mirror everything."""
    items = [Item(id=str(n), turns=("Why?",)) for n in range(5)]
    mine = {"0": "a long answer", "1": "", "2": "x", "3": ""}
    theirs = {"0": "short", "1": "there", "2": "", "3": "", "4": "only theirs"}
    games = Games([RuleJudge(longer)])
    found = {}
    for side, pair in {"here": (mine, theirs), "there": (theirs, mine)}.items():
        duels = duels_of(items, *pair)
        decided = await decide(duels, games, lambda _: Span.root("grading"), baseline="theirs")
        found[side] = {one.item.id: _outcome(one) for one in decided}
    assert found["here"] == {"0": 1.0, "1": 0.0, "2": 1.0, "3": 0.5}
    assert found["there"] == {item: 1 - won for item, won in found["here"].items()}


async def test_a_hopeless_judge_ends_the_duels():
    """A wrong key is told once, and no further judge is asked."""
    judge = ScriptedModel([Unauthorised("no such key")] * 2)
    duels = [Duel(Item(id=str(n), turns=("Why?",)), "mine", "theirs") for n in range(10)]
    with pytest.raises(Unauthorised):
        await decide(duels, Games([judge]), lambda _: Span.root("grading"), baseline="b", at_once=1)
    judge.assert_complete()
    assert len(judge.requests) == 2


def _outcome(one: Decided):
    if one.battle is None:
        return (one.forfeit + 1) / 2
    return OFFICIAL.score(one.battle.rulings[0].advantages)
