"""Putting a task's items into MLflow as a GenAI data set, and finding the data set that a run's items came from.

Pushing again changes what differs and nothing else. MLflow tells records apart by their inputs alone, so that ours are
compared as wholes: one that differs is taken away and put in anew. Nothing is ever asked at a prompt.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from escalade import __version__
from escalade.core.errors import DataError
from escalade.core.ids import fingerprint
from escalade.store import Run
from escalade.tasks.mlflow_dataset import Source, find
from escalade.tasks.mlflow_layout import record_of
from escalade.tasks.mlflow_listing import data_sets
from escalade.tasks.mlflow_server import Address, opened
from escalade.tasks.protocol import Item, Task
from escalade.track.names import tags as valid_tags

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import EvaluationDataset

IfExists = Literal["merge", "replace", "fail"]
"""`merge`: records that the task does not have stay. `replace`: they go. `fail`: nothing is touched."""
PRIVATE = (
    "The authors of {task} ask that no example be shown in plain text or as a picture, so that models are not trained"
    " on it. This data set holds questions and right answers: whoever can read this MLflow can read them."
)
_AT_ONCE = 200
_USER = "mlflow.user"


class Pushed(Struct, frozen=True, kw_only=True):
    """What became of a push."""

    name: str
    id: str
    experiment: str
    where: str
    records: int
    added: int
    changed: int
    unchanged: int
    removed: int


def names_of(task: str) -> tuple[str, str]:
    """The data set and the experiment for a task: `arena_hard_v2_0` and `DATASET_Arena_Hard_V2`, as the ancestor's.

    Who judges is no part of the questions, and so a simulated judge is no part of their name.
    """
    questions = re.sub(r"simulated [a-z ]+(?=\)$)", "", task)
    name = re.sub(r"[^a-z0-9]+", "_", questions.lower()).strip("_")
    words = re.sub(r"_0$", "", name).split("_")
    return name, "DATASET_" + "_".join(word.capitalize() for word in words)


def push(
    task: Task,
    items: Sequence[Item],
    where: Address,
    *,
    if_exists: IfExists = "merge",
    progress: Callable[[int, int], None] | None = None,
) -> Pushed:
    """Make or renew the task's data set. Raises TrackingError, DataError."""
    name, experiment = names_of(task.name)
    version = fingerprint([[item.id, item.turns, item.system, item.gold] for item in items])
    wanted = [record_of(item, place, task=task.name, version=version) for place, item in enumerate(items, start=1)]
    with opened(where) as client:
        there = [one for one in data_sets(client) if one.name == name]
        if there and if_exists == "fail":
            raise DataError(
                f"MLflow at {where.shown} has a data set {name!r} already",
                hint="--if-exists merge adds to it and mends it, --if-exists replace makes it equal to the task",
            )
        known = _tags(task, items, version)
        if there:
            data_set = find(client, Source(where=where, name=name))
            for tag, value in known.items():
                client.set_dataset_tags(data_set.dataset_id, {tag: value})
        else:
            place = _experiment(client, experiment)
            data_set = client.create_dataset(name, experiment_id=[place], tags=known)
        counts = _renewed(data_set, wanted, replace=if_exists == "replace", progress=progress)
        return Pushed(name=name, id=data_set.dataset_id, experiment=experiment, where=where.shown, **counts)


def listed(where: Address) -> list[dict[str, Any]]:
    """The data sets of an MLflow, newest first: name, id, when changed, and what we know of their origin."""
    with opened(where) as client:
        return [
            {
                "name": one.name,
                "id": one.dataset_id,
                "changed_ms": one.last_update_time,
                "task": (one.tags or {}).get("escalade.task"),
                "items": (one.tags or {}).get("escalade.items"),
            }
            for one in data_sets(client)
        ]


def data_set_of(client: "MlflowClient", run: Run) -> Any | None:
    """The one data set that was pushed from the run's task, or whose name the task bears."""
    found = data_sets(client)
    same = [one for one in found if (one.tags or {}).get("escalade.fingerprint") == run.task_fingerprint]
    same = same or [one for one in found if one.name in (run.task, names_of(run.task)[0])]
    return same[0] if len(same) == 1 else None


def record_ids(data_set: Any | None) -> dict[str, str]:
    """The ids of a data set's records by the ids of their questions; none without a data set."""
    records = [] if data_set is None else data_set.records
    return {str(record.inputs.get("question_id", "")): str(record.dataset_record_id) for record in records}


def _tags(task: Task, items: Sequence[Item], version: str) -> dict[str, str]:
    return valid_tags(
        {
            "escalade.task": task.name,
            "escalade.fingerprint": task.fingerprint,
            "escalade.content": version,
            "escalade.items": len(items),
            "escalade.version": __version__,
            "escalade.redacted": str(task.redacted).lower(),
            "notice": PRIVATE.format(task=task.name) if task.redacted else None,
        }
    )


def _experiment(client: "MlflowClient", name: str) -> str:
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)


def _renewed(
    data_set: "EvaluationDataset",
    wanted: list[dict[str, Any]],
    *,
    replace: bool,
    progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    """Bring the records to what is wanted; return how many were added, changed, left, removed, and are there now."""
    there = {str(record.inputs.get("question_id", record.dataset_record_id)): record for record in data_set.records}
    whole = len(data_set.records)
    by_id = {str(record["inputs"]["question_id"]): record for record in wanted}
    stale = [there[id_] for id_, record in by_id.items() if id_ in there and not _same(there[id_], record)]
    fresh = [record for id_, record in by_id.items() if id_ not in there]
    gone = [record for id_, record in there.items() if replace and id_ not in by_id]
    doubled = whole - len(there)  # records that share a question's id: only a foreign hand makes them
    removed = [record.dataset_record_id for record in (*stale, *gone)]
    if removed:
        data_set.delete_records(removed)
    changed = [by_id[str(record.inputs["question_id"])] for record in stale]
    to_put = [*fresh, *changed]
    for start in range(0, len(to_put), _AT_ONCE):
        data_set.merge_records(to_put[start : start + _AT_ONCE])
        if progress:
            progress(min(len(to_put), start + _AT_ONCE), len(to_put))
    return {
        "records": len(there) + doubled + len(fresh) - len(gone),
        "added": len(fresh),
        "changed": len(changed),
        "unchanged": len(by_id) - len(fresh) - len(changed),
        "removed": len(gone),
    }


def _same(there: Any, wanted: dict[str, Any]) -> bool:
    tags = {name: value for name, value in (there.tags or {}).items() if name != _USER}
    return bool(
        there.inputs == wanted["inputs"]
        and (there.expectations or {}) == wanted["expectations"]
        and tags == wanted["tags"]
    )
