"""What is no Model or no Gate is refused where it is handed in, with what to write instead."""

import pytest

from escalade import (
    ByFuser,
    ByJudge,
    Cascade,
    ConfigError,
    Debate,
    Debater,
    Decided,
    Fuse,
    Judge,
    Measured,
    Mixture,
    PanelJudge,
    React,
    Reply,
    Request,
    Server,
    Span,
    Vote,
    WeightedVote,
    answer,
    judge,
    sample,
)
from escalade.models.structure import structure_of
from escalade.strategies import Criticise, FuseRanked, Generate, Pipeline, RankByPairs, RankByScores
from escalade.strategies.react.rules import Rules
from escalade.testing import ScriptedModel


def model() -> ScriptedModel:
    return ScriptedModel([])


WITH = {
    "a cascade": lambda given: Cascade([model(), given], judge(model()) >= 0.8),
    "a vote": lambda given: Vote([given, model()]),
    "a fuse": lambda given: Fuse([given], model()),
    "a fuser": lambda given: Fuse([model()], given),
    "a weighted vote": lambda given: WeightedVote([given], Measured((0.9,))),
    "a mixture": lambda given: Mixture([[model()], [given]], model()),
    "an aggregator": lambda given: Mixture([[model()]], given),
    "a debate": lambda given: Debate([model(), given]),
    "a debater": Debater,
    "a deciding fuser": ByFuser,
    "an agent": lambda given: React([model(), given]),
    "a head": lambda given: React([model()], head=given),
    "a generator": lambda given: Generate([given]),
    "samples": lambda given: sample(given, 3),
    "a critic": Criticise,
    "a ranker": lambda given: RankByPairs(given, 1),
    "a fuser of ranked answers": FuseRanked,
    "a judge": judge,
    "a judge of all": PanelJudge,
}


@pytest.mark.parametrize("place", WITH)
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (sample(model(), 3), r"a list.*Vote\(sample\(model, 3\)\)"),
        ("gpt-4.1", r"a str.*server\.model\(id\)"),
        (Server("http://localhost/v1"), r"a Server.*server\.model\(id\)"),
        (ScriptedModel, r"the class ScriptedModel.*ScriptedModel\(\.\.\.\)"),
        (None, "a NoneType.*async def reply"),
        (judge(model()) >= 0.8, "a Judge.*async def reply"),
    ],
    ids=["list", "text", "server", "class", "nothing", "gate"],
)
def test_what_is_no_model_is_refused(place, given, said):
    """By every constructor that takes one, in words about what was given."""
    if place == "a head" and given is None:
        pytest.skip("an agent without a head leads itself")
    with pytest.raises(TypeError, match=said):
        WITH[place](given)


@pytest.mark.parametrize("build", [Vote, Generate, lambda given: Cascade(given, Decided(0.5)), lambda g: Fuse(g, g)])
@pytest.mark.parametrize("given", [model(), "ab", 3], ids=["model", "text", "number"])
def test_members_are_a_list(build, given):
    """One model alone, or a name, is no list of them."""
    with pytest.raises(TypeError, match=r"a list of Models.*\[model\]"):
        build(given)


@pytest.mark.parametrize(
    "build",
    [
        lambda given: Cascade([model()], given),
        lambda given: Vote([model()], tie=given),
        lambda given: Decided(0.5, otherwise=given),
    ],
    ids=["accept", "tie", "otherwise"],
)
@pytest.mark.parametrize(
    ("given", "said"),
    [(ScriptedModel([], name="m"), r"judge\(m\) >= 0\.9"), (0.8, r"judge\(model\) >= 0\.8"), (Judge, "not type")],
    ids=["model", "number", "class"],
)
def test_what_is_no_gate_is_refused(build, given, said):
    """With the gate that was probably meant."""
    with pytest.raises(TypeError, match=said):
        build(given)


def test_a_debate_is_decided_by_a_judge_of_all_answers():
    """A gate, or a model alone, looks at one answer."""
    for given in (model(), judge(model()) >= 0.5):
        with pytest.raises(TypeError, match=r"PanelJudge\(model\)"):
            ByJudge(given)


@pytest.mark.parametrize(
    "build",
    [
        lambda given: Pipeline([given]),
        lambda given: RankByScores(given, 1),
        lambda given: WeightedVote([model()], given),
        lambda given: Debate([model()], decide=given),
    ],
    ids=["stage", "judge of all", "weights", "decider"],
)
@pytest.mark.parametrize("given", ["x", [0.9], 5, Measured], ids=["text", "list", "number", "class"])
def test_what_is_no_part_of_a_strategy_is_refused(build, given):
    """With an example of one."""
    with pytest.raises(TypeError, match=r"such as .* is wanted, not (a|the) "):
        build(given)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cascade([model()], Decided(0.5), carry="everything"),
        lambda: Cascade([model()], Decided(0.5), min_gain=float("nan")),
        lambda: Debate([model()], topology="foo"),
        lambda: Debate([model()], when="sometimes"),
        lambda: Rules(protocol="morse"),
        lambda: RankByPairs(model(), 0),
        lambda: Server("http://localhost/v1", attempts=0),
        lambda: Server("http://localhost/v1", concurrency=0),
        lambda: Server("http://localhost/v1", timeout_s=0),
    ],
)
def test_settings_that_can_never_work_are_refused(wrong):
    """As an error of ours, when it is built."""
    with pytest.raises(ConfigError):
        wrong()


def test_a_setting_of_the_wrong_kind_is_refused():
    """Text is no number."""
    with pytest.raises(TypeError, match="is a whole number"):
        sample(model(), "3")
    with pytest.raises(TypeError, match="is a whole number"):
        Server("http://localhost/v1", attempts=1.5)


@pytest.mark.parametrize("count", [0, -1])
def test_samples_are_counted_from_one(count):
    """No samples at all are nothing to vote on."""
    with pytest.raises(ConfigError, match="from 1"):
        sample(model(), count)


async def test_what_is_asked_must_be_a_model():
    """Also in `answer`, before anything is begun."""
    with pytest.raises(TypeError, match=r"Vote\(sample\(model, 3\)\)"):
        await answer([model()], "Why?")


async def test_any_class_of_that_shape_is_a_model():
    """No base class is asked for."""

    class Own:
        name = "own"

        async def reply(self, request: Request, span: Span) -> Reply:  # noqa: ARG002  (a Model's signature)
            return Reply(text="42")

    vote = Vote(sample(Own(), 3))
    assert (await answer(vote, "Why?")).text == "42"
    assert structure_of(vote).parts
