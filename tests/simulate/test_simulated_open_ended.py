"""Open-ended questions in the simulated world: answers differ in quality, and judges read it in the texts."""

import pytest
from asking import saying

from escalade.prompts import template
from escalade.simulate import Judging, KnownItem, Mind, Pace, SimulatedModel, Skill, World
from escalade.simulate.open_ended import POINTS, covered, is_open, points
from escalade.simulate.solving import Solver
from escalade.tasks.arena_hard.labels import read_label

ITEMS = [KnownItem(id=f"q{n}", text=f"Tell me about subject number {n}, at length.", gold="") for n in range(300)]
WORLD = World(ITEMS, seed=3)
SURE = Judging(true_accept=1, false_accept=0, unparseable=0, position_bias=0)


def mind(name="model", *, skill=None, judging=SURE, pace=None):
    return Mind(WORLD, SimulatedModel(name=name, skill=skill or Skill(), judging=judging, pace=pace or Pace()))


def shares(model):
    solver = Solver(WORLD, model.model)
    return [covered(solver, item, model.answer(saying(item, item.text)).text) for item in ITEMS]


def verdict(judge, item, first, second):
    prompt = template("arena_own_answer").fill(question=item.text, first=first, second=second)
    return read_label(judge.answer(saying(item, prompt)).text)


@pytest.mark.parametrize("target", [0.2, 0.5, 0.8])
def test_accuracy_is_the_share_of_points(target):
    """On average over the items, as it is of right answers elsewhere; the answers are worth different amounts."""
    found = shares(mind(skill=Skill(accuracy=target, format_failure=0.0)))
    assert sum(found) / len(found) == pytest.approx(target, abs=0.04)
    assert len(set(found)) > 4


def test_a_judge_reads_the_points_in_the_texts():
    """Nothing but the messages tells it whose answer is better, and by how much."""
    judge, item = mind(), ITEMS[0]
    named = points(Solver(WORLD, judge.model), item)
    few, some, all_ = (f"I say {', '.join(named[:n])}." for n in (2, 5, POINTS))
    assert verdict(judge, item, all_, few) == "A>>B"
    assert verdict(judge, item, some, few) == "A>B"
    assert verdict(judge, item, few, some) == "B>A"
    assert verdict(judge, item, few, f"{few} And more.") == "A=B"


def test_the_better_model_wins_more_often():
    """Over many questions, through prompt, text and label."""
    strong = mind("strong", skill=Skill(accuracy=0.75))
    weak = mind("weak", skill=Skill(accuracy=0.35))
    judge = mind("judge", judging=Judging(true_accept=0.9, false_accept=0.1, unparseable=0, position_bias=0.1))
    labels = [
        verdict(judge, item, *(one.answer(saying(item, item.text)).text for one in (weak, strong))) for item in ITEMS
    ]
    lost = sum(label.startswith("B>") for label in labels)
    won = sum(label.startswith("A>") for label in labels)
    assert lost > 3 * won > 0


def test_place_and_length_can_be_liked():
    """A judge that likes the first place or length calls equal texts unequal, as it is set to."""
    item, text = ITEMS[0], "Nothing in particular."
    first = mind(judging=Judging(position_bias=1, unparseable=0))
    assert verdict(first, item, text, text) == "A>B"
    long = mind(judging=Judging(true_accept=1, false_accept=0, position_bias=0, unparseable=0, verbosity_bias=0.2))
    assert verdict(long, item, text, text * 4) == "B>A"


def test_feedback_mends_and_a_fuser_gathers():
    """An earlier answer and shown answers raise the share of points of who listens."""
    item = ITEMS[0]
    keen = mind("keen", skill=Skill(accuracy=0.3, mend=1.0, spoil=0.0, sycophancy=1.0, format_failure=0.0))
    solver = Solver(WORLD, keen.model)
    named = points(solver, item)
    alone = covered(solver, item, keen.answer(saying(item, item.text)).text)
    told = f"<question>{item.text}</question><earlier_answer>x</earlier_answer><feedback>More.</feedback>"
    assert covered(solver, item, keen.answer(saying(item, told)).text) == 1.0
    shown = f"<question>{item.text}</question><answer id='1'>{named[0]}</answer><answer id='2'>{named[1]}</answer>"
    assert covered(solver, item, keen.answer(saying(item, shown)).text) >= max(alone, 0.2)


def test_a_gate_judges_by_half_of_the_points():
    """A pointwise judge accepts answers that make enough points, and no others."""
    judge, item = mind(), ITEMS[0]
    named = points(Solver(WORLD, judge.model), item)
    scores = []
    for count in (POINTS // 2, POINTS // 2 - 1):
        prompt = template("judge").fill(question=item.text, answer=", ".join(named[:count]))
        scores.append(judge.answer(saying(item, prompt)).text)
    assert '"score": 1' in scores[0] or '"score": 0.9' in scores[0]
    assert '"score": 0.9' not in scores[1]


def test_items_with_a_right_answer_are_not_open():
    """Nor are forms other than free text."""
    assert is_open(ITEMS[0])
    assert not is_open(KnownItem(id="x", text="?", gold="blue"))
