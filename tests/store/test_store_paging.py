import asyncio
from itertools import count
from operator import attrgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_rows import record

from escalade.store import Store

NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=3)
KEYS = st.sets(st.tuples(NAMES, NAMES, st.integers(0, 3)), max_size=12)
key_of = attrgetter("system", "item", "sample")
runs = count()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def of_session(request, tmp_path_factory):
    """A store that all examples share, each with a run of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('paging')}/store.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    with Store.open(url) as store:
        yield store


@settings(max_examples=40)
@given(keys=KEYS, page=st.integers(1, 5))
def test_pages_are_the_whole_in_order(of_session, keys, page):
    """Whatever the size of a page, every record comes once, by code points, in every database."""
    store, run = of_session, f"run-{next(runs)}"

    async def fill() -> None:
        for system, item, sample in keys:
            store.add_record(record(run=run, system=system, item=item, sample=sample))
        await store.flush()

    asyncio.run(fill())
    assert [key_of(one) for one in store.records(run, page=page)] == sorted(keys)
    for _, item, _ in keys:
        found = [key_of(one) for one in store.records(run, item=item, page=page)]
        assert found == sorted(key for key in keys if key[1] == item)
