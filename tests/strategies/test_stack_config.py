from pathlib import Path

import jsonschema
import pytest

from escalade.config.build import Builder
from escalade.config.problems import checked
from escalade.config.schema import ConfigSpec, json_schema
from escalade.core.errors import ConfigError
from escalade.models.structure import structure_of
from escalade.report.plan import as_text
from escalade.strategies.react import React, Rules
from escalade.strategies.stack import Stack

MODELS = {name: {"simulated": {"like": "ladder/small"}} for name in ("qwen", "deep_seek", "strong")}


async def built(system, **more):
    values = {"models": MODELS, "systems": {"mine": system, **more}}
    jsonschema.validate(values, json_schema())
    builder = Builder(checked(ConfigSpec, values, ()), Path())
    try:
        return builder.named("mine")
    finally:
        await builder.close()


async def test_an_agent_is_built_as_described():
    """Tools, head, rules and what is known of the tools."""
    agent = await built(
        {
            "react": ["qwen", {"sample": "deep_seek", "n": 2}],
            "head": "strong",
            "protocol": "native",
            "use_all": False,
            "steps": 5,
            "corrections": 1,
            "good_at": {"deep_seek": "proofs"},
            "reliability": {"qwen": 0.5},
        }
    )
    assert isinstance(agent, React)
    assert (agent.name, agent.head.name) == ("mine", "strong")
    assert agent.rules == Rules(protocol="native", use_all=False, steps=5, corrections=1)
    assert [(s.name, s.told.good_at, s.told.reliability) for s in agent.toolbox.slots] == [
        ("qwen", "", 0.5), ("deep_seek", "proofs", None), ("deep_seek-2", "proofs", None),
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["['qwen_1', 'deep_seek_0']", ["qwen_1", "deep_seek_0"]])
async def test_a_stack_is_built_from_its_notation(written):
    """As text or as YAML's own lists; names are models' or systems'."""
    stack = await built({"stack": written})
    assert isinstance(stack, Stack)
    assert str(stack.tree) == "['qwen_1', 'deep_seek_0']"
    assert (stack.name, stack.head.name) == ("mine", "qwen")


async def test_names_of_a_stack_may_stand_for_anything():
    """A model of another name, or a system described in place."""
    models = {"A": "strong", "B": {"vote": ["qwen", "deep_seek"]}}
    stack = await built(
        {"stack": "['A_1', 'B_0']", "models": models, "good_at": {"A": "all"}, "reliability": {"A_1": 1}}
    )
    text = as_text(structure_of(stack))
    for line in (
        "stack mine [structure ['A_1', 'B_0']]",
        "head: strong (up to 15 times)",
        "tool: react A_1 [protocol text, use_all True, steps 15, corrections 3] (up to 14 times)",
        "tool: vote (up to 14 times)",
    ):
        assert line in text, text


@pytest.mark.parametrize(
    ("system", "problem", "hint"),
    [
        ({"stack": "['qwen_1'"}, r"systems\.mine\.stack: .* cannot be read at character 10", "write NAME_0"),
        ({"stack": "qwem_1"}, r"systems\.mine\.stack: .* 'qwem'", "did you mean 'qwen'"),
        ({"stack": "deep_seek"}, "'deep', and there is none|has no layer", "NAME_0"),
        (
            {"stack": "A_1", "models": {"A": "nobody"}},
            r"systems\.mine\.models\.A: there is no .* 'nobody'",
            "there are",
        ),
        ({"stack": "qwen_1", "steps": 16}, r"systems\.mine\.steps: .* 15", ""),
        ({"stack": "qwen_1", "reliability": {"qwen_0": 72}}, r"systems\.mine\.reliability.*: .* 1", ""),
        ({"stack": "qwen_1", "reliability": {"strong_0": 0.5}}, "there is no tool 'strong'", "there are: qwen"),
        ({"stack": "qwen_1", "good_at": {"qwem": "x"}}, "there is no tool 'qwem'", "did you mean 'qwen'"),
        ({"stack": "qwen_1", "haed": "qwen"}, "no key 'haed'", "did you mean 'head'"),
        ({"stack": "panel_1"}, r"systems\.mine: panel, the first tool", "name the `head`"),
        ({"react": ["panel", "qwen"]}, r"systems\.mine: panel, the first tool", "name the `head`"),
        ({"react": []}, r"systems\.mine\.react: name at least one", ""),
        ({"react": ["qwen"], "good_at": {"qwem": "x"}}, r"systems\.mine\.good_at: there is no tool", "did you mean"),
    ],
)
async def test_mistakes_are_named_with_their_place(system, problem, hint):
    """The key, what is wrong and the nearest right spelling."""
    values = {"models": MODELS, "systems": {"mine": system, "panel": {"vote": ["qwen", "strong"]}}}
    builder = Builder(checked(ConfigSpec, values, ()), Path())
    try:
        with pytest.raises(ConfigError, match=problem) as error:
            builder.named("mine")
    finally:
        await builder.close()
    assert hint in error.value.hint
