"""`escalade reprice` on the command line."""

from decimal import Decimal

import pytest

from escalade.core.errors import ConfigError


def cost(escalade, run, *options):
    return {s["name"]: Decimal(s["cost"]["total"]) for s in escalade.json("show", run, *options)["systems"]}


def test_new_prices_are_shown_and_taken_back(escalade, runs):
    """Those of the second run make the first cost as much as it, to the last digit; paid stays."""
    before, paid = cost(escalade, runs[0]), escalade.json("show", runs[0])["systems"][0]["paid"]
    told = escalade.said("reprice", runs[0], "--price", "large=9/30")
    assert "revision 1: new prices for large" in told
    assert cost(escalade, runs[0]) == cost(escalade, runs[1])
    assert cost(escalade, runs[0], "--revision", "0") == before
    assert escalade.json("show", runs[0])["systems"][0]["paid"] == paid
    assert "no cost changes" in escalade.said("reprice", runs[0], "--price", "large=9/30")


def test_prices_come_from_a_config(escalade, runs):
    """By the models' names, changes from the command line included."""
    changed = ("--set", "models.large.price={input: 9, output: 30}")
    done = escalade.json("reprice", runs[0], "--config", str(escalade.config), *changed)
    assert done["revision"] == 1
    assert cost(escalade, runs[0]) == cost(escalade, runs[1])


def test_another_model_s_price_is_shown_and_kept_nowhere(escalade, runs):
    """Labelled hypothetical; from the catalogue, from a config or written out."""
    before = cost(escalade, runs[0])
    told = escalade.said("reprice", runs[0], "--price-as", "openai/gpt-4.1")
    assert "HYPOTHETICAL" in told
    assert "Another model would have used other tokens" in told
    found = escalade.json("reprice", runs[0], "--price-as", "9/30")
    assert found["hypothetical"] is True
    large = next(system for system in found["systems"] if system["system"] == "large")
    assert Decimal(large["after"]["usd"]) == cost(escalade, runs[1])["large"]
    named = escalade.json("reprice", runs[0], "--price-as", "small", "--config", str(escalade.config))
    assert Decimal(named["systems"][1]["after"]["usd"]) == before["small"]
    assert cost(escalade, runs[0]) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "no prices are given"),
        (("--price", "large"), "MODEL=INPUT/OUTPUT"),
        (("--price", "large=-1/2"), "MODEL=INPUT/OUTPUT"),
        (("--price", "large=nan/2"), "MODEL=INPUT/OUTPUT"),
        (("--price", "lrge=1/2"), "no model named 'lrge'"),
        (("--price-as", "nobody/nothing"), "lists no price"),
        (("--price-as", "1/2", "--price", "large=1/2"), "one at a time"),
    ],
)
def test_a_price_that_is_none_is_an_error(escalade, runs, options, said):
    """That says how to write it."""
    error = escalade("reprice", runs[0], *options).exception
    assert isinstance(error, ConfigError)
    assert said in str(error)
