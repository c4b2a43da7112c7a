"""Candidates: what is proposed, what is the same as another, and what they are built to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.search.board import Plan
from escalade.search.candidate import Kit, plain_vote, reduced, self_consistency, single, stacked
from escalade.search.proposing import agents_of, first_candidates
from escalade.strategies.stack import Agent, Layer, parse, tools_of
from escalade.testing import ScriptedModel

trees = st.recursive(
    st.builds(Layer, st.sampled_from("AB"), st.integers(0, 2)),
    lambda inner: st.builds(Agent, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=6,
)


def spelt_out(tree):
    """The same tree with every agent's tools written down, in an order that does not count."""
    tools = tools_of(tree)
    return str(tree) if not tools else tuple(sorted((spelt_out(tool) for tool in tools), key=str))


@given(trees)
def test_the_shortest_spelling_is_the_same_structure(tree):
    """Spelt out, what is reduced has the same tools all the way down; reducing twice changes nothing."""
    assert spelt_out(reduced(tree)) == spelt_out(tree)
    assert reduced(reduced(tree)) == reduced(tree)


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("['A_1', 'A_0']", "A_2"),
        ("['A_0', 'A_1']", "A_2"),
        ("['A_0', 'A_0']", "A_1"),
        ("[['A_0', 'A_0'], 'A_0']", "A_2"),
    ],
)
def test_an_agent_of_a_self_stack_and_its_model_is_the_next_self_stack(written, short):
    """So that the search does not pay for it under another name."""
    assert str(reduced(parse(written))) == short


def test_every_pair_is_proposed_once_and_no_self_stack():
    """Of the best three: A_1 with A_0 is A_2, which is no proposal; the better tool comes first."""
    tools = [parse(name) for name in ("A_1", "B_0", "A_0")]
    assert [str(tree) for tree in agents_of(tools, 2, ())] == ["['A_1', 'B_0']", "['B_0', 'A_0']"]
    assert [str(tree) for tree in agents_of(tools, 2, {"['A_1', 'B_0']"})] == ["['B_0', 'A_0']"]
    assert [str(tree) for tree in agents_of(tools, 5, ())] == ["['A_1', 'B_0', 'A_0']"], "all, where there are fewer"
    assert agents_of(tools[:1], 2, ()) == []


def test_what_a_plan_shows_is_known_before_any_figure():
    """Models, rivals, self-stacks and pairs of models."""
    shown = [candidate.name for candidate in first_candidates(Plan(tools=("A", "B"), self_consistency=3))]
    assert shown == ["A_0", "B_0", "plain vote", "A x3", "A_1", "B_1", "['A_0', 'B_0']"]


def test_candidates_become_models():
    """A model alone is itself; agents have the head that is named."""
    models = {name: ScriptedModel([], name=name) for name in "AB"}
    kit = Kit(models=models)
    assert kit.build(single("A")) is models["A"]
    assert len(kit.build(plain_vote(("A", "B"))).panel.members) == 2
    assert [member.name for member in kit.build(self_consistency("A", 3)).panel.members] == ["A#1", "A#2", "A#3"]
    stack = kit.build(stacked(parse("['A_1', 'B_0']"), "B"))
    assert (stack.name, stack.head) == ("['A_1', 'B_0']", models["B"])
