from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.errors import ConfigError
from escalade.core.money import Money, usd
from escalade.core.usage import Usage
from escalade.prices import LongPrompt, Price, catalogue_age, catalogue_price, provider_of
from escalade.prices.excess import Excess

D = Decimal
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SIMPLE = Price(input=D("0.08"), output=D("0.24"))
FULL = Price(
    input=D(3),
    output=D(15),
    cached=D("0.3"),
    cache_write=D("3.75"),
    reasoning=D(20),
    per_request=D("0.01"),
    long_prompts=(LongPrompt(above=200, input=D(6), output=D(30)),),
)


def test_a_price_is_exact():
    """No float comes near: the digits are those of a calculation by hand."""
    assert SIMPLE.of(Usage(1_234_567, 7)) == Money(D("0.09876704"), "config")
    assert SIMPLE.of(Usage(1, 1)).usd == D("0.00000032")


def test_buckets_without_a_price_of_their_own_cost_as_their_whole():
    """Cached input costs as input and reasoning as output unless the price says otherwise."""
    assert SIMPLE.of(Usage(100, 50, cached=60, cache_write=20, reasoning=30)) == SIMPLE.of(Usage(100, 50))


def test_every_token_is_paid_once():
    """Parts are taken out of their wholes before they are priced."""
    paid = FULL.of(Usage(100, 50, cached=60, cache_write=10, reasoning=30)).usd
    assert paid == (30 * D(3) + 60 * D("0.3") + 10 * D("3.75") + 20 * D(15) + 30 * D(20)) / 10**6 + D("0.01")


def test_a_long_prompt_moves_the_whole_call_to_its_rates():
    """The step is crossed above the named length, and then for all tokens."""
    assert FULL.of(Usage(200, 0)).usd == D("0.0106")
    assert FULL.of(Usage(201, 0)).usd == D("0.011206")


def test_estimated_usage_makes_estimated_money():
    """A guess of tokens is not made certain by a price."""
    assert SIMPLE.of(Usage(10, 5, estimated=True)).estimated
    assert Price(input=D(1), output=D(1), source="catalogue").of(Usage()).source == "catalogue"


def test_exact_spellings_make_the_same_price():
    """Text and whole numbers are as good as Decimals, and are kept as such."""
    assert Price(input="0.08", output="0.24", per_request=0) == SIMPLE
    assert isinstance(Price(input=1, output=2).output, Decimal)


BUCKETS = ["input", "output", "cached", "cache_write", "reasoning", "per_request"]


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("rate", ["-0.01", "nan", "inf", "1000000.01", "1e999", "dear"])
def test_what_is_no_rate_is_refused_when_a_price_is_made(bucket, rate):
    """With the bucket's name: later it would spoil every sum, or let a budget through."""
    with pytest.raises(ConfigError, match=f"`{bucket}`"):
        msgspec.structs.replace(SIMPLE, **{bucket: rate})


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_rate_in_floats_is_refused(bucket):
    """As everywhere, with what to write."""
    with pytest.raises(TypeError, match="a float is not exact"):
        Price(**{"input": D(1), "output": D(1)} | {bucket: 0.5})


def test_long_prompts_have_rates_like_others():
    """They are refused for the same."""
    with pytest.raises(ConfigError, match="`input`"):
        LongPrompt(above=200, input=D(-1), output=D(1))


def test_long_prompts_are_kept_in_order_and_apart():
    """A price by a step that is not the call's would be wrong; two for one length have no order."""
    low, high = (LongPrompt(above=above, input=D(above), output=D(0)) for above in (100, 200))
    swapped = Price(input=D(1), output=D(1), long_prompts=(high, low))
    assert swapped.long_prompts == (low, high)
    assert swapped.of(Usage(300)).usd == D("0.06")
    with pytest.raises(ConfigError, match="above 100 tokens"):
        Price(input=D(1), output=D(1), long_prompts=(low, high, low))
    with pytest.raises(ConfigError, match="`above`"):
        LongPrompt(above=-1, input=D(1), output=D(1))


def test_a_price_has_one_way_to_be_worked_out():
    """None that knows neither steps nor fees."""
    assert not hasattr(Price, "usd")
    assert not hasattr(Price, "most_usd")


RATE = st.decimals(0, 100, places=4)
RATES = {
    "input": RATE,
    "output": RATE,
    "cached": st.none() | RATE,
    "cache_write": st.none() | RATE,
    "reasoning": st.none() | RATE,
}
PRICES = st.builds(
    Price,
    **RATES,
    per_request=RATE,
    long_prompts=st.lists(
        st.builds(LongPrompt, above=st.integers(0, 5000), **RATES), max_size=2, unique_by=lambda s: s.above
    ).map(tuple),
)


@given(PRICES, st.tuples(*[st.integers(0, 2000)] * 5), st.integers(0, 100), st.integers(0, 100))
def test_no_call_exceeds_its_worst_case(price, parts, more_in, more_out):
    """Whatever is cached or reasoned, and however much shorter than the bound the call turns out."""
    fresh, cached, written, said, reasoning = parts
    usage = Usage(fresh + cached + written, said + reasoning, cached, written, reasoning)
    assert price.of(usage).usd <= price.at_most(usage.input + more_in, usage.output + more_out)


@pytest.mark.parametrize(
    ("price", "prompt", "most", "usd"),
    [
        (SIMPLE, 1_000_000, 500_000, D("0.20")),
        (FULL, 200, 10, (200 * D("3.75") + 10 * D(20)) / 10**6 + D("0.01")),
        (FULL, 201, 10, (201 * D(6) + 10 * D(30)) / 10**6 + D("0.01")),
    ],
    ids=["plain", "its dearest buckets", "a long prompt"],
)
def test_a_worst_case_is_no_dearer_than_it_can_be(price, prompt, most, usd):
    """Each token at the dearest rate that it may have, and no rate of longer prompts before its length."""
    assert price.at_most(prompt, most) == usd


@pytest.mark.parametrize(
    "model",
    [
        "qwen/qwen3-32b",
        "deepseek/deepseek-v3.2",
        "deepseek/deepseek-chat-v3.1",
        "mistralai/mistral-small-3.2-24b-instruct",
        "meta-llama/llama-3.1-8b-instruct",
        "meta-llama/llama-3.1-70b-instruct",
        "google/gemma-3-27b-it",
        "qwen/qwen-2.5-72b-instruct",
        "nousresearch/hermes-4-70b",
        "minimax/minimax-m2.5",
        "openai/gpt-oss-120b",
        "openai/gpt-oss-120b:exacto",
        "qwen/qwen3-coder-next",
        "google/gemini-2.5-flash",
        "google/gemini-2.5-flash-lite-preview-09-2025",
        "openai/gpt-4.1",
        "openai/gpt-4.1-nano",
        "openai/gpt-4o",
    ],
)
def test_the_catalogue_knows_the_models_of_earlier_systems(model):
    """They can be bounded and estimated without a price in the config."""
    price = catalogue_price("openrouter", model, NOW)
    assert price is not None
    assert price.source == "catalogue"
    assert price.as_of.startswith("genai-prices ")
    assert 0 < price.input <= price.output


@pytest.mark.parametrize("model", ["qwen/qwen-2.5-32b-instruct", "no/such-model", "qwen/qwen3-32b:free", ""])
def test_what_is_not_listed_has_no_price(model):
    """A withdrawn model, an invented one and a variant of another price are unknown, not alike to something."""
    assert catalogue_price("openrouter", model, NOW) is None
    assert catalogue_price("no-such-provider", "gpt-4o", NOW) is None
    assert catalogue_price("", "gpt-4o", NOW) is None
    assert catalogue_price("litellm", "gpt-4o", NOW) is None


def test_prices_are_those_of_their_day():
    """A price that changed is looked up as of a time."""
    before, after = (
        catalogue_price("openrouter", "deepseek/deepseek-v3.2", datetime(2026, month, 20, tzinfo=UTC))
        for month in (10, 11)
    )
    assert before is not None
    assert after is not None
    assert before.input != after.input


def test_the_catalogues_own_calculation_agrees():
    """Steps by prompt length and cached tokens cost what genai-prices itself makes of them."""
    price = catalogue_price("openrouter", "anthropic/claude-sonnet-4.5", NOW)
    assert price is not None
    assert price.long_prompts
    for tokens in (200_000, 200_001):
        theirs = calc_price(
            TheirUsage(input_tokens=tokens, cache_read_tokens=1000, cache_write_tokens=500, output_tokens=700),
            "anthropic/claude-sonnet-4.5",
            provider_id="openrouter",
            genai_request_timestamp=NOW,
        )
        assert price.of(Usage(tokens, 700, cached=1000, cache_write=500)).usd == theirs.total_price


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com", "azure"),
        ("http://localhost:11434/v1", None),
    ],
)
def test_the_provider_is_told_by_the_address(url, provider):
    """A server of one's own has no list prices."""
    assert provider_of(url) == provider


def test_the_catalogue_tells_its_age():
    """By the last price change that it knows of, up to the day asked about."""
    age = catalogue_age(date(2026, 11, 22))
    assert age.version
    assert age.newest <= date(2026, 11, 22)
    assert age.days == (date(2026, 11, 22) - age.newest).days
    assert catalogue_age(date(2027, 11, 22)).days > age.days


def test_a_dearer_worst_case_is_rounded_up():
    """To what a sum of many can keep; a price that held is not touched."""
    excess = Excess()
    assert str(excess.over(usd("0.00000000000001"))) == "1E-14"
    excess.learn(usd("0.0017"), usd("0.0003"))
    assert excess.over(usd("0.0006")) == usd("0.003400000001")
    assert excess.over(usd("0.0003")) >= usd("0.0017")
    huge = Excess()
    huge.learn(usd("1000000"), usd("1e-90"))
    assert huge.over(usd("1e12")) >= 10**108
