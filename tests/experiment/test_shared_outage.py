"""An outage while several processes share a run."""

import asyncio
from collections import Counter

from sums import Pupil, experiment, pupil, records
from test_shared_run import Told, often, opened

from escalade.core.errors import Outage, ServerFailed
from escalade.experiment import Runner
from escalade.experiment.outage import AT_LEAST
from escalade.models.journal import Journal
from escalade.store import Store

__all__ = ["often", "opened"]  # fixtures
LONGEST_S = 30.0


class Down(Pupil):
    """Fails after a while, so that several processes meet."""

    async def send(self, body, request):
        await asyncio.sleep(0.05)
        return await super().send(body, request)


def runner(store: Store, error: ServerFailed | None, items: int, watcher: Told | None = None) -> Runner:
    model = pupil(journal=Journal(store), error=error)
    model.backend = Down("pupil", 1.0, error)
    return Runner(experiment(model, items=items, concurrency=4), store, watcher)


async def test_nobody_waits_for_what_another_holds_back(opened):
    """Too few trials for an outage, all failing, in two processes: both come to the end and all are recorded, once."""
    there, told = [opened(), opened()], [Told(), Told()]
    pairs = zip(there, told, strict=True)
    working = [runner(store, ServerFailed("503"), AT_LEAST - 2, watcher).run() for store, watcher in pairs]
    outcomes = await asyncio.wait_for(asyncio.gather(*working), LONGEST_S)
    assert [(outcome.ended, outcome.done) for outcome in outcomes] == [("finished", AT_LEAST - 2)] * 2
    found = Counter(record.item for record in records(there[0], outcomes[0].run.id))
    assert len(found) == AT_LEAST - 2
    assert set(found.values()) == {1}
    assert all(watcher.count("trial") for watcher in told), "one process did everything"


async def test_each_process_stops_of_its_own_and_all_is_left(opened):
    """In an outage all stop, none records a failure, and one that comes later does everything."""
    there = [opened(), opened()]
    working = [runner(store, ServerFailed("503"), 4 * AT_LEAST).run() for store in there]
    outcomes = await asyncio.wait_for(asyncio.gather(*working), LONGEST_S)
    assert all(isinstance(outcome.error, Outage) for outcome in outcomes)
    assert records(there[0], outcomes[0].run.id) == []
    again = await asyncio.wait_for(runner(there[0], None, 4 * AT_LEAST).run(), LONGEST_S)
    assert (again.ended, again.done) == ("finished", 4 * AT_LEAST)
