"""What one process at a time may do: refused to others, free again when it ends or its worker is gone."""

import pytest
from sqlalchemy import text

from escalade.store import Store
from escalade.store.alone import alone


@pytest.fixture
def other(url, store):
    """Another process of the same store."""
    with Store.open(url) as opened:
        yield opened


def test_one_at_a_time_and_each_thing_by_itself(store, other):
    """Who comes second is told who is first, also in the same process; another thing is free."""
    with alone(store, "the log of r1") as mine:
        assert mine == ""
        for second in (other, store):
            with alone(second, "the log of r1") as theirs:
                assert "process" in theirs
        with alone(other, "the log of r2") as free:
            assert free == ""
        with alone(other, "the log of r1") as still:
            assert still
    with alone(other, "the log of r1") as mine:
        assert mine == ""


@pytest.mark.parametrize("how", ["its lease ran out", "its process is gone"])
def test_who_is_gone_is_succeeded(store, other, how):
    """By the database's clock, or at once where it was seen to end on this machine."""
    with alone(store, "the log"):
        if how == "its lease ran out":
            with other.connected() as connection:
                connection.execute(text("UPDATE workers SET expires = 0"))
        else:
            store._mark.close(stays=True)
        with alone(other, "the log") as taken:
            assert taken == ""
            with other.connected() as connection:
                assert connection.scalar(text("SELECT count(*) FROM workers")) == 1


def test_nothing_is_left_behind(store):
    """Neither a worker nor a claim, whatever was raised inside."""
    with pytest.raises(ZeroDivisionError), alone(store, "the log"):
        _ = 1 / 0
    with store.connected() as connection:
        for table in ("workers", "claims"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
