import subprocess
import sys
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalade.core.ids import canonical, digest, fingerprint, seeded
from escalade.core.messages import Message, Request, Sampling
from escalade.core.usage import Usage, estimated_tokens
from escalade.ledger.limits import Limits
from escalade.prices import Price
from escalade.strategies.debate import Stop, TemperatureRange

COUNTS = st.integers(0, 10**6)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.booleans())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=3),
    max_leaves=8,
)


@given(USAGES, USAGES)
def test_usage_adds_bucket_by_bucket(one, two):
    """Every count is a sum, and one guess makes the sum a guess."""
    both = one + two
    for bucket in ("input", "output", "cached", "cache_write", "reasoning"):
        assert getattr(both, bucket) == getattr(one, bucket) + getattr(two, bucket)
    assert both.estimated == (one.estimated or two.estimated)


@given(st.text())
def test_estimates_are_never_below_a_quarter(text):
    """Four characters a token, rounded up."""
    assert 0 <= estimated_tokens(len(text)) * 4 - len(text) < 4


def test_what_is_said_stands_over_a_default():
    """Also where it is 0; what is not said is the default's; `extra` is merged field by field."""
    said = Sampling(temperature=0.0, stop=("END",), extra={"top_k": 1, "mine": 1})
    default = Sampling(temperature=0.7, max_tokens=10, seed=0, stop=("X",), extra={"top_k": 2, "theirs": 2})
    assert said.over(default) == Sampling(
        temperature=0.0, max_tokens=10, seed=0, stop=("END",), extra={"top_k": 1, "mine": 1, "theirs": 2}
    )
    assert Sampling().over(default) == default
    assert said.over(Sampling()) == said


@given(st.integers(1, 5), st.integers(1, 5))
def test_samples_of_samples_are_all_different(outer, inner):
    """Nested sampling numbers every leaf apart, and sample 0 of sample 0 is the request itself."""
    request = Request.of("q")
    numbers = [request.sampled(i, outer).sampled(j, inner).sample for i in range(outer) for j in range(inner)]
    assert len(set(numbers)) == outer * inner
    assert request.sampled(0, outer).sampled(0, inner) == request


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (Sampling(temperature=0, top_p=1), Sampling(temperature=0.0, top_p=1.0)),
        (Sampling(stop=["END"]), Sampling(stop=("END",))),
        (Limits(usd="0.50", seconds=60), Limits(usd=Decimal("0.5"), seconds=60.0)),
        (Limits(usd=100), Limits(usd="1e2")),
        (Limits(usd="-0"), Limits(usd=0)),
        (Price(input=1, output="1.00"), Price(input="1.0", output=Decimal(1))),
        (Stop(share=1), Stop(share=1.0)),
        (TemperatureRange(0, 1), TemperatureRange(0.0, 1.0)),
    ],
)
def test_equal_settings_have_equal_ids(one, same):
    """However their numbers were written: a run must not be named by a spelling."""
    assert (one, fingerprint(one)) == (same, fingerprint(same))


def test_a_question_is_what_a_reader_needs():
    """The last turn alone, or all of them with who said what; never the system message."""
    request = Request.of("Why?", system="Be brief.")
    assert request.question == "Why?"
    longer = request.also("assistant", "Because.").also("user", "And then?")
    assert longer.question == "User: Why?\n\nAssistant: Because.\n\nUser: And then?"
    assert longer.saying("Or?").messages[-1] == Message("user", "Or?")
    assert longer.saying("Or?").messages[:-1] == longer.messages[:-1]


def test_what_is_said_replaces_the_user_s_last_words_wherever_they_stand():
    """What followed them stays; where the user said nothing, it comes at the end."""
    begun = Request.of("Why?").also("assistant", "Because")
    assert begun.asked == "Why?"
    assert begun.saying("Or?").messages == (Message("user", "Or?"), Message("assistant", "Because"))
    silent = Request((Message("system", "Speak."),))
    assert silent.asked == ""
    assert silent.saying("Or?").messages == (*silent.messages, Message("user", "Or?"))


@given(JSON)
def test_equal_values_have_one_spelling(value):
    """The order of keys does not count; the spelling reads back as the value."""
    assert canonical(_reversed(value)) == canonical(value)
    assert msgspec.json.decode(canonical(value)) == value
    assert fingerprint(_reversed(value)) == fingerprint(value)


def _reversed(value):
    if isinstance(value, dict):
        return {key: _reversed(inner) for key, inner in reversed(value.items())}
    return [_reversed(inner) for inner in value] if isinstance(value, list) else value


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), max_size=4), st.data())
def test_a_digest_knows_where_its_parts_end(parts, data):
    """Other parts with the same letters have another digest."""
    whole = "".join(parts)
    cut = data.draw(st.integers(0, len(whole)))
    other = [whole[:cut], whole[cut:]]
    assert (digest(*parts) == digest(*other)) == (parts == other)
    assert digest(*parts) == digest(*(part.encode() for part in parts))


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_draws_depend_on_the_place_alone(hash_seed):
    """Neither on the process nor on its hash seed; another place draws otherwise."""
    here = seeded(7, "item", "/rung.1").random()
    program = "from escalade.core.ids import seeded; print(repr(seeded(7, 'item', '/rung.1').random()))"
    there = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
    )
    assert float(there.stdout) == here
    assert len({here, seeded(7, "item", "/rung.2").random(), seeded(8, "item", "/rung.1").random()}) == 3
