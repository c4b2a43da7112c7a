import math

import msgspec
import pytest
from asking import asked, final, is_right, within

from escalade.core.errors import ConfigError
from escalade.core.messages import Expects
from escalade.simulate import KnownItem, Mind, SimulatedModel, Skill, World


def accuracy(mind: Mind, items) -> float:
    return sum(is_right(mind.answer(asked(i)).text, i) for i in items) / len(items)


@pytest.mark.parametrize("target", [0.15, 0.45, 0.7, 0.95])
@pytest.mark.parametrize("shared", [0.0, 0.5])
def test_a_target_accuracy_is_met(world, items, target, shared):
    """Whatever errors have in common, the share of right, readable answers is the target within three errors."""
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=target, shared=shared, format_failure=0.03)))
    assert within(accuracy(mind, items), target, len(items))


@pytest.mark.parametrize(
    ("labels", "topic"),
    [
        ({"category": "law", "src": "ours"}, "law"),
        ({"domain": "Physics", "subdomain": "Optics"}, "Physics"),
        ({"subject": "Algebra", "level": "3"}, "Algebra"),
        ({"subject": "Algebra", "category": "maths"}, "maths"),
        ({"category": "", "subject": "Algebra"}, "Algebra"),
    ],
)
def test_a_topic_is_what_the_benchmark_calls_its_fields(labels, topic):
    """The category, else the domain, else the subject: MMLU-Pro's, GPQA's and MATH's."""
    assert World().topic(KnownItem(id="q", text="?", gold="1", labels=labels)) == topic


def test_an_item_without_a_field_has_a_hidden_topic():
    """One of eight, by its id; other labels do not count, unless the world is told to take them."""
    item = KnownItem(id="q", text="?", gold="1", labels={"level": "3"})
    assert World().topic(item).startswith("topic-")
    assert World(topic_labels=("level",)).topic(item) == "3"


def test_targets_by_domain_and_by_subject_are_met(items):
    """Under whatever name the benchmark has its fields."""
    for name in ("domain", "subject"):
        known = [msgspec.structs.replace(i, labels={name: i.labels["category"]}) for i in items]
        skill = Skill(accuracy=0.6, accuracy_by_topic={"arithmetic": 0.9})
        mind = Mind(World(known, seed=1), SimulatedModel(name="m", skill=skill))
        own = [i for i in known if i.labels[name] == "arithmetic"]
        assert within(accuracy(mind, own), 0.9, len(own))


def test_targets_by_topic_are_met(world, items):
    """A target per category holds on that category, and the overall one on the rest."""
    targets = {"arithmetic": 0.9, "calendar": 0.3}
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=0.6, accuracy_by_topic=targets)))
    for topic, target in targets.items():
        own = [i for i in items if i.labels["category"] == topic]
        assert within(accuracy(mind, own), target, len(own))
    rest = [i for i in items if i.labels["category"] not in targets]
    assert within(accuracy(mind, rest), 0.6, len(rest))


@pytest.mark.parametrize(
    "skill", [{"accuracy_by_topic": {"Arithmetics": 0.9}}, {"ability_by_topic": {"calender": 1.0}}]
)
def test_a_misspelt_topic_is_refused_and_another_task_s_is_not(world, skill):
    """Spelt almost like one of the world's, it is a mistake; unlike any, it is meant for other questions."""
    with pytest.raises(ConfigError, match="of which nothing is asked") as caught:
        Mind(world, SimulatedModel(name="m", skill=Skill(**skill)))
    assert "did you mean" in caught.value.hint
    Mind(world, SimulatedModel(name="m", skill=Skill(accuracy_by_topic={"Physics": 0.9, "arithmetic": 0.8})))


def test_expected_accuracy_is_the_target_exactly(world, items):
    """The mean chance over the known items, format failures counted, equals the target to nine places."""
    skill = Skill(accuracy=0.62, shared=0.35, format_failure=0.02)
    mind = Mind(world, SimulatedModel(name="m", skill=skill))
    expected = sum(mind.chance(i.id) for i in items) / len(items) * (1 - skill.format_failure)
    assert expected == pytest.approx(0.62, abs=1e-9)


def test_wholly_shared_luck_meets_the_target_to_one_item(world, items):
    """Where luck is all common, every item is certain and the target is met up to one item."""
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=0.62, shared=1, format_failure=0)))
    assert abs(accuracy(mind, items) - 0.62) <= 1 / len(items)


def test_a_target_beyond_format_failures_is_refused(world):
    """Nobody is right in 99 % of cases while unreadable in 5 %."""
    with pytest.raises(ConfigError, match="cannot reach"):
        Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=0.99, format_failure=0.05)))


def test_a_world_without_items_meets_targets_at_large():
    """Invented questions are answered at the target's rate too."""
    world = World(seed=3)
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=0.7, topic_spread=0, format_failure=0)))
    right = 0
    for n in range(1500):
        text = f"How many marbles are in jar {n}?"
        item = world.invent(text)
        right += is_right(mind.answer(asked(item)).text, item)
    assert within(right / 1500, 0.7, 1500)


def test_ability_falls_with_difficulty(world, items):
    """The easier half of the items is answered better than the harder half."""
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(slope=1.5)))
    by_difficulty = sorted(items, key=lambda i: world.latent(i).difficulty)
    half = len(items) // 2
    assert accuracy(mind, by_difficulty[:half]) > accuracy(mind, by_difficulty[half:]) + 0.3


def test_unreadable_answers_come_at_their_rate(world, items):
    """Format failures leave nothing that the readers take for an answer."""
    mind = Mind(world, SimulatedModel(name="m", skill=Skill(format_failure=0.2)))
    unreadable = sum(final(mind.answer(asked(i)).text, i) is None for i in items) / len(items)
    assert within(unreadable, 0.2, len(items))


def test_stated_confidence_follows_calibration(world, items):
    """At calibration 1 the stated confidence is, on average, the share that is right; at 0 it is always 0.9."""
    stated: dict[float, list[float]] = {1.0: [], 0.0: []}
    right = 0
    for calibration, values in stated.items():
        mind = Mind(world, SimulatedModel(name="m", skill=Skill(accuracy=0.55, calibration=calibration)))
        for item in items[:500]:
            request = asked(item).also("user", f"{item.text}\n\nAlso state your confidence from 0 to 1.")
            text = mind.answer(request).text
            values.append(float(text.split("Confidence: ")[1].split()[0]) if "Confidence: " in text else math.nan)
            right += calibration == 1.0 and is_right(text, item)
    sure = [v for v in stated[1.0] if not math.isnan(v)]
    assert within(right / 500, sum(sure) / len(sure), 500)
    assert {v for v in stated[0.0] if not math.isnan(v)} == {0.9}


@pytest.mark.parametrize(
    ("expects", "gold"),
    [
        (Expects(form="number"), "1,250"),
        (Expects(form="number"), "0.75"),
        (Expects(form="expression"), r"\frac{3}{4}"),
        (Expects(form="expression"), r"2\sqrt{5}"),
        (Expects(form="expression"), r"\text{even}"),
        (Expects(form="choice", choices=("A", "B", "C")), "B"),
        (Expects(form="json"), '{"city": "Oslo", "year": 1905}'),
    ],
)
def test_every_form_is_answered_in_its_own_way(expects, gold):
    """The readers find what the model meant: right answers and wrong ones, in each form."""
    item = KnownItem(id="q", text="What is it that is looked for here?", gold=gold, expects=expects)
    for target, right in ((1.0, True), (0.0, False)):
        skill = Skill(accuracy=target, format_failure=0, shared=0)
        text = Mind(World([item]), SimulatedModel(name="m", skill=skill)).answer(asked(item)).text
        assert final(text, item) is not None
        assert is_right(text, item) is right


@pytest.mark.parametrize("field", ["accuracy", "shared", "mend", "format_failure"])
def test_impossible_shares_are_refused(field):
    """A probability outside 0 to 1 never becomes a model."""
    with pytest.raises(ConfigError, match=field):
        Skill(**{field: 1.5})
