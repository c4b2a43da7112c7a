"""From a stored run to its figures: what every report of it shows. Nothing is called and nothing is paid."""

from escalade.analysis import Summary, Tally
from escalade.experiment.revised import revised
from escalade.store import Store


def summary_of(store: Store, run_id: str, revision: int | None = None) -> Summary:
    """The figures of a run at a revision, by default the newest. Raises StoreError where there is none."""
    seen = revised(store, run_id, revision)
    run, ended = seen.run, seen.ended
    tally = Tally(run)
    for record in seen.records():
        tally.add(record)
    return tally.summary(store.paid_by_system(run), finished=ended == "finished")
