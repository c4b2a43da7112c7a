import json
from collections import Counter

import pytest
from asking import answer_of, asked, final, is_right, saying, within

from escalade.core.messages import Expects
from escalade.prompts import template
from escalade.simulate import KnownItem, Mind, Pace, SimulatedModel, Skill, World


def mind_of(world, **skill) -> Mind:
    return Mind(world, SimulatedModel(name="m", skill=Skill(**({"format_failure": 0} | skill))))


def wrong(world, item) -> str:
    return world.latent(item).wrong[0]


def revision(item, value: str, feedback: str = "A step is missing.") -> str:
    attempt = template("attempt").fill(answer=answer_of(item, value), feedback=feedback)
    return template("retry").fill(question=item.text, attempts=attempt)


def test_feedback_mends_wrong_answers_at_its_rate(world, items):
    """A model that knows nothing mends a wrong attempt with probability `mend`."""
    mind = mind_of(world, accuracy=0, mend=0.3)
    mended = [is_right(mind.answer(saying(i, revision(i, wrong(world, i)))).text, i) for i in items]
    assert within(sum(mended) / len(items), 0.3, len(items))


def test_feedback_spoils_right_answers_at_its_rate(world, items):
    """Even a model that knows everything spoils a right attempt with probability `spoil`."""
    mind = mind_of(world, accuracy=1, spoil=0.15)
    spoilt = [not is_right(mind.answer(saying(i, revision(i, i.gold))).text, i) for i in items]
    assert within(sum(spoilt) / len(items), 0.15, len(items))


def test_a_better_model_answers_afresh(world, items):
    """Shown a weaker model's wrong attempt, a model that knows everything is right unless won over by it."""
    mind = mind_of(world, accuracy=1, mend=0, sycophancy=0.25)
    right = [is_right(mind.answer(saying(i, revision(i, wrong(world, i)))).text, i) for i in items]
    assert within(sum(right) / len(items), 0.75, len(items))


@pytest.mark.parametrize("sycophancy", [0.0, 0.4, 1.0])
def test_peers_win_a_model_over_at_its_rate(world, items, sycophancy):
    """A fuser that knows everything follows a wrong majority with probability `sycophancy`."""
    mind = mind_of(world, accuracy=1, sycophancy=sycophancy)
    followed = 0
    for item in items:
        values = [item.gold, wrong(world, item), wrong(world, item)]
        answers = "\n".join(f'<answer id="{n}">\n{answer_of(item, value)}\n</answer>' for n, value in enumerate(values))
        text = mind.answer(saying(item, template("fuse").fill(question=item.text, answers=answers))).text
        followed += final(text, item) == wrong(world, item)
    assert within(followed / len(items), sycophancy, len(items))


def test_a_critic_is_kinder_to_right_answers(world, items):
    """Remarks name each answer by its id, and follow the model's rates as a judge."""
    mind = Mind(world, SimulatedModel(name="m"))
    remarks = Counter()
    for item in items[:300]:
        answers = f'<answer id="r">{answer_of(item, item.gold)}</answer>'
        answers += f'<answer id="w">{answer_of(item, wrong(world, item))}</answer>'
        prompt = f"<question>{item.text}</question>\n{answers}\nCriticise each answer."
        for line in mind.answer(saying(item, prompt)).text.splitlines():
            remarks[line.split(":")[0], "follow from one another" in line or "same conclusion" in line] += 1
    assert within(remarks["Answer r", True] / 300, 0.9, 300)
    assert within(remarks["Answer w", True] / 300, 0.2, 300)


@pytest.mark.parametrize(
    ("instruction", "mark"),
    [
        ("Put it in \\boxed{}.", "\\boxed{7}"),
        ("Finish with: The answer is X.", "The answer is 7."),
        ("Finish with `Answer: X`.", "Answer: 7"),
        ("", "Answer: 7"),
    ],
)
def test_the_answer_is_marked_as_asked(instruction, mark):
    """The prompt says how the final answer is marked; its form does where the prompt is silent."""
    item = KnownItem(id="q", text=f"How many legs? {instruction}", gold="7", expects=Expects(form="number"))
    text = mind_of(World([item]), accuracy=1).answer(asked(item)).text
    assert text.endswith((mark, f"{mark}."))


def test_json_is_given_where_it_is_asked_for(world, items):
    """Asked for an object with an answer in it, in words or by schema, the model gives one."""
    mind = mind_of(world, accuracy=1)
    item = items[0]
    schema = {"type": "object", "properties": {"answer": {"type": "string"}, "sure": {"type": "boolean"}}}
    in_words = f'{item.text}\nReply as JSON: {{"answer": "..."}}'
    for request in (saying(item, in_words), asked(item)):
        by_schema = request if request.messages[0].content == in_words else with_schema(request, schema)
        text = mind.answer(by_schema).text.removeprefix("```json\n").removesuffix("\n```")
        assert json.loads(text)["answer"] == item.gold


def with_schema(request, schema):
    return type(request)(request.messages, item=request.item, response_schema=schema)


def test_lengths_and_reasoning_are_as_set(world, items):
    """Mean output tokens are near the setting, the hidden share apart, and the counts fit the text."""
    pace = Pace(tokens=300, token_spread=0.5, reasoning_share=0.4)
    mind = Mind(world, SimulatedModel(name="m", pace=pace))
    usages = []
    for item in items:
        received = mind.answer(asked(item))
        usages.append(received.usage)
        assert received.usage.output - received.usage.reasoning == -(-len(received.text) // 4)
        assert received.usage.input == -(-len(item.text) // 4)
        assert not received.usage.estimated
    mean = sum(u.output for u in usages) / len(usages)
    assert 290 < mean < 340
    assert sum(u.reasoning for u in usages) / len(usages) == pytest.approx(120, rel=0.1)


def test_limits_and_stop_sequences_hold(world, items):
    """No more than `max_tokens` come, reasoning included, and nothing from a stop sequence on."""
    mind = Mind(world, SimulatedModel(name="m", pace=Pace(tokens=300, token_spread=0.2, reasoning_share=0.1)))
    for item in items[:50]:
        received = mind.answer(asked(item, max_tokens=40))
        assert received.usage.output <= 40
        assert received.finish == "length"
        assert mind.answer(asked(item, stop=("\n\n",))).text.count("\n") == 0
