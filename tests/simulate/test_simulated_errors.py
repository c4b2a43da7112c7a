from collections import Counter

import pytest
from asking import asked, final, is_right, within

from escalade.simulate import Mind, SimulatedModel, Skill


def minds(world, shared: float, lure: float = 0.7, count: int = 3, accuracy: float = 0.6) -> list[Mind]:
    skill = Skill(accuracy=accuracy, shared=shared, lure=lure, format_failure=0, topic_spread=0)
    return [Mind(world, SimulatedModel(name=f"m{n}", skill=skill)) for n in range(count)]


def vote_and_single(world, items, shared: float) -> tuple[float, float]:
    """Accuracy of the majority of five models, and of the first alone."""
    panel = minds(world, shared, lure=0.3, count=5)
    voted = single = 0
    for item in items:
        texts = [mind.answer(asked(item)).text for mind in panel]
        said = Counter(final(text, item) for text in texts).most_common(1)[0][0]
        voted += next(is_right(text, item) for text in texts if final(text, item) == said)
        single += is_right(texts[0], item)
    return voted / len(items), single / len(items)


def test_a_vote_of_independent_models_beats_one(even_world, items):
    """Where errors are independent, five heads are much better than one."""
    voted, single = vote_and_single(even_world, items, shared=0.0)
    assert voted > single + 0.15


def test_a_vote_of_models_that_err_together_gains_nothing(even_world, items):
    """Where luck is all common, the vote is right exactly where each model is."""
    voted, single = vote_and_single(even_world, items, shared=1.0)
    assert voted == pytest.approx(single, abs=0.002)


def test_shared_errors_coincide(even_world, items):
    """The more luck is shared, the more often a second model is wrong where the first is."""
    both = []
    for shared in (0.0, 0.5, 0.95):
        first, second, _ = minds(even_world, shared)
        wrong = [i for i in items if not is_right(first.answer(asked(i)).text, i)]
        both.append(sum(not is_right(second.answer(asked(i)).text, i) for i in wrong) / len(wrong))
    assert within(both[0], 0.4, 400)
    assert both[0] < both[1] - 0.1
    assert both[1] < both[2] - 0.1


@pytest.mark.parametrize(("lure", "at_least", "at_most"), [(1.0, 1.0, 1.0), (0.7, 0.49, 0.72), (0.0, 0.0, 0.55)])
def test_models_that_are_wrong_agree_through_the_common_wrong_answer(even_world, items, lure, at_least, at_most):
    """Two wrong models give the same answer with lure squared and what chance adds among the others."""
    first, second, _ = minds(even_world, 0.4, lure=lure)
    agree = []
    for item in items:
        texts = [mind.answer(asked(item)).text for mind in (first, second)]
        if not any(is_right(text, item) for text in texts):
            agree.append(final(texts[0], item) == final(texts[1], item))
    assert at_least <= sum(agree) / len(agree) <= at_most


def test_samples_differ_unless_the_temperature_is_zero(world, items):
    """Repeated samples are drawn anew; at temperature 0 they are one and the same text."""
    mind = minds(world, 0.3)[0]
    for item in items[:20]:
        assert len({mind.answer(asked(item, sample=n)).text for n in range(8)}) > 1
        assert len({mind.answer(asked(item, sample=n, temperature=0.0)).text for n in range(8)}) == 1


def test_a_seed_counts_as_the_sample_number(world, items):
    """A server that is sent seed 3 says what the third sample in process says."""
    mind = minds(world, 0.3)[0]
    assert mind.answer(asked(items[0], seed=3)).text == mind.answer(asked(items[0], sample=3)).text


def test_a_steady_model_repeats_itself(world, items):
    """With steadiness 1 all samples of an item are right, or all are wrong in the same way."""
    skill = Skill(accuracy=0.5, steadiness=1, format_failure=0)
    mind = Mind(world, SimulatedModel(name="m", skill=skill))
    for item in items[:50]:
        assert len({final(mind.answer(asked(item, sample=n)).text, item) for n in range(5)}) == 1
