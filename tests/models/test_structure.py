from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from escalade.core.reply import Reply
from escalade.core.structure import Part, Structure
from escalade.models.structure import Worst, structure_of, worst_of, worst_sum
from escalade.testing import ScriptedModel

WORSTS = st.builds(
    Worst,
    calls=st.integers(0, 100),
    usd=st.none() | st.decimals(min_value=0, max_value=10, places=6),
    output=st.integers(0, 10_000),
)


class Opaque:
    """A Model that says nothing of itself."""

    name = "opaque"

    async def reply(self, _request, _span):
        return Reply(text="")


@given(st.lists(WORSTS))
def test_worst_cases_add_up(parts):
    """Calls and money are sums, one unknown price makes the money unknown, the longest reply counts."""
    whole = worst_sum(parts)
    assert whole.calls == sum(part.calls for part in parts)
    assert whole.output == max((part.output for part in parts), default=0)
    if any(part.usd is None for part in parts):
        assert whole.usd is None
    else:
        assert whole.usd == sum((part.usd for part in parts), Decimal(0))


@given(WORSTS, st.integers(1, 5), st.integers(1, 9))
def test_a_worst_case_many_times_over_is_a_sum(one, count, quotable):
    """As long as one of them; for another reply it takes as much."""
    assert one.times(count) == worst_sum([one] * count)
    assert one.writing(7, quotable) == Worst(one.calls, one.usd, 7, quotable)


def test_equal_structures_have_equal_fingerprints():
    """Whatever order their settings were written in; anything that changes answers changes them."""

    def tree(settings: dict, times: int = 1) -> Structure:
        return Structure("vote", "v", settings, (Part("worker", Structure("model", "m"), times),))

    assert tree({"a": 1, "b": 2}).fingerprint == tree({"b": 2, "a": 1}).fingerprint
    different = [tree({"a": 1}), tree({"a": 2}), tree({"a": 1}, times=2), Structure("vote", "v", {"a": 1})]
    assert len({structure.fingerprint for structure in different}) == 4


def test_a_model_that_cannot_be_planned_is_still_a_model():
    """Its name is its identity, and its worst case is unknown; one that can says so itself."""
    assert structure_of(Opaque()) == Structure("Opaque", "opaque")
    assert worst_of(Opaque(), 10) == Worst(1, None)
    planned = ScriptedModel([])
    assert structure_of(planned) == planned.structure()
    assert worst_of(planned, 10) == planned.worst(10)
