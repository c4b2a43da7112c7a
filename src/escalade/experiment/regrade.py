"""Grading again what a run stored, by another grader or other gold answers. No system is asked anything.

All or nothing: a revision appears only when every finished trial has its new grade. A grader that asks a model goes
through the journal, so that what was paid for before it stopped is found there the next time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from itertools import islice
from typing import Self

from msgspec import Struct

from escalade import __version__
from escalade.analysis.trial import answered
from escalade.core.errors import NotInJournal
from escalade.core.grade import Grade, Outcome
from escalade.core.reply import Reply
from escalade.experiment.grading import Grades
from escalade.experiment.recordable import Unrecorded, check_recordable
from escalade.experiment.replies import calls_with_texts, final_reply, step_replies
from escalade.experiment.revised import Revised
from escalade.experiment.rewording import rewordings
from escalade.experiment.watcher import Watcher
from escalade.ledger.budget import Budget, Limits
from escalade.ledger.span import Ledger, Span
from escalade.ledger.tags import Tags
from escalade.models.structure import Worst
from escalade.store import CallRow, Record
from escalade.store.revisions import NewGrades, Regrade, Revision, Revisions
from escalade.tasks.protocol import Item, Task, worst_grading

_PAGE = 100
"""Trials whose texts are in memory at a time."""
GradeChange = tuple[Outcome | None, Outcome | None]


class Regraded(Struct, frozen=True):
    revision: Revision
    changes: dict[GradeChange, int]
    """How many final answers went from which outcome to which, the unchanged ones included; None: nothing to grade."""


class Needed(Struct, frozen=True, kw_only=True):
    """What grading again would ask of the grader's models."""

    trials: int
    new: int
    """Trials whose grading the journal does not hold whole."""
    worst: Worst
    """Of those."""


class _Done(Struct, frozen=True):
    record: Record
    regrade: Regrade
    span: Span
    answer_bytes: int


class Regrading:
    """One regrading of one run. Open it with `of`, so that the task asks what the run asked."""

    def __init__(
        self, task: Task, earlier: Revised, items: Mapping[str, Item], notes: list[str], *, slots: int, budget: Budget
    ) -> None:
        self._task = task
        self._earlier = earlier
        self._store = earlier.store
        self._items = items
        self._slots = asyncio.Semaphore(slots)
        self.notes = notes
        """How the task asks otherwise than the run did, in sentences; they are kept with the revision."""
        self.budget = budget

    @classmethod
    async def of(
        cls,
        task: Task,
        earlier: Revised,
        *,
        anyway: bool = False,
        concurrency: int = 64,
        budget: Limits | None = None,
    ) -> Self:
        """Raises DataError where the task asks in other words than the run did, unless `anyway`, and always where it
        lacks an item or the run has no finished trial.
        """
        items = {item.id: item for item in await task.items()}
        notes = rewordings(earlier, task, items, anyway=anyway)
        return cls(task, earlier, items, notes, slots=max(1, concurrency), budget=Budget(budget, scope="run"))

    def is_needed(self) -> bool:
        """Whether the newest grades are another grader's, do not cover every trial, or hold a grader's failure."""
        grades, run = self._earlier.grades, self._earlier.run
        covered = grades is None or grades.trials == len(self._store.finished(run.id))
        if not covered or self._task.fingerprint != run.task_fingerprint:
            return True
        return any(r.grade is not None and r.grade.outcome == "grader_failed" for r in self._earlier.records())

    async def needed(self) -> Needed:
        """What is not in the journal; the task's models must be offline."""
        trials, new, worst = 0, 0, Worst()
        async for page in self._graded():
            trials += len(page)
            for done in page:
                if any(isinstance(part.error, NotInJournal) for part in done.span.ledger.spans):
                    new += 1
                    worst += worst_grading(self._task, self._items[done.record.item], done.answer_bytes)
        return Needed(trials=trials, new=new, worst=worst)

    async def run(self, watcher: Watcher | None = None) -> Regraded:
        """Grade and keep. Raises the error that stopped the grader."""
        revisions = Revisions(self._store, self._earlier.run.id)
        before = {record.key: _outcome(record.grade) for record in self._earlier.records()}
        change = NewGrades(task_fingerprint=self._task.fingerprint, metric=self._task.metric, trials=len(before))
        revision = revisions.begin(change, notes=self.notes, version=__version__)
        if watcher:
            watcher.begin(len(before), 0)
        changes: Counter[GradeChange] = Counter()
        try:
            async for page in self._graded(watcher):
                for done in page:
                    check_recordable(done.span, failed=True)
                    changes[before.get(done.record.key), _outcome(done.regrade.grade)] += 1
                revisions.add(revision.number, [done.regrade for done in page])
            revisions.finish(revision)
        except Unrecorded as stop:
            revisions.drop(revision.number)
            raise stop.reason from None
        except BaseException:
            revisions.drop(revision.number)
            raise
        return Regraded(revision, dict(changes))

    async def _graded(self, watcher: Watcher | None = None) -> AsyncIterator[list[_Done]]:
        """Page by page, so that few texts are in memory."""
        records = self._store.records(self._earlier.run.id, page=_PAGE)
        while page := list(islice(records, _PAGE)):
            rows = self._store.texts([key for record in page for key in calls_with_texts(record)])
            yield await asyncio.gather(*(self._regrade(record, rows, watcher) for record in page))

    async def _regrade(self, record: Record, rows: Mapping[str, CallRow], watcher: Watcher | None) -> _Done:
        item, span = self._items[record.item], self._span(record, watcher)
        grades = Grades(self._task, item, span)
        async with self._slots:
            reply = final_reply(record, rows)
            final = await _grade(reply, grades) if answered(record) else None
            wanted = step_replies(record, rows) if self._task.grades_steps else []
            steps: list[Grade | None] = [await _grade(reply, grades) for reply in wanted]
        regrade = Regrade(
            system=record.system,
            item=record.item,
            sample=record.sample,
            grade=final,
            steps=steps or [None] * len(record.steps),
            grading=span.ledger.calls,
            gold=item.measure,
        )
        if watcher:
            watcher.trial(record)
        return _Done(record, regrade, span, len(reply.text.encode()) if reply else 0)

    def _span(self, record: Record, watcher: Watcher | None) -> Span:
        run = self._earlier.run
        redacted = self._task.redacted
        tags = Tags(run.id, record.system, record.item, record.sample, account="grading", redacted=redacted)
        ledger = Ledger(watcher.call if watcher else None)
        return Span.root(record.system, budget=Budget(inside=self.budget), seed=run.seed, ledger=ledger, tags=tags)


async def _grade(reply: Reply | None, grades: Grades) -> Grade:
    if reply is None:
        return Grade(outcome="grader_failed", reason="the answer's text is not in the store")
    return await grades.of(reply)


def _outcome(grade: Grade | None) -> Outcome | None:
    return None if grade is None else grade.outcome
