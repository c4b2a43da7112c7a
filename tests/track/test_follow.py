"""Logging beside a run: the run never waits for it, and what it left out is completed at the end."""

import threading

import pytest

from escalade.core.errors import TrackingError
from escalade.tasks.mlflow_server import Address, opened
from escalade.track import Follower, Settings
from escalade.track import follow as module


def names(where):
    with opened(where) as client:
        place = client.get_experiment_by_name("sums_v1").experiment_id
        return [one.info.run_name for one in client.search_runs([place], "tags.`escalade.kind` = 'question'")]


def test_what_it_was_handed_is_logged_and_the_rest_completed(where, run, store, summary):
    """Half of the trials were handed over; all are there in the end, once."""
    follower = Follower(store, Settings(where=where, detail="questions"))
    records = list(store.records(run.id))
    for record in records[::2]:
        follower.trial(record)
    tracked = follower.finish(run, summary)
    assert (tracked.trials, tracked.logged) == (12, 12)
    assert sorted(names(where)) == sorted(record.item for record in records)


def test_trials_are_dropped_and_not_waited_for_when_mlflow_is_slow(where, run, store, summary, monkeypatch):
    """The hand-over is bounded: a thread that stands still keeps nobody waiting, and the end completes it."""
    may_go = threading.Event()
    genuine = module.Follower._log

    def slow(self, tracker, records):
        may_go.wait(60)
        genuine(self, tracker, records)

    monkeypatch.setattr(module.Follower, "_log", slow)
    monkeypatch.setattr(module, "_AT_MOST", 3)
    follower = Follower(store, Settings(where=where, detail="questions"))
    for record in store.records(run.id):
        follower.trial(record)
    may_go.set()
    assert follower.finish(run, summary).logged == 12
    assert len(names(where)) == 12


def test_a_failure_is_kept_told_at_the_end_and_stops_only_the_following(run, store, summary, monkeypatch):
    """No trial sees it; `finish` raises it."""
    monkeypatch.setattr("escalade.track.again.time.sleep", lambda _: None)
    follower = Follower(store, Settings(where=Address(uri="http://127.0.0.1:9"), detail="questions"))
    records = list(store.records(run.id))
    for record in records:
        follower.trial(record)
    follower.close()
    assert isinstance(follower.error, TrackingError)
    for record in records:
        follower.trial(record)
    with pytest.raises(TrackingError, match=r"127\.0\.0\.1"):
        follower.finish(run, summary)


def test_of_a_summary_nothing_is_done_before_the_end(where, run, store, summary):
    """No thread is started, so that nothing competes with the run."""
    follower = Follower(store, Settings(where=where))
    for record in store.records(run.id):
        follower.trial(record)
    assert "escalade-track" not in {thread.name for thread in threading.enumerate()}
    assert follower.finish(run, summary).trials == 12
