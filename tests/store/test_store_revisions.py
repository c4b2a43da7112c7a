"""Revisions: numbered, whole or unseen, beside what the run stored; and stores of before they were known."""

import pytest
from sqlalchemy import inspect, text
from store_rows import record

from escalade.core.errors import StoreError
from escalade.core.grade import Grade
from escalade.store import Run, Store, schema
from escalade.store.revisions import NewGrades, NewPrices, Regrade, Revisions

GRADES = NewGrades(task_fingerprint="other", metric="accuracy", trials=3)
PRICES = NewPrices(prices={"small": {"input": "1", "output": "2"}})
RIGHT = Grade(outcome="right", score=1.0)


def columns(store: Store) -> dict[str, object]:
    """Every table's columns, with type, nullability and key."""
    found = inspect(store._engine)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            found.get_pk_constraint(name)["constrained_columns"],
        )
        for name in found.get_table_names()
    }


def as_version_1(store: Store) -> None:
    """Take away what versions 2 and 3 brought."""
    with store._engine.begin() as connection:
        for table in ("revisions", "regrades", "budgets", "workers", "claims"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE reservations DROP COLUMN worker"))
        connection.execute(text("UPDATE escalade_meta SET version = 1"))


async def test_a_store_of_version_1_becomes_one_of_today(url):
    """Its tables are then those of a new store, and what it held is still there."""
    with Store.open(url) as store:
        new = columns(store)
        store.begin_run(Run(id="r", experiment="e", task="t", items=1))
        store.add_record(record(text="kept"))
        await store.flush()
        as_version_1(store)
        assert columns(store) != new
    with Store.open(url) as store:
        assert columns(store) == new
        assert [r.text for r in store.records("r")] == ["kept"]
        revision = Revisions(store, "r").begin(PRICES)
        Revisions(store, "r").finish(revision)
        with store._engine.connect() as connection:
            assert connection.execute(text("SELECT version FROM escalade_meta")).scalar_one() == schema.VERSION


def test_a_revision_is_seen_when_it_is_finished(store):
    """Before that nobody reads it, and dropping it leaves nothing."""
    revisions = Revisions(store, "r")
    first = revisions.begin(PRICES, notes=["a note"], version="1")
    assert revisions.all() == []
    revisions.finish(first)
    assert revisions.all() == [first]
    second = revisions.begin(GRADES)
    revisions.add(second.number, [Regrade(system="s", item="i", grade=RIGHT)])
    revisions.drop(second.number)
    assert revisions.all() == [first]
    with store._engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM regrades")).scalar_one() == 0


def test_revisions_are_numbered_by_run(store):
    """Each run counts from 1, whatever the kind, and sees none of another's."""
    for run, change in (("r", GRADES), ("r", PRICES), ("q", GRADES)):
        revisions = Revisions(store, run)
        revisions.finish(revisions.begin(change))
    assert [(r.number, type(r.change)) for r in Revisions(store, "r").all()] == [(1, NewGrades), (2, NewPrices)]
    assert [r.number for r in Revisions(store, "q").all()] == [1]


async def test_grades_meet_their_records_across_pages(store):
    """In the order of the records' keys, also where names sort otherwise than letters; a later trial has none."""
    keys = [(system, f"item {n}", sample) for system in ("Z", "a", "ä") for n in range(250) for sample in (0, 1)]
    for system, item, sample in keys:
        store.add_record(record(system=system, item=item, sample=sample))
    await store.flush()
    revisions = Revisions(store, "r")
    revision = revisions.begin(GRADES)
    for part in (keys[:700], keys[700:-1]):
        revisions.add(
            revision.number,
            [
                Regrade(system=s, item=i, sample=n, grade=Grade(outcome="wrong", answer=f"{s} {i} {n}"))
                for s, i, n in part
            ],
        )
    revisions.finish(revision)
    met = list(revisions.regraded(revision.number))
    assert [(r.system, r.item, r.sample) for r, _ in met] == sorted(keys)
    for found, regrade in met:
        if (found.system, found.item, found.sample) == keys[-1]:
            assert regrade is None
        else:
            assert regrade.grade.answer == f"{found.system} {found.item} {found.sample}"
    assert len(list(revisions.regraded(revision.number, item="item 7"))) == 6


def test_two_who_take_the_same_number_do_not_mix(store):
    """The second write of a trial's grades is an error and changes nothing."""
    revisions = Revisions(store, "r")
    number = revisions.begin(GRADES).number
    revisions.add(number, [Regrade(system="s", item="i", grade=RIGHT)])
    with pytest.raises(StoreError):
        revisions.add(number, [Regrade(system="s", item="j"), Regrade(system="s", item="i")])
    with store._engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM regrades")).scalar_one() == 1
