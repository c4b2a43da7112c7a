import json
from collections import Counter

import pytest
from asking import answer_of, saying, within

from escalade.gates.reading import read_scored
from escalade.prompts import template
from escalade.simulate import Judging, Mind, SimulatedModel

LABELS = "End with exactly one of [[A>>B]], [[A>B]], [[A=B]], [[B>A]], [[B>>A]]."


def judge_of(world, **judging) -> Mind:
    judging = {"unparseable": 0, "position_bias": 0} | judging
    return Mind(world, SimulatedModel(name="j", judging=Judging(**judging)))


def score(mind, item, value: str) -> float | None:
    prompt = template("judge").fill(question=item.text, answer=answer_of(item, value))
    found = read_scored(mind.answer(saying(item, prompt)).text)
    return found.score if found else None


def wrong(world, item) -> str:
    return world.latent(item).wrong[0]


@pytest.mark.parametrize("threshold", [0.7, 0.92])
def test_a_judge_accepts_at_its_rates(world, items, threshold):
    """Right and wrong answers are accepted as often as set, at any threshold between the bands."""
    mind = judge_of(world, true_accept=0.85, false_accept=0.15)
    right = sum(score(mind, i, i.gold) >= threshold for i in items) / len(items)
    false = sum(score(mind, i, wrong(world, i)) >= threshold for i in items) / len(items)
    assert within(right, 0.85, len(items))
    assert within(false, 0.15, len(items))


def test_noise_blurs_scores(world, items):
    """Noise puts scores between the bands, and never beyond 0 and 1."""
    scores = [score(judge_of(world, score_noise=0.2), i, i.gold) for i in items]
    assert any(0.62 < s < 0.94 for s in scores)
    assert all(0 <= s <= 1 for s in scores)


def test_unparseable_verdicts_come_at_their_rate(world, items):
    """A verdict in prose gives our reader nothing."""
    mind = judge_of(world, unparseable=0.2)
    assert within(sum(score(mind, i, i.gold) is None for i in items) / len(items), 0.2, len(items))


def test_an_answer_has_one_score(world, items):
    """The same answer to the same item is scored alike by template and by another wording."""
    mind = judge_of(world)
    for item in items[:50]:
        other = f'Rate it as JSON, {{"score": 0 to 1}}.\n<question>{item.text}</question>'
        other += f"<answer>{answer_of(item, item.gold)}</answer>"
        found = read_scored(mind.answer(saying(item, other)).text)
        assert found.score == score(mind, item, item.gold)


def test_an_answer_without_tags_is_judged(world, items):
    """In a prompt without sections, the answer is what follows the question."""
    mind = judge_of(world, true_accept=1, false_accept=0)
    for item in items[:30]:
        for value, accepted in ((item.gold, True), (wrong(world, item), False)):
            prompt = f'Rate as JSON with "score".\n\n{item.text}\n\nGiven answer:\n{answer_of(item, value)}'
            assert (read_scored(mind.answer(saying(item, prompt)).text).score > 0.8) is accepted


def test_a_panel_judge_reviews_every_answer(world, items):
    """Each id gets its review; the best is the right one for a perfect judge."""
    mind = judge_of(world, true_accept=1, false_accept=0, fenced=0)
    for item in items[:100]:
        reviews = json.loads(mind.answer(saying(item, panel_prompt(world, item))).text)
        assert [r["id"] for r in reviews["reviews"]] == ["x", "y", "z"]
        assert reviews["best"] == "y"


def test_a_biased_panel_judge_prefers_the_first(world, items):
    """With full position bias the first answer is best, whatever it says."""
    mind = judge_of(world, true_accept=1, false_accept=0, fenced=0, position_bias=1)
    for item in items[:50]:
        assert json.loads(mind.answer(saying(item, panel_prompt(world, item))).text)["best"] == "x"


def panel_prompt(world, item) -> str:
    values = {"x": wrong(world, item), "y": item.gold, "z": wrong(world, item)}
    shown = "\n".join(f'<answer id="{k}">{answer_of(item, v)}</answer>' for k, v in values.items())
    keys = 'Reply as JSON: {"reviews": [{"id": "", "score": 0.5, "reason": ""}], "best": "id"}'
    return f"<question>{item.text}</question>\n{shown}\n{keys}"


def labels(mind, items, pair) -> Counter:
    found = Counter()
    for item in items:
        first, second = pair(item)
        shown = f'<answer id="A">{first}</answer>\n<answer id="B">{second}</answer>'
        text = mind.answer(saying(item, f"<question>{item.text}</question>\n{shown}\n{LABELS}")).text
        found[text.rpartition("[[")[2].partition("]]")[0]] += 1
    return found


def test_a_perfect_pairwise_judge_finds_the_right_answer(world, items):
    """In both orders the right answer wins; two right ones are equal."""
    mind = judge_of(world, true_accept=1, false_accept=0)
    some = items[:100]
    right, false = (lambda i: answer_of(i, i.gold)), (lambda i: answer_of(i, wrong(world, i)))
    assert {label[:2] for label in labels(mind, some, lambda i: (right(i), false(i)))} == {"A>"}
    assert {label[:2] for label in labels(mind, some, lambda i: (false(i), right(i)))} == {"B>"}
    assert labels(mind, some, lambda i: (right(i), f"Well. {right(i)}")) == {"A=B": 100}


def test_position_bias_favours_the_first_at_its_rate(world, items):
    """Among equal answers the first wins as often as the bias says."""
    mind = judge_of(world, true_accept=1, position_bias=0.35)
    found = labels(mind, items, lambda i: (answer_of(i, i.gold), f"Well. {answer_of(i, i.gold)}"))
    assert within(found["A>B"] / len(items), 0.35, len(items))
    assert found["A=B"] == len(items) - found["A>B"]


def test_verbosity_bias_favours_the_longer(world, items):
    """With the bias, four times the length wins among equal answers."""
    mind = judge_of(world, true_accept=1, verbosity_bias=0.1)
    found = labels(mind, items[:50], lambda i: (answer_of(i, i.gold), "Well. " * 60 + answer_of(i, i.gold)))
    assert set(found) <= {"B>A", "B>>A"}


def test_verdicts_do_not_give_the_answer_away(world, items):
    """A judge's reason never holds the right answer."""
    mind = judge_of(world, false_accept=0, fenced=0)
    for item in [i for i in items if i.expects.form == "number"][:50]:
        prompt = template("judge").fill(question=item.text, answer=answer_of(item, wrong(world, item)))
        reason = json.loads(mind.answer(saying(item, prompt)).text)["reason"]
        assert not any(character.isdigit() for character in reason)
