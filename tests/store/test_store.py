import asyncio
import json
from decimal import Decimal

import msgspec
import pytest
from store_rows import call_row, record

from escalade.core.errors import StoreError
from escalade.core.money import UNKNOWN, Money
from escalade.ledger.limits import Counted, Spending
from escalade.store import ReservationRow, Run, Store
from escalade.testing import check_store


def run_of(run_id: str, at: float = 0.0) -> Run:
    return Run(id=run_id, experiment="e", task="t", items=1, at=at)


async def test_it_keeps_what_a_store_promises(store):
    """The public conformance check passes."""
    await check_store(store)


async def test_what_is_committed_is_there_when_opened_anew(url):
    """Calls with their texts, exactly; closing commits what nobody waited for."""
    row = call_row("k", usd="0.000123", received=b'{"text":"caf\xc3\xa9"}', request=b"{}")
    with Store.open(url) as store:
        await store.add_call(row)
        store.add_call_later(call_row("later"))
    with Store.open(url) as store:
        found = store.texts(["k", "later", "never"])
    assert set(found) == {"k", "later"}
    assert (found["k"].call, found["k"].received, found["k"].request) == (row.call, row.received, row.request)


async def test_many_at_once_share_transactions(store):
    """1,000 tasks that write and look up are all answered, each with its own."""

    async def one(n: int) -> bool:
        row = call_row(f"k{n}", received=json.dumps(n).encode())
        assert await store.add_call(row) is None
        found = await store.call(f"k{n}")
        return found is not None and found.received == row.received

    assert all(await asyncio.gather(*(one(n) for n in range(1000))))


async def test_a_call_and_the_end_of_its_reservation_are_one_step(store):
    """What is booked is owed once, and so is what was announced and never booked."""
    worst = Spending(Decimal("0.5"), 100)
    for name in ("a~1", "b~1", "c~1"):
        await store.add_reservation(ReservationRow(id=name, run="r", worst=worst))
    assert store.owed("r") == Counted(Decimal("1.5"), 3, 300)
    await store.add_call(call_row("a", usd="0.1", tokens=7), "a~1")
    store.drop_reservation_later("b~1")
    await store.flush()
    assert store.owed("r") == Counted(Decimal("0.6"), 2, 107)


async def test_what_is_owed_is_the_run_s_own_and_the_system_s(store):
    """Other runs and the laboratory's account do not count against a run's budget."""
    await store.add_call(call_row("a", usd="0.1"))
    await store.add_call(call_row("b", usd="0.2", account="grading"))
    await store.add_call(call_row("c", usd="0.4", run="other"))
    assert store.owed("r").usd == Decimal("0.1")
    assert store.owed("never") == Counted()


async def test_paid_is_a_sum_that_says_what_it_does_not_know(store):
    """By system and account; one unknown makes a system's sum unknown."""
    await store.add_call(call_row("a", usd="0.1"))
    await store.add_call(call_row("b", usd="0.2"))
    await store.add_call(call_row("c", usd="0.4", account="grading"))
    await store.add_call(call_row("d", paid=UNKNOWN, system="other"))
    await store.add_call(call_row("e", paid=Money(Decimal(1), "config", estimated=True), system="other"))
    paid = store.paid("r")
    assert paid["s", "system"].usd == Decimal("0.3")
    assert paid["s", "grading"].usd == Decimal("0.4")
    other = paid["other", "system"]
    assert (other.usd, other.known, other.calls, other.unknown, other.estimated) == (None, Decimal(1), 2, 1, 1)


async def test_tokens_that_no_database_can_hold_are_kept_all_the_same(store):
    """A server that claims absurd usage stops nobody."""
    await store.add_call(call_row("a", tokens=10**30))
    assert store.owed("r").tokens == 2**63 - 1


async def test_a_record_is_decided_once(store):
    """The second record of a trial does not replace the first."""
    store.add_record(record(item="i", text="first"))
    store.add_record(record(item="i", text="second"))
    await store.flush()
    assert [r.text for r in store.records("r")] == ["first"]
    assert store.finished("r") == {("s", "i", 0)}
    assert store.finished("other") == set()


async def test_runs_are_listed_newest_first_with_their_records(store):
    """Each with how it ended and how many trials are done."""
    store.begin_run(run_of("old", at=1.0))
    store.begin_run(run_of("new", at=2.0))
    store.end_run("old", "finished")
    for n in range(3):
        store.add_record(record(run="old", item=f"i{n}"))
    await store.flush()
    assert [(run.id, ended, n) for run, ended, n in store.runs()] == [("new", "", 0), ("old", "finished", 3)]


def test_a_run_that_goes_on_is_not_ended_any_more(store):
    """Beginning it again keeps its place in time and brings what it asks up to date."""
    store.begin_run(run_of("r", at=1.0))
    store.end_run("r", "interrupted")
    store.begin_run(msgspec.structs.replace(run_of("r", at=5.0), notes=["new"]))
    run, ended = store.run("r")
    assert (run.notes, ended, len(store.runs())) == (["new"], "", 1)


def test_a_run_is_found_by_the_start_of_its_id(store):
    """Where that names one only; the whole id always does, even if others start with it."""
    for run_id in ("abc", "abcd", "xyz", "50%"):
        store.begin_run(run_of(run_id))
    assert store.run("x")[0].id == "xyz"
    assert store.run("abc")[0].id == "abc"
    with pytest.raises(StoreError, match="may be any of abc, abcd"):
        store.run("ab")
    for name in ("nothing", "%", "_yz"):
        with pytest.raises(StoreError, match="there is no run"):
            store.run(name)


async def test_a_closed_store_takes_nothing_more(url):
    """Whoever comes late is refused, not left waiting or silently dropped."""
    store = Store.open(url)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.call("k")
    with pytest.raises(StoreError, match="closed"):
        store.add_call_later(call_row("k"))


async def test_a_store_without_a_file_is_whole_until_closed():
    """Its thread and its readers see one database."""
    with Store.open("sqlite://") as store:
        await check_store(store)
        assert store.runs() == []
        folder = store._folder.name
    with Store.open("sqlite://") as store:
        assert store._folder.name != folder
        assert await store.call("check-1") is None
