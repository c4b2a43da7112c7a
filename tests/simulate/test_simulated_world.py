import json
import string

import pytest
from asking import asked, final
from hypothesis import given
from hypothesis import strategies as st

from escalade.answers import same
from escalade.core.errors import ConfigError
from escalade.core.messages import Expects
from escalade.simulate import KnownItem, Mind, SimulatedModel, World
from escalade.simulate.draws import Draws
from escalade.simulate.inventing import invented_form, wrong_answers


def test_a_question_is_found_as_it_is_and_inside_a_prompt(world, items):
    """Every known question is found alone, re-spaced, and within a larger text, by its text only."""
    for item in items:
        spaced = item.text.replace("\n", "\n\n   ")
        for prompt in (item.text, spaced, f"You are an expert.\n\n{spaced}\n\n---\nAnother one tried before you."):
            assert world.find(prompt) == item


def test_the_last_of_several_questions_is_the_one_asked(world, items):
    """Worked examples before the question do not mislead."""
    prompt = f"Example: {items[3].text}\nAnswer: unknown\n\nNow: {items[8].text}"
    assert world.find(prompt) == items[8]


def test_a_question_without_its_instruction_is_found(world, items):
    """A part of the text that no other question has is enough."""
    for item in items[:100]:
        assert world.find(f"Please solve: {item.text.split('Think it through')[0]}") == item


def test_items_with_one_text_are_told_apart_by_id():
    """Two items may have the same words; the id says which is meant, without it the first is."""
    twins = [KnownItem(id=name, text="Heads or tails, which one?", gold=name) for name in ("heads", "tails")]
    world = World(twins)
    assert world.find(twins[0].text, "tails") == twins[1]
    assert world.find(f"A riddle: {twins[0].text}  Go on.", "tails") == twins[1]
    assert world.find(twins[0].text) == twins[0]


def test_an_id_does_not_stand_in_for_the_text(world, items):
    """A request that names an item but asks something else is answered for what it asks."""
    assert world.find("What is the weather like on the moon?", items[0].id) is None


def test_unknown_questions_have_answers_of_their_own():
    """The same unknown text has the same answer in every world of that seed; its form follows from the text."""
    question = "Which one is it?\n(A) red\n(B) green\n(C) blue"
    first, second = World(seed=4).invent(question), World(seed=4).invent(question.replace("\n", "\n "))
    assert first.gold == second.gold
    assert first.expects == Expects(form="choice", choices=("A", "B", "C"))
    assert invented_form("How many are there?").form == "number"
    assert invented_form("Put it in \\boxed{}.").form == "expression"
    assert invented_form("Why is the sky blue?").form == "text"


def test_open_questions_are_answered_in_words():
    """A question without a form gets a text with a gist in it."""
    text = Mind(World(), SimulatedModel(name="m")).answer(asked(World().invent("Why is the sky blue?"))).text
    assert "In short: the " in text


def test_two_items_of_one_id_are_refused():
    """An id names one item."""
    with pytest.raises(ConfigError, match="two items"):
        World([KnownItem(id="a", text="x", gold="1"), KnownItem(id="a", text="y", gold="2")])


def test_the_fingerprint_names_content_and_seed(items):
    """Worlds differ in fingerprint exactly where they may differ in answers."""
    assert World(items, seed=1).fingerprint == World(items, seed=1).fingerprint
    assert len({World(items, seed=1).fingerprint, World(items, seed=2).fingerprint, World(items[1:]).fingerprint}) == 3


@given(st.sampled_from(["number", "expression", "text"]), st.text(string.printable, min_size=1, max_size=20))
def test_a_wrong_answer_is_never_the_right_one(form, gold):
    """Whatever the gold answer looks like, no wrong answer equals it by our own comparison."""
    expects = Expects(form=form)
    wrong = wrong_answers(gold, expects, Draws("x", gold))
    assert wrong
    assert not any(same(value, gold, expects) for value in wrong)


@given(
    st.recursive(st.integers() | st.booleans() | st.text(max_size=5), lambda v: st.lists(v, max_size=3), max_leaves=5)
)
def test_a_wrong_json_value_differs(value):
    """JSON answers are made wrong in a leaf."""
    gold, expects = json.dumps({"value": value}), Expects(form="json")
    assert not any(same(text, gold, expects) for text in wrong_answers(gold, expects, Draws("x", gold)))


def test_letters_on_offer_are_the_only_wrong_choices():
    """A choice is made wrong by another letter on offer."""
    expects = Expects(form="choice", choices=("A", "B", "C", "D"))
    assert sorted(wrong_answers("C", expects, Draws("x"))) == ["A", "B", "D"]


def test_demo_questions_are_distinct_and_labelled(items):
    """A thousand different questions in eight categories, choices and numbers, golds in their form."""
    assert len({item.text for item in items}) == len({item.id for item in items}) == 1000
    assert len({item.labels["category"] for item in items}) == 8
    assert {item.expects.form for item in items} == {"choice", "number"}
    for item in items:
        assert final(f"The answer is ({item.gold})." if item.expects.choices else f"Answer: {item.gold}", item)
        if item.expects.choices:
            options = [line[4:] for line in item.text.splitlines() if line.startswith("(")]
            assert len(set(options)) == len(options) == len(item.expects.choices)
