"""How often Python looks for reference cycles during a run, and that a run leaves it next to none to find."""

import gc

import pytest
from sums import experiment, pupil

from escalade.experiment import Runner
from escalade.experiment.collector import rare_collections
from escalade.gates import judge
from escalade.models.journal import Journal
from escalade.store import Store
from escalade.strategies import Cascade


@pytest.fixture
def found():
    """The setting of a process that never heard of runs."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)


def test_the_last_run_restores_what_the_first_one_found(found):
    """Runs may overlap in any order; with none under way the setting is the process's own again."""
    with rare_collections:
        during = gc.get_threshold()
        with rare_collections:
            assert gc.get_threshold() == during
        assert gc.get_threshold() == during
    assert during[0] > found[0]
    assert during[1:] == found[1:]
    assert gc.get_threshold() == found


@pytest.mark.parametrize("own", [0, 1_000_000])
def test_who_collects_more_rarely_still_is_left_alone(found, own):
    """A collector that is off stays off, and a higher threshold stays."""
    gc.set_threshold(own, 10, 10)
    with rare_collections:
        assert gc.get_threshold() == (own, 10, 10)
    assert gc.get_threshold() == (own, 10, 10)


async def _left_over(items: int) -> int:
    """Objects in cycles that a run of so many trials leaves behind."""
    with Store.open("sqlite://") as store:
        journal = Journal(store)
        gate = judge(pupil("mind", journal=journal)) >= 0.6
        ladder = Cascade([pupil("a", 0.4, journal=journal), pupil("b", 0.8, journal=journal)], gate)
        asked = experiment(ladder, items=items)
        gc.collect()
        gc.disable()
        try:
            await Runner(asked, store).run()
            return gc.collect()
        finally:
            gc.enable()


async def test_finished_trials_leave_no_cycles():
    """Ten times as many trials leave no more to collect."""
    few = await _left_over(10)
    assert await _left_over(100) <= few
