"""A run as a revision shows it: its Records with newer grades and prices, and what a reader must know of them.

Everything that reports reads a run through here, so that a new grade or price shows everywhere at once. `paid` is no
part of it: what was spent stays spent.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from escalade.core.errors import StoreError
from escalade.experiment.costing import price_from, repriced
from escalade.prices import Price
from escalade.store import Record, Run, Store
from escalade.store.revisions import NewGrades, NewPrices, Regrade, Revision, Revisions

_Change = TypeVar("_Change", NewGrades, NewPrices)


class Revised(Struct, frozen=True, kw_only=True):
    """Open one with `revised`."""

    run: Run
    """With the fingerprint and metric of the grades in force, and `notes` among its own."""
    ended: str
    number: int
    """Which revision this is; 0 is what the run itself stored."""
    store: Store
    grades: NewGrades | None = None
    grades_number: int = 0
    """The revision that the grades are of."""
    prices: NewPrices | None = None
    notes: list[str] = []
    """What a reader must know of the revision, in plain sentences; none of what the run itself stored."""

    def records(self, *, item: str | None = None) -> Iterator[Record]:
        """In the order of their keys, one page in memory at a time."""
        rates, reported = self.rates(), self.with_reported()
        for record in self._graded(item):
            yield repriced(record, rates, reported=reported) if rates else record

    def rates(self) -> dict[str, Price]:
        """The new prices in force, by the model's name."""
        return {} if self.prices is None else {name: price_from(p) for name, p in self.prices.prices.items()}

    def with_reported(self) -> bool:
        """Whether costs that providers reported are computed anew, too."""
        return self.prices is not None and self.prices.reported

    def _graded(self, item: str | None) -> Iterator[Record]:
        if self.grades is None:
            yield from self.store.records(self.run.id, item=item)
            return
        for record, regrade in Revisions(self.store, self.run.id).regraded(self.grades_number, item=item):
            yield record if regrade is None else _with(record, regrade)


def revised(store: Store, run_id: str, number: int | None = None) -> Revised:
    """The run at revision `number`, by default the newest. Raises StoreError where it has no such revision."""
    run, ended = store.run(run_id)
    every = Revisions(store, run.id).all()
    numbers = [0, *(revision.number for revision in every)]
    shown = numbers[-1] if number is None else number
    if shown not in numbers:
        raise StoreError(
            f"run {run.id} has no revision {number}",
            hint=f"it has {', '.join(map(str, numbers))}; 0 is what the run itself stored",
        )
    until = [revision for revision in every if revision.number <= shown]
    at, grades = _newest(until, NewGrades)
    since, prices = _newest(until, NewPrices)
    notes: list[str] = []
    if at is not None and grades is not None:
        notes += _on_grades(run, at, grades, len(store.finished(run.id)))
    if since is not None and prices is not None:
        notes += _on_prices(since, prices)
    if shown < numbers[-1]:
        notes.append(f"This is revision {shown} of the run; the newest is {numbers[-1]}.")
    facts = {"task_fingerprint": grades.task_fingerprint, "metric": grades.metric} if grades else {}
    return Revised(
        run=msgspec.structs.replace(run, notes=[*run.notes, *notes], **facts),
        ended=ended,
        number=shown,
        store=store,
        grades=grades,
        grades_number=at.number if at else 0,
        prices=prices,
        notes=notes,
    )


def _newest(revisions: Sequence[Revision], kind: type[_Change]) -> tuple[Revision | None, _Change | None]:
    for revision in reversed(revisions):
        if isinstance(revision.change, kind):
            return revision, revision.change
    return None, None


def _on_grades(run: Run, revision: Revision, change: NewGrades, finished: int) -> Iterator[str]:
    yield (
        f"Graded again on {_day(revision)} (revision {revision.number}): task fingerprint {change.task_fingerprint}, "
        f"the run's own is {run.task_fingerprint or 'unknown'}. `--revision 0` shows the run's own grades."
    )
    if later := finished - change.trials:
        yield f"{later:,} trials were finished after revision {revision.number} and have the run's own grades."
    yield from revision.notes


def _on_prices(revision: Revision, change: NewPrices) -> Iterator[str]:
    yield (
        f"Costs of {', '.join(sorted(change.prices))} are computed anew from tokens (revision {revision.number} of "
        f"{_day(revision)}); what was paid is not changed by it."
    )
    yield from revision.notes


def _day(revision: Revision) -> str:
    return datetime.fromtimestamp(revision.at, UTC).strftime("%Y-%m-%d")


def _with(record: Record, regrade: Regrade) -> Record:
    """The grading account is that of the grades shown."""
    replace = msgspec.structs.replace
    steps = [replace(step, grade=grade) for step, grade in zip(record.steps, regrade.steps, strict=True)]
    return replace(
        record,
        grade=regrade.grade,
        steps=steps,
        grading=regrade.grading,
        gold=regrade.gold or record.gold,
    )
