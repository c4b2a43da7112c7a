"""What is fitted is fitted on other items than it is reported on, and measured as it would be reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sums import Sums, experiment, pupil

from escalade.core.errors import ConfigError
from escalade.core.grade import Grade
from escalade.experiment import Alone, Halves, Runner, alone, halves
from escalade.store import Record
from escalade.tasks import Item


def items(count: int) -> list[Item]:
    return [Item(id=f"q{n}", turns=(f"What is {n} + {n}?",)) for n in range(count)]


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.integers(0, 5))
def test_halves_share_no_item_and_lose_none(count, share, seed):
    """In the publisher's order, of the size that was asked for, the same for equal seeds."""
    asked = items(count)
    size = round(share * count)
    if size in (0, count):
        with pytest.raises(ConfigError, match="no item is left to be"):
            halves(asked, share, seed)
        return
    parts = halves(asked, share, seed)
    fit, held_out = [i.id for i in parts.fit], [i.id for i in parts.held_out]
    assert len(fit) == size
    assert not set(fit) & set(held_out)
    everything = [i.id for i in asked]
    assert sorted([*fit, *held_out], key=everything.index) == everything
    assert fit == sorted(fit, key=everything.index)
    assert halves(asked, share, seed) == parts


def test_another_seed_draws_other_halves():
    """And the same items may then be fitted on that were held out before."""
    assert halves(items(50), 0.5, 0) != halves(items(50), 0.5, 1)


def test_parts_that_share_an_item_are_refused():
    """However they were made."""
    one, two, three = items(3)
    with pytest.raises(ConfigError, match="1 items are both fitted on and held out, q1 among them"):
        Halves((one, two), (two, three))


def record(system: str, grade: Grade | None) -> Record:
    return Record(run="r", system=system, item="q", status="answered", grade=grade)


def test_failures_count_as_wrong_and_a_failed_grader_does_not_count():
    """Exactly as in a report."""
    grades = [Grade(outcome="right", score=1.0), None, Grade(outcome="no_answer"), Grade(outcome="grader_failed")]
    found = alone([*(record("a", grade) for grade in grades), record("b", grades[3])])
    assert found == {"a": Alone(1 / 3, 3)}


async def test_a_pool_is_all_that_is_asked(store):
    """An experiment on some items asks those and no other, and is another run than that on all."""
    parts = halves(await Sums(12).items(), 0.25)
    some = experiment(pupil(), task=Sums(12), pool=parts.fit)
    outcome = await Runner(some, store).run()
    assert {r.item for r in store.records(outcome.run.id)} == {i.id for i in parts.fit}
    assert outcome.run.items == 3
    assert some.run_id(await some.items()) != experiment(pupil(), items=12).run_id(await Sums(12).items())
