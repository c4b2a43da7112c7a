"""`escalade watch` on a run that has ended; a run under way is watched in tests/withstand."""

from escalade.core.errors import StoreError


def test_a_run_that_has_ended_is_told_at_once(escalade, runs):
    """By its id or, without one, the newest; the command then ends by itself."""
    told = escalade.said("watch", runs[0])
    assert told.startswith(f"run {runs[0]}: finished; 180 of 180 trials")
    assert "of the $20.00 limit" in told
    assert f"run {runs[1]}: finished" in escalade.said("watch")


def test_json_is_one_object(escalade, runs):
    """Money as decimal text."""
    found = escalade.json("watch", runs[0], "--once")
    assert (found["run"], found["ended"], found["done"], found["limit_usd"]) == (runs[0], "finished", 180, "20")
    assert isinstance(found["paid"]["usd"], str)
    assert found["accepted"][0]["judged"] == 60


def test_there_must_be_something_to_watch(escalade, tmp_path):
    """A run or a store that is not there is an error, and no store is made."""
    assert isinstance(escalade("watch", "nothing").exception, StoreError)
    escalade.url = f"sqlite:///{tmp_path}/none.sqlite"
    assert isinstance(escalade("watch").exception, StoreError)
    assert not (tmp_path / "none.sqlite").exists()
