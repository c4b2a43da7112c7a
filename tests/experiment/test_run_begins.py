"""How a run begins: with one Runner at a time on a Store, and whoever does not come in leaves it as it was."""

import asyncio
import sqlite3

import pytest
from sums import Sums, experiment, pupil, records

from escalade.core.errors import ConfigError
from escalade.experiment import Runner
from escalade.ledger.limits import Limits
from escalade.store import Store
from escalade.store.leases import Lease


async def test_a_second_runner_on_one_store_is_refused(store):
    """It is told what to do instead, and the first finishes, with its task in use; one after the other is fine."""
    task = Sums(6)
    asked = experiment(pupil(), task=task)
    first, second = await asyncio.gather(Runner(asked, store).run(), Runner(asked, store).run(), return_exceptions=True)
    assert (first.ended, task.closed) == ("finished", 1)
    assert isinstance(second, ConfigError)
    assert "Store of its own" in second.hint
    assert len(records(store, first.run.id)) == 6
    assert (await Runner(asked, store).run()).ended == "finished"


async def test_two_experiments_share_a_store(store):
    """Only the same run is refused."""
    both = [Runner(experiment(pupil(), items=count), store).run() for count in (3, 4)]
    assert [outcome.done for outcome in await asyncio.gather(*both)] == [3, 4]


async def test_a_runner_cut_while_joining_leaves_nothing_behind(tmp_path):
    """Cut while it waits for the file: it is no worker of the run, which stays finished and can be asked for again."""
    path = tmp_path / "store.sqlite"
    asked = experiment(pupil())
    with Store.open(f"sqlite:///{path}") as store, Store.open(f"sqlite:///{path}") as another:
        run = (await Runner(asked, another).run()).run
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        running = asyncio.create_task(Runner(asked, store).run())
        while store._mark is None:  # noqa: ASYNC110  (a thread makes it, on its way to the file)
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.sleep(0)
        holder.execute("ROLLBACK")
        holder.close()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert another.run(run.id)[1] == "finished"
        onlooker = Lease(another, run, None)
        assert onlooker.look() == []
        onlooker.leave("")
        assert (await Runner(asked, store).run()).ended == "finished"


async def test_joining_again_is_no_collision(store):
    """A place that was left without a word is taken again."""
    run = (await Runner(experiment(pupil()), store).run()).run
    for _ in range(2):
        assert Lease(store, run, None).join() == []


async def test_a_start_without_prices_leaves_the_run_as_it_was(store):
    """A finished run stays so, described as it was, where it is asked for again under a budget that it cannot have."""
    run = (await Runner(experiment(pupil(price=None)), store).run()).run
    task = Sums(6)
    with pytest.raises(ConfigError, match="price"):
        await Runner(experiment(pupil(price=None), task=task, budget=Limits(usd=1)), store).run()
    assert store.run(run.id) == (run, "finished")
    assert task.closed == 1, "also where nothing was begun"


async def test_a_start_beside_another_budget_leaves_the_run_as_it_was(store_url):
    """The other process goes on with it as it described it, and ends it."""
    with Store.open(store_url) as store, Store.open(store_url) as another:
        run = (await Runner(experiment(pupil()), store).run()).run
        elsewhere = Lease(another, run, None)
        elsewhere.join()
        with pytest.raises(ConfigError, match="another process works on this run with no budget"):
            await Runner(experiment(pupil(), budget=Limits(usd=1)), store).run()
        assert store.run(run.id) == (run, "")
        assert elsewhere.look() == []
        elsewhere.leave("finished")
        assert store.run(run.id)[1] == "finished"
