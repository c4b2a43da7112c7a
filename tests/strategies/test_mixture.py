"""Mixture of agents: each layer sees the one before, and what fails leaves what is there."""

import pytest
from debaters import SHOWN, Member, answers
from scores import QUESTION, notes

from escalade.core.errors import AnswerError, BudgetExceeded, ConfigError, ServerFailed
from escalade.core.messages import Request
from escalade.ledger.span import Span
from escalade.models.structure import structure_of
from escalade.strategies import Mixture, sample
from escalade.testing import check_model

DOWN = ServerFailed("down")
SPENT = BudgetExceeded("question budget reached", limit="calls", scope="question")


def texts(prompt):
    return sorted(text for _, text in SHOWN.findall(prompt))


async def test_each_layer_sees_the_answers_of_the_one_before(span):
    """The first sees nothing but the question, the aggregator the last layer only."""
    first, second, by = answers(1, 2), answers(3, 4), Member("by", "Answer: 9")
    reply = await Mixture([first, second], by).reply(QUESTION, span)
    assert first[0].asked["worker.1.1"] == QUESTION
    assert texts(second[1].prompt("worker.2.2")) == ["Answer: 1", "Answer: 2"]
    assert texts(by.prompt("fuser")) == ["Answer: 3", "Answer: 4"]
    assert (reply.text, reply.stopped, reply.members) == ("Answer: 9", "aggregated", 2)
    assert [c.text for c in reply.candidates] == ["Answer: 3", "Answer: 4"]


async def test_every_reader_has_an_order_of_its_own():
    """Drawn for the item and the reader's place; nobody's name is shown."""
    orders = set()
    for item in range(6):
        first, second = [Member(f"secret-{n}", f"Answer: {n}") for n in range(4)], answers(5, 6)
        request = Request(QUESTION.messages, item=str(item))
        await Mixture([first, second], Member("by", "Answer: 9")).reply(request, Span.root("test"))
        for n, reader in enumerate(second, 1):
            assert "secret" not in reader.prompt(f"worker.2.{n}")
            orders.add(tuple(text for _, text in SHOWN.findall(reader.prompt(f"worker.2.{n}"))))
    assert len(orders) > 6


async def test_one_model_may_be_all_of_it(span):
    """Its samples are the layer, and it fuses them itself."""
    model = Member("m", "Answer: 1")
    reply = await Mixture([sample(model, 4)], model).reply(QUESTION, span)
    assert len(reply.candidates) == 4
    assert len(texts(model.prompt("fuser"))) == 4


async def test_a_proposer_that_fails_is_left_out(span):
    """The others go on."""
    by = Member("by", "Answer: 9")
    reply = await Mixture([[*answers(1), Member("x", DOWN)]], by).reply(QUESTION, span)
    assert texts(by.prompt("fuser")) == ["Answer: 1"]
    assert (reply.text, len(notes(span, "failed"))) == ("Answer: 9", 1)


@pytest.mark.parametrize(
    ("later", "by", "why"),
    [
        ([[Member("x", DOWN)]], Member("by", "Answer: 9"), "layer 2 failed"),
        ([], Member("by", DOWN), "aggregator failed"),
        ([], Member("by", SPENT), "budget"),
        ([[Member("x", SPENT)]], Member("by", "Answer: 9"), "budget"),
        ([[Member("x", SPENT), Member("y", "Answer: 2")]], Member("by", "Answer: 9"), "budget"),
    ],
)
async def test_what_fails_later_leaves_the_most_frequent_answer_before(later, by, why, span):
    """And the reply says what failed."""
    reply = await Mixture([answers(1, 2, 2), *later], by).reply(QUESTION, span)
    assert (reply.text, reply.stopped) == ("Answer: 2", why)


async def test_without_any_answer_it_fails(span):
    """There is nothing to aggregate."""
    with pytest.raises(AnswerError):
        await Mixture([[Member("x", DOWN)]], Member("by", "Answer: 9")).reply(QUESTION, span)


async def test_it_keeps_a_model_s_promises():
    """And what it is made of is its identity."""
    await check_model(Mixture([answers(1, 2), answers(3)], Member("by", "Answer: 9")))
    one, two = Mixture([answers(1, 2)], Member("by", "x")), Mixture([answers(1), answers(2)], Member("by", "x"))
    assert structure_of(one).fingerprint != structure_of(two).fingerprint
    assert two.worst(100).calls == 3


@pytest.mark.parametrize("layers", [[], [[]], [answers(1), []]])
def test_a_layer_without_a_proposer_is_refused(layers):
    """When it is built."""
    with pytest.raises(ConfigError, match="needs a layer"):
        Mixture(layers, Member("by", "x"))
