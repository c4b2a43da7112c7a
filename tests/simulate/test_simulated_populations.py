from decimal import Decimal

import pytest
from asking import asked, is_right, saying

from escalade.core.errors import ConfigError
from escalade.gates.reading import read_scored
from escalade.prompts import template
from escalade.simulate import POPULATIONS, Mind, population


@pytest.mark.parametrize("name", POPULATIONS)
def test_populations_are_ready_to_use(world, name):
    """Each population's names are distinct and its targets can be met."""
    models = population(name)
    assert len({m.name for m in models}) == len([Mind(world, m) for m in models])


def test_an_unknown_population_is_named():
    """The error lists what there is."""
    with pytest.raises(ConfigError, match="no population") as caught:
        population("giants")
    assert "ladder" in caught.value.hint


class Till:
    """Asks, and adds up what it costs."""

    def __init__(self) -> None:
        self.usd = Decimal(0)

    def ask(self, mind, request) -> str:
        received = mind.answer(request)
        self.usd += mind.cost(received.usage)
        return received.text


def cascade(rungs, judge, items) -> tuple[float, Decimal]:
    """Accuracy and cost of asking the rungs in turn until the judge scores 0.9, with its reasons passed on."""
    till, right = Till(), 0
    for item in items:
        attempts, text = "", ""
        for rung in rungs:
            prompt = template("escalate").fill(question=item.text, attempts=attempts) if attempts else item.text
            text = till.ask(rung, saying(item, prompt))
            if rung is rungs[-1]:
                break
            verdict = till.ask(judge, saying(item, template("judge").fill(question=item.text, answer=text)))
            scored = read_scored(verdict)
            if scored and scored.score >= 0.9:
                break
            attempts += template("attempt").fill(answer=text, feedback=scored.reason if scored else "")
        right += is_right(text, item)
    return right / len(items), till.usd


def alone(mind, items) -> tuple[float, Decimal]:
    till = Till()
    return sum(is_right(till.ask(mind, asked(i)), i) for i in items) / len(items), till.usd


def test_on_the_ladder_a_cascade_pays(world, items):
    """It is at least as good as the large model, for less than two thirds of its cost."""
    small, medium, large, judge = (Mind(world, m) for m in population("ladder"))
    quality, cost = cascade([small, medium, large], judge, items)
    quality_alone, cost_alone = alone(large, items)
    assert quality >= quality_alone
    assert cost < cost_alone * 2 / 3


def test_where_one_model_dominates_a_cascade_does_not_pay(world, items):
    """Escalating from the best model costs more and is no better than it by any measure that counts."""
    best, older, grand, judge = (Mind(world, m) for m in population("dominant"))
    quality_alone, cost_alone = alone(best, items)
    for rungs in ([best, grand], [older, grand], [best, older, grand]):
        quality, cost = cascade(rungs, judge, items)
        assert quality <= quality_alone + 0.01
        assert cost > cost_alone
