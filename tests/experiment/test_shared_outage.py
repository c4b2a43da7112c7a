"""An outage while several processes share a run."""

import asyncio
from collections import Counter

from sums import Pupil, experiment, pupil, records
from test_shared_run import Told, at_work, often, opened

from escalade.core.errors import Outage, ServerFailed
from escalade.experiment import Runner, RunOutcome
from escalade.experiment.outage import AT_LEAST
from escalade.models.journal import Journal
from escalade.store import Store

__all__ = ["often", "opened"]  # fixtures


class Down(Pupil):
    """Fails, once all processes `met`."""

    def __init__(self, error: ServerFailed | None, met: asyncio.Event) -> None:
        super().__init__("pupil", 1.0, error)
        self._met = met

    async def send(self, body, request):
        await self._met.wait()
        return await super().send(body, request)


def runner(store: Store, error: ServerFailed | None, items: int, told: Told, met: asyncio.Event) -> Runner:
    model = pupil(journal=Journal(store), error=error)
    model.backend = Down(error, met)
    return Runner(experiment(model, items=items, concurrency=4), store, told)


async def together(there: list[Store], items: int) -> tuple[list[RunOutcome], list[Told]]:
    """What a process for each Store comes to, and is told, where nothing answers. Each has trials before one ends."""
    told, met = [Told() for _ in there], asyncio.Event()
    pairs = zip(there, told, strict=True)
    working = [asyncio.create_task(runner(store, ServerFailed("503"), items, *w, met).run()) for store, *w in pairs]
    while not all(w.count("begin") for w in told) or at_work(there[0], ["pupil"], items) < len(there):  # noqa: ASYNC110
        await asyncio.sleep(0)  # the database calls nobody
    met.set()
    return await asyncio.gather(*working), told


async def test_nobody_waits_for_what_another_holds_back(opened):
    """Too few trials for an outage, all failing, in two processes: both come to the end and all are recorded, once."""
    there = [opened(), opened()]
    outcomes, told = await together(there, AT_LEAST - 2)
    assert [(outcome.ended, outcome.done) for outcome in outcomes] == [("finished", AT_LEAST - 2)] * 2
    found = Counter(record.item for record in records(there[0], outcomes[0].run.id))
    assert len(found) == AT_LEAST - 2
    assert set(found.values()) == {1}
    assert all(watcher.count("trial") for watcher in told), "one process did everything"


async def test_each_process_stops_of_its_own_and_all_is_left(opened):
    """In an outage all stop, none records a failure, and one that comes later does everything."""
    there = [opened(), opened()]
    outcomes, told = await together(there, 4 * AT_LEAST)
    assert all(isinstance(outcome.error, Outage) for outcome in outcomes)
    assert records(there[0], outcomes[0].run.id) == []
    up = asyncio.Event()
    up.set()
    again = await runner(there[0], None, 4 * AT_LEAST, told[0], up).run()
    assert (again.ended, again.done) == ("finished", 4 * AT_LEAST)
