"""Adding a whole run that was made elsewhere: its Records, without their Calls. What is there already stays."""

from collections.abc import Iterable

from escalade.store.record import Record, Run
from escalade.store.store import Store


async def add_run(store: Store, run: Run, records: Iterable[Record], *, complete: bool = True) -> int:
    """Keep what the store does not have of it; how many Records that were. A `complete` run has ended."""
    there = store.finished(run.id)
    if not there:
        store.begin_run(run)
    new = [record for record in records if record.key not in there]
    for record in new:
        store.add_record(record)
    await store.flush()
    if complete:
        store.end_run(run.id, "finished")
    return len(new)
