"""Who works on a run: leases by the database's clock, claims that end with their worker, and a killed one's."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from store_rows import RUN, record

from escalade.ledger.limits import Limits
from escalade.store import Store, alive
from escalade.store.alive import Mark, is_dead
from escalade.store.leases import Lease

WORKER = """
import asyncio, sys
from escalade.store import Run, Store
from escalade.store.leases import Lease

store = Store.open(sys.argv[1])
Lease(store, Run(id="r", experiment="e", task="t", items=1), None).join()
store.claims.shared = True
asyncio.run(store.claims.take("k"))
print(store.worker, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def stores(url):
    """Three Stores on one database, which share nothing, as those of three processes."""
    with ExitStack() as opened:
        found = [opened.enter_context(Store.open(url)) for _ in range(3)]
        yield found


def names(workers):
    return {worker.id for worker in workers}


def test_of_those_who_join_at_once_each_pair_knows_of_each_other(stores):
    """However they meet, one of two sees the other, and begins with claims if it is not the first."""
    barrier = Barrier(len(stores))

    def join(store):
        lease = Lease(store, RUN, None)
        barrier.wait(20)
        return store.worker, names(lease.join()), lease.sharing

    with ThreadPoolExecutor(len(stores)) as pool:
        joined = list(pool.map(join, stores))
    assert sorted(len(seen) for _, seen, _ in joined) == [0, 1, 2]
    assert all(sharing == bool(seen) for _, seen, sharing in joined)
    one, two, three = (Lease(store, RUN, None) for store in stores)
    assert names(one.look()) == {stores[1].worker, stores[2].worker}
    for lease in (two, three):
        lease.leave("interrupted")
    assert one.look() == []


def test_what_a_worker_says_of_itself_is_seen(stores):
    """That it shares from now on, and the limits that it was told."""
    limits = Limits(calls=7)
    one, two = Lease(stores[0], RUN, limits), Lease(stores[1], RUN, limits)
    assert one.join() == []
    [first] = two.join()
    assert (first.id, first.sharing, first.limits) == (stores[0].worker, False, limits)
    one.share()
    [first] = two.look()
    assert first.sharing


async def test_nobody_else_gets_what_is_claimed(stores):
    """Of three who want the same keys at once each gets others, and all keys are given out; dropped ones are free."""
    for store in stores:
        Lease(store, RUN, None).join()
        await store.claims.share()
    wanted = [[f"k{n}" for n in range(40)], [f"k{n}" for n in reversed(range(40))], [f"k{n}" for n in range(0, 40, 2)]]
    got = await asyncio.gather(*(s.claims.take_some(keys) for s, keys in zip(stores, wanted, strict=True)))
    assert sum(map(len, got)) == len(set().union(*got)) == 40
    mine = got[0] or got[1]
    owner, other = (stores[0], stores[1]) if got[0] else (stores[1], stores[0])
    key = min(mine)
    assert not await other.claims.take(key)
    owner.claims.drop(key)
    await owner.flush()
    assert await other.claims.take(key)


async def test_a_lease_that_ran_out_is_lost_with_all_its_claims(stores):
    """By the database's clock: its owner is not seen any more, and what it had under way is others' to do."""
    silent, alive = Lease(stores[0], RUN, None, lasts_s=-1.0), Lease(stores[1], RUN, None)
    silent.join()
    await stores[0].claims.share()
    assert await stores[0].claims.take("k")
    assert alive.join() == []
    await stores[1].claims.share()
    assert await stores[1].claims.take("k")


async def test_whoever_lost_its_lease_comes_back_as_another_would(stores):
    """It is one of the workers again, and must claim anew what it has under way before the others count on it."""
    one, two = Lease(stores[0], RUN, None, lasts_s=-1.0), Lease(stores[1], RUN, None)
    one.join()
    two.join()
    one._lasts_s, one._renewed = 60.0, -1000.0
    assert names(one.look()) == {stores[1].worker}
    assert not one.sharing
    assert names(two.look()) == {stores[0].worker}


async def test_a_killed_process_of_this_machine_is_known_to_be_dead(stores, url):
    """Long before its lease runs out; alive, it is one of the workers and keeps what it claimed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, url, stdin=pipe, stdout=pipe)
    name = (await process.stdout.readline()).decode().strip()
    lease, store = Lease(stores[0], RUN, None), stores[0]
    assert names(lease.join()) == {name}
    await store.claims.share()
    assert not await store.claims.take("k")
    process.kill()
    await process.communicate()
    assert lease.look() == []
    assert await store.claims.take("k")


def test_whoever_could_not_leave_keeps_nobody_waiting(stores):
    """A process that ends well, but for telling the store that it is gone, is known to be gone."""
    lost, other, _ = stores
    Lease(lost, RUN, None).join()
    assert names(Lease(other, RUN, None).join()) == {lost.worker}
    lost.close()
    assert Lease(other, RUN, None).look() == []


async def test_a_run_ends_with_the_last_who_leaves_it(stores):
    """One that is interrupted ends nothing while another goes on; whoever finishes it ends it."""
    one, two = Lease(stores[0], RUN, None), Lease(stores[1], RUN, None)
    one.join()
    two.join()
    one.leave("interrupted")
    assert stores[2].run("r")[1] == ""
    two.leave("finished")
    assert stores[2].run("r")[1] == "finished"


async def test_a_lonely_worker_writes_no_claims(stores):
    """It remembers what it has under way, and writes it down, all at once, when others come."""
    store, other = stores[:2]
    Lease(store, RUN, None).join()
    assert await store.claims.take("a")
    assert not await store.claims.take("a")
    assert await store.claims.take("b")
    store.claims.drop("b")
    Lease(other, RUN, None).join()
    other.claims.shared = True
    assert await other.claims.take("a"), "nothing of it is in the store yet"
    other.claims.drop("a")
    await other.flush()
    await store.claims.share()
    assert not await other.claims.take("a")
    assert await other.claims.take("b")


async def test_what_comes_before_the_end_of_a_claim_is_there_when_it_ends(stores):
    """Whoever gets a trial's claim finds its Record if there is one, also where SQLite's loop and thread take turns."""
    one, two = stores[:2]
    for store in (one, two):
        Lease(store, RUN, None).join()
        await store.claims.share()
    for n in range(20):
        assert await one.claims.take(f"k{n}")
        one.add_record(record(item=f"i{n}"))
        one.claims.drop(f"k{n}")
        while not await two.claims.take(f"k{n}"):  # noqa: ASYNC110  (another store's thread ends it)
            await asyncio.sleep(0)
        assert two.finished("r", [f"i{n}"])


def test_marks_of_the_long_dead_are_cleared_away(tmp_path, monkeypatch):
    """Old ones that nobody holds are gone when the next process shows that it is alive; the living keep theirs."""
    monkeypatch.setattr(alive.tempfile, "tempdir", str(tmp_path))
    living = Mark("living")
    for name in ("dead", "lately"):
        (tmp_path / f"escalade-{name}.alive").touch()
    for name in ("dead", "living"):
        os.utime(tmp_path / f"escalade-{name}.alive", (0, 0))
    next_one = Mark("next")
    assert {path.name.split("-")[1] for path in tmp_path.iterdir()} == {"living.alive", "lately.alive", "next.alive"}
    assert [is_dead(name) for name in ("living", "lately", "nowhere")] == [False, True, False]
    for mark in (living, next_one):
        mark.close()
    assert [path.name for path in tmp_path.iterdir()] == ["escalade-lately.alive"]
