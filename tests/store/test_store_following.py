"""Following a run: every Record once, whatever the order in which they are committed."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from store_rows import record

from escalade.store import Store
from escalade.store.following import Following


def ended(n: int, at: float):
    return msgspec.structs.replace(record(item=f"i{n}"), at=at)


@given(batches=st.lists(st.lists(st.floats(0, 1e6), max_size=5), max_size=6))
@settings(max_examples=25)
async def test_every_record_is_met_once(batches):
    """Also those that are committed long after ones that ended later, and those of other runs never."""
    with Store.open("sqlite://") as store:
        following, met, n = Following(store, "r"), [], 0
        for batch in batches:
            for at in batch:
                store.add_record(ended(n, at))
                store.add_record(msgspec.structs.replace(ended(n, at), run="another"))
                n += 1
            await store.flush()
            while new := following.new():
                met += [r.item for r in new]
        assert sorted(met) == sorted(f"i{k}" for k in range(n))


async def test_following_only_reads(store):
    """Every statement that it sends is a SELECT."""
    store.add_record(record())
    await store.flush()
    sent = []
    following = Following(store, "r")
    event.listen(store._engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: sent.append(statement))
    assert len(following.new()) == 1
    assert following.new() == []
    assert sent
    assert {statement.split()[0] for statement in sent} == {"SELECT"}


async def test_a_trial_that_is_done_again_is_given_again(store):
    """What was given is void as soon as one of it is forgotten or replaced; then everything comes anew."""
    failed = msgspec.structs.replace(ended(1, 20.0), status="failed", error="server")
    for one in (ended(0, 10.0), failed):
        store.add_record(one)
    await store.flush()
    looking, late = Following(store, "r"), Following(store, "r")
    assert [r.status for r in looking.new()] == [r.status for r in late.new()] == ["answered", "failed"]
    store.forget_failed("r")
    assert looking.new() is None
    assert [r.item for r in looking.new()] == ["i0"]
    store.add_record(ended(1, 30.0))
    await store.flush()
    assert [r.item for r in looking.new()] == ["i1"]
    assert late.new() is None
    assert [(r.item, r.status) for r in late.new()] == [("i0", "answered"), ("i1", "answered")]
    assert looking.new() == late.new() == []
