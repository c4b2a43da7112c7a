"""Independent samples: every answer that a vote counts has a sample number of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import QUESTION, Scores

from escalade.core.errors import ConfigError
from escalade.core.reply import Reply
from escalade.ledger.span import Span
from escalade.models.protocol import Model
from escalade.strategies import Cascade, Fuse, Sampled, Vote, sample
from escalade.strategies.sample import distinct
from escalade.testing import ScriptedModel


def endless(name: str = "m") -> ScriptedModel:
    return ScriptedModel(["Answer: 4"] * 200, name=name)


def asked(model: ScriptedModel) -> list[int]:
    return [request.sample for request in model.requests]


@pytest.mark.parametrize(
    "members",
    [
        lambda m: sample(m, 5),
        lambda m: [m, m, m],
        lambda m: [m, *sample(m, 3)],
        lambda m: [*sample(m, 2), *sample(m, 3)],
        lambda m: [*sample(m, 3)[:1], *sample(m, 3)[:1]],
        lambda m: [Vote(sample(m, 3), name="inner")] * 2,
        lambda m: sample(Vote([m, m, m]), 3),
        lambda m: sample(Fuse(sample(m, 2), endless("by")), 2),
    ],
    ids=["samples", "repeated", "itself and samples", "two sizes", "one twice", "vote twice", "of a vote", "of a fuse"],
)
@pytest.mark.parametrize("number", [0, 3])
async def test_no_two_calls_have_one_number(span, members, number):
    """However a model is repeated in a panel, each of its calls is another sample."""
    model = endless()
    await Vote(members(model)).reply(QUESTION.sampled(number, 7), span)
    assert len(asked(model)) == len(set(asked(model))) > 1


async def test_rungs_that_are_one_model_are_different_samples(span):
    """A model that stands on two rungs, each with two attempts, answers four times."""
    model = endless()
    await Cascade([model, model], Scores(*[0.1, 0.5] * 2), attempts=2).reply(QUESTION, span)
    assert sorted(asked(model)) == [0, 1, 2, 3]


async def test_other_samples_of_the_question_are_other_samples_of_the_model(span):
    """Sample 0 and sample 1 of an experiment share none of their calls."""
    model = endless()
    for number in range(3):
        await Vote(sample(model, 5)).reply(QUESTION.sampled(number, 3), Span.root("test"))
    assert len(set(asked(model))) == 15


async def test_members_that_stand_alone_keep_their_number(span):
    """A member that occurs once is asked as if it were alone, so that systems share its calls in the journal."""
    one, two = endless("one"), endless("two")
    await Vote([one, *sample(two, 2)]).reply(QUESTION, span)
    assert (asked(one), asked(two)) == ([0], [0, 1])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=12), st.integers(0, 50))
def test_any_panel_has_distinct_samples(shape, number):
    """Whatever mixture of models and samples a panel holds, no model is asked for one sample twice."""
    models = [endless(name) for name in "abc"]
    members: list[Model] = []
    for which, size in shape:
        members.extend(sample(models[which], size) if size else [models[which]])
    found = distinct(members)
    assert len(found) == len(members)
    keys = []
    for member, before in zip(found, members, strict=True):
        source = before.model if isinstance(before, Sampled) else before
        assert (member.model if isinstance(member, Sampled) else member) is source
        request = QUESTION.sampled(number, 51)
        keys.append((source.name, request.sampled(member.index, member.of) if isinstance(member, Sampled) else request))
    assert len({(name, request.sample) for name, request in keys}) == len(members)


async def test_sample_has_a_name_of_its_own(span):
    """Samples are told apart by name and structure; their reply is the model's."""
    members = sample(endless(), 2)
    assert [m.name for m in members] == ["m#1", "m#2"]
    assert members[0].structure().fingerprint != members[1].structure().fingerprint
    assert await members[0].reply(QUESTION, span) == Reply(text="Answer: 4", model="m")


@pytest.mark.parametrize(("index", "of"), [(2, 2), (-1, 2), (0, 0)])
def test_sample_must_be_one_of_those_there_are(index, of):
    """A sample number out of range would collide with another's."""
    with pytest.raises(ConfigError, match="no sample"):
        Sampled(endless(), index, of)
