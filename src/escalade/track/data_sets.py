"""Putting a task's items into MLflow as a GenAI data set, and finding the data set that a run's items came from.

Pushing again changes what differs and nothing else. What the set's tags say of its content is counted when all is
there, and while it is not they say so. Nothing is ever asked at a prompt.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from escalade import __version__
from escalade.core.errors import DataError
from escalade.core.ids import fingerprint
from escalade.store import Run
from escalade.tasks.mlflow_dataset import Source, find
from escalade.tasks.mlflow_layout import COMPLETE, ITEMS, record_of
from escalade.tasks.mlflow_listing import data_sets
from escalade.tasks.mlflow_server import Address, opened
from escalade.tasks.protocol import Item, Task
from escalade.track.names import tags as valid_tags
from escalade.track.renewing import carry_out, planned

if TYPE_CHECKING:
    from mlflow import MlflowClient

IfExists = Literal["merge", "replace", "fail"]
"""`merge`: records that the task does not have stay. `replace`: they go. `fail`: nothing is touched."""
PRIVATE = (
    "The authors of {task} ask that no example be shown in plain text or as a picture, so that models are not trained"
    " on it. This data set holds questions and right answers: whoever can read this MLflow can read them."
)


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
        if there:
            data_set = find(client, Source(where=where, name=name))
        else:
            place = _experiment(client, experiment)
            data_set = client.create_dataset(name, experiment_id=[place], tags={COMPLETE: "false"})
        renewal = planned(data_set.records, wanted, replace=if_exists == "replace")
        if renewal.writes:
            _set_tags(client, data_set, {COMPLETE: "false"})
            carry_out(data_set, renewal, progress)
        records = client.get_dataset(data_set.dataset_id).records
        _set_tags(client, data_set, {**_tags(task, len(items), version, records), COMPLETE: "true"})
        return Pushed(
            name=name,
            id=data_set.dataset_id,
            experiment=experiment,
            where=where.shown,
            records=len(records),
            added=renewal.added,
            changed=renewal.changed,
            unchanged=renewal.unchanged,
            removed=renewal.removed,
        )


def listed(where: Address) -> list[dict[str, Any]]:
    """The data sets of an MLflow, newest first: name, id, when changed, and what we know of their origin."""
    with opened(where) as client:
        return [
            {
                "name": one.name,
                "id": one.dataset_id,
                "changed_ms": one.last_update_time,
                "task": (one.tags or {}).get("escalade.task"),
                "items": (one.tags or {}).get(ITEMS),
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


def _tags(task: Task, items: int, version: str, records: Sequence[Any]) -> dict[str, str]:
    """Of what is there: the task's fingerprint only where nothing but its items of that version is."""
    versions = [record.tags.get("dataset_version") for record in records]
    is_task = versions == [version] * items
    content = version if is_task else fingerprint(sorted(str(record.tags.get("hash")) for record in records))
    return valid_tags(
        {
            "escalade.task": task.name,
            "escalade.fingerprint": task.fingerprint if is_task else fingerprint([task.fingerprint, content]),
            "escalade.content": content,
            ITEMS: len(records),
            "escalade.version": __version__,
            "escalade.redacted": str(task.redacted).lower(),
            "notice": PRIVATE.format(task=task.name) if task.redacted else None,
        }
    )


def _set_tags(client: "MlflowClient", data_set: Any, tags: Mapping[str, str]) -> None:
    for tag, value in tags.items():
        client.set_dataset_tags(data_set.dataset_id, {tag: value})


def _experiment(client: "MlflowClient", name: str) -> str:
    found = client.get_experiment_by_name(name)
    return str(client.create_experiment(name) if found is None else found.experiment_id)
