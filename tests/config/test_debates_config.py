"""Debates and their kin in a config: what is described is what is built, and what is wrong is named."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from escalade.config.build import Builder
from escalade.config.opening import Choices, load
from escalade.config.schema import json_schema
from escalade.core.errors import ConfigError
from escalade.gates import Decided, Judge
from escalade.models.structure import structure_of
from escalade.strategies import (
    ByFuser,
    ByJudge,
    ByVote,
    ByWeight,
    Debate,
    Measured,
    Mixture,
    Pipeline,
    RankByPairs,
    RankByScores,
    Stated,
    WeightedVote,
)

POPULATION = {"a": "small", "b": "medium", "c": "large", "j": "judge"}
MODELS = {name: {"simulated": {"like": f"ladder/{like}"}} for name, like in POPULATION.items()}
RANGES = {"category": {"hard_prompt": [0.3, 0.7], "creative_writing": [0.6, 1.4]}}
SYSTEMS = {
    "plain": {"debate": ["a", "b", "c"]},
    "samples": {"debate": {"sample": "a", "n": 3}, "rounds": 2, "when": "disagree", "critique": False},
    "styled": {
        "debate": [{"model": "a", "style": "strict", "sampling": {"temperature": 0.2}}, "b", {"sample": "c", "n": 2}],
        "style": "very_strict",
        "topology": "star",
        "stop": {"share": 0.75, "stable": False},
        "temperatures": RANGES,
        "decide": {"judge": "j", "strictness": "strict", "ask_again": False},
    },
    "weighed": {"debate": ["a", "b"], "decide": {"accuracy": {"a": 0.4, "b": 0.6}}},
    "sure": {"debate": ["a", "b"], "decide": "confidence"},
    "fused": {"debate": ["plain", {"vote": ["a", "b"]}], "decide": {"fuse": "c"}},
    "weighted": {"weighted_vote": [{"sample": "a", "n": 2}, "b"], "accuracy": {"a": 0.4, "b": 0.6}},
    "stated": {"weighted_vote": ["a", "b"]},
    "moa": {"mixture": [["a", "b"], {"sample": "c", "n": 2}], "by": "c"},
    "blend": {"rank_then_fuse": ["a", "b", "c"], "ranker": "j", "critic": "j", "keep": 2, "by": "c"},
    "scored": {"rank_then_fuse": ["a", "b", "c"], "ranker": "j", "order": "scores", "by": "c"},
    "ladder": {
        "cascade": ["styled", "c"],
        "accept": {"decided": 0.95, "otherwise": {"judge": "j", "at_least": 0.9}},
        "show_scores": True,
    },
}


@pytest.fixture
def build(tmp_path):
    """`build(systems)` is a Builder of a config with our models and those systems."""

    def builder(systems: dict | None = None, **more) -> Builder:
        path = Path(tmp_path) / "escalade.yaml"
        values = {"models": MODELS, "systems": SYSTEMS if systems is None else systems, **more}
        path.write_text(yaml.safe_dump(values), encoding="utf-8")
        return Builder(load(path, Choices()), path.parent)

    return builder


def test_the_schema_knows_every_key_of_them():
    """An editor accepts what the program accepts, and marks what it does not."""
    schema = Draft202012Validator(json_schema())
    schema.validate({"models": MODELS, "systems": SYSTEMS})
    for wrong in (
        {"debate": ["a"], "decide": {"jugde": "j"}},
        {"debate": [{"model": "a", "stile": "strict"}]},
        {"debate": ["a"], "topology": "tree"},
    ):
        assert not schema.is_valid({"models": MODELS, "systems": {"x": wrong}})


def test_debates_are_as_described(build):
    """Members with their styles and sampling, rules, topology and decision."""
    builder = build()
    plain, samples, styled = (builder.named(name) for name in ("plain", "samples", "styled"))
    assert isinstance(plain, Debate)
    assert isinstance(plain.decide, ByVote)
    assert [m.name for m in samples.members] == ["a#1", "a#2", "a#3"]
    assert (samples.rounds, samples.when, samples.exchange.critique) == (2, "disagree", False)
    assert [m.style.name for m in styled.members] == ["style_strict", *["style_very_strict"] * 3]
    assert [m.sampling.temperature for m in styled.members] == [0.2, None, None, None]
    assert styled.members[1].temperatures["category"]["creative_writing"].high == 1.4
    assert (styled.exchange.topology, styled.stop.share, styled.stop.stable) == ("star", 0.75, False)
    assert isinstance(styled.decide, ByJudge)
    assert styled.decide.judge.prompts.strictness.name == "judging_strict"
    assert not styled.decide.judge.ask_again


def test_ways_to_decide_are_as_described(build):
    """By accuracy in the order of the members, by stated confidence, by a fuser."""
    builder = build()
    weighed, sure, fused = (builder.named(name).decide for name in ("weighed", "sure", "fused"))
    assert isinstance(weighed, ByWeight)
    assert weighed.weights == Measured((0.4, 0.6))
    assert sure.weights == Stated()
    assert isinstance(fused, ByFuser)
    assert fused.by is builder.named("c")


def test_their_kin_are_as_described(build):
    """Samples of one model have its accuracy; a mixture's layers and a pipeline's stages are in order."""
    builder = build()
    weighted, moa, blend = (builder.named(name) for name in ("weighted", "moa", "blend"))
    assert isinstance(weighted, WeightedVote)
    assert weighted.weights == Measured((0.4, 0.4, 0.6))
    assert builder.named("stated").weights == Stated()
    assert isinstance(moa, Mixture)
    assert [[m.name for m in layer] for layer in moa.layers] == [["a", "b"], ["c#1", "c#2"]]
    assert isinstance(blend, Pipeline)
    assert [type(stage).__name__ for stage in blend.stages] == ["Generate", "Criticise", "RankByPairs", "FuseRanked"]
    assert isinstance(blend.stages[2], RankByPairs)
    assert isinstance(builder.named("scored").stages[1], RankByScores)


def test_a_ladder_of_debates_reads_their_verdict(build):
    """And asks a judge where there is none."""
    ladder = build().named("ladder")
    assert isinstance(ladder.accept, Decided)
    assert isinstance(ladder.accept.otherwise, Judge)
    assert ladder.show_scores


def test_a_judge_of_one_answer_has_a_strictness_too(build, tmp_path):
    """A bundled one or a file; without it the judge has no system message."""
    (tmp_path / "own.md").write_text("Score low.", encoding="utf-8")
    accept = {name: {"judge": "j", "strictness": name} for name in ("strict", "./own.md")}
    builder = build({name: {"cascade": ["a"], "accept": gate} for name, gate in accept.items()})
    named = {name: builder.named(name).accept.structure().settings["strictness"] for name in accept}
    assert named == {"strict": "judging_strict", "./own.md": "own"}


def test_a_style_may_be_the_user_s_own(build, tmp_path):
    """A file, or a bundled style replaced for the whole config; its words are part of the identity."""
    (tmp_path / "terse.md").write_text("Answer in one word.", encoding="utf-8")
    own = {"debate": ["a"], "style": "./terse.md"}
    replaced = build({"x": {"debate": ["a"], "style": "strict"}}, prompts={"style_strict": "terse.md"}).named("x")
    mine, bundled = build({"x": own}).named("x"), build({"x": {"debate": ["a"], "style": "strict"}}).named("x")
    assert mine.members[0].style.name == "terse"
    assert mine.members[0].style.text == replaced.members[0].style.text == "Answer in one word."
    assert len({structure_of(each).fingerprint for each in (mine, replaced, bundled)}) == 3


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ({"debate": []}, "systems.x.debate: name at least one model"),
        ({"debate": ["a"], "style": "strikt"}, "there is no style 'strikt'"),
        ({"debate": ["a"], "decide": "jugde"}, "systems.x.decide: there is no way to decide 'jugde'"),
        ({"debate": ["a"], "decide": {"judge": "j", "fuse": "c"}}, "systems.x.decide"),
        ({"debate": ["a"], "decide": {"judge": "q"}}, "systems.x.decide.judge: there is no model or system 'q'"),
        ({"debate": ["a"], "decide": {"judge": "j", "strictness": "harsh"}}, "there is no strictness 'harsh'"),
        (
            {"cascade": ["a"], "accept": {"judge": "j", "strictness": "harsh"}},
            "systems.x.accept.strictness: there is no",
        ),
        ({"debate": ["a", "b"], "decide": {"accuracy": {"a": 0.5}}}, "the accuracy of b is missing"),
        ({"debate": ["a"], "decide": {"accuracy": {"z": 0.5}}}, "there is no member 'z'"),
        ({"debate": ["a"], "decide": {"accuracy": {"a": 50}}}, "systems.x.decide.accuracy.a"),
        ({"debate": [{"model": "a", "stile": "strict"}]}, "systems.x.debate.0: there is no key 'stile'"),
        ({"debate": [{"model": "a", "sampling": {"max_tokens": 5}}]}, "set `max_tokens` at the model"),
        ({"debate": ["a"], "temperatures": {"category": {"maths": [0.7, 0.3]}}}, "goes down"),
        ({"debate": ["a"], "stop": {"share": 0}}, "systems.x.stop.share"),
        ({"weighted_vote": ["a", "b"], "accuracy": {"a": 0.5}}, "systems.x.accuracy: the accuracy of b is missing"),
        ({"mixture": [], "by": "a"}, "systems.x.mixture"),
        ({"rank_then_fuse": ["a"], "ranker": "j", "by": "c", "keep": 0}, "systems.x.keep"),
    ],
)
def test_what_is_wrong_is_named(build, system, said):
    """With the key that is wrong."""
    with pytest.raises(ConfigError) as error:
        build({"x": system}).named("x")
    assert said in str(error.value)
