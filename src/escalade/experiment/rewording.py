"""Rewording: how a task's questions differ from those that a run asked, before its answers are graded by that task."""

from collections.abc import Mapping

from escalade.core.errors import DataError
from escalade.experiment.revised import Revised
from escalade.tasks.asking import differs_in_marking
from escalade.tasks.protocol import Item, Task


def rewordings(earlier: Revised, task: Task, items: Mapping[str, Item], *, anyway: bool) -> list[str]:
    """How the task's items ask otherwise than the run did, in sentences. Raises DataError for other words unless
    `anyway`, and always where an item is missing or the run has no finished trial.

    Another sentence on how to mark the final answer makes no other question: it differs by grading.
    """
    run, marked, other, trials = earlier.run, 0, 0, 0
    for record in earlier.store.records(run.id):
        item = items.get(record.item)
        if item is None:
            raise DataError(
                f"run {run.id} asked the item {record.item!r}, which the config's task {task.name} lacks",
                hint="name the run of this task with --run, or correct the task's path; a row without an id is "
                "named by its words and how its answer is to be marked",
            )
        trials += 1
        if record.wording and record.wording != item.wording:
            alike = differs_in_marking(record.wording, item)
            marked, other = marked + alike, other + (not alike)
    if not trials:
        raise DataError(f"run {run.id} has no finished trial", hint="`escalade run` goes on with it")
    told = f"{other:,} of {trials:,} answers were given to other words than the task asks now"
    if other and not anyway:
        raise DataError(f"run {run.id}: {told}", hint="--anyway grades them all the same, and notes it")
    notes = [f"{told}."] if other else []
    if marked:
        notes.append(f"{marked:,} of {trials:,} answers were to be marked otherwise than the task asks now.")
    return notes
