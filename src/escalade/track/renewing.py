"""Bringing the records of a data set to what a task has, in an order that loses nothing where it is cut.

MLflow tells records apart by their inputs alone: what has the inputs of a record is merged into it, and takes nothing
out of it. So a record whose words changed is put in before the old one goes, one that only gains is mended where it is,
and one that must lose something is taken away just before it is put in anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from mlflow.entities import EvaluationDataset

_AT_ONCE = 200
_USER = "mlflow.user"
_OF_THE_SET = {"dataset_version", "position"}
"""Tags that change with other records; a record that differs in these alone is the same."""


class Renewal(Struct, frozen=True, kw_only=True):
    """What is to be done."""

    put: list[dict[str, Any]]
    instead: dict[str, str]
    """By the question's id, the record that goes right before that of the same inputs is put."""
    last: list[str]
    """Records that go when everything is put."""
    added: int
    changed: int
    unchanged: int
    removed: int

    @property
    def writes(self) -> bool:
        return bool(self.put or self.last)


def planned(there: Iterable[Any], wanted: Sequence[dict[str, Any]], *, replace: bool) -> Renewal:
    """`there` are MLflow's records. Those of questions that are not `wanted` go where all is to be replaced."""
    olds: dict[str, list[Any]] = {}
    for record in there:
        olds.setdefault(str(record.inputs.get("question_id", record.dataset_record_id)), []).append(record)
    put, instead, last, added, unchanged = [], {}, [], 0, 0
    for record in wanted:
        id_ = str(record["inputs"]["question_id"])
        before = olds.pop(id_, [])
        current = next((one for one in before if one.inputs == record["inputs"]), None)
        last += [str(one.dataset_record_id) for one in before if one is not current]
        added += not before
        unchanged += current is not None and len(before) == 1 and _same(current, record, but=_OF_THE_SET)
        if current is None or not _same(current, record):
            put.append(record)
            if current is not None and _loses(current, record):
                instead[id_] = str(current.dataset_record_id)
    gone = [str(one.dataset_record_id) for records in olds.values() for one in records] if replace else []
    return Renewal(
        put=put,
        instead=instead,
        last=[*last, *gone],
        added=added,
        changed=len(wanted) - added - unchanged,
        unchanged=unchanged,
        removed=len(gone),
    )


def carry_out(data_set: "EvaluationDataset", renewal: Renewal, progress: Callable[[int, int], None] | None) -> None:
    """Write to MLflow. Cut anywhere, it is completed by doing it again."""
    whole = len(renewal.put)
    for start in range(0, whole, _AT_ONCE):
        part = renewal.put[start : start + _AT_ONCE]
        ids = [str(record["inputs"]["question_id"]) for record in part]
        if first := [renewal.instead[id_] for id_ in ids if id_ in renewal.instead]:
            data_set.delete_records(first)
        data_set.merge_records(part)
        if progress:
            progress(start + len(part), whole)
    if renewal.last:
        data_set.delete_records(renewal.last)


def _same(there: Any, wanted: dict[str, Any], *, but: Iterable[str] = ()) -> bool:
    def shown(tags: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in tags.items() if name not in (_USER, *but)}

    return bool(
        (there.expectations or {}) == wanted["expectations"] and shown(there.tags or {}) == shown(wanted["tags"])
    )


def _loses(there: Any, wanted: dict[str, Any]) -> bool:
    """Whether anything of the record has no successor in what is merged into it."""
    left = (there.tags or {}).keys() - wanted["tags"].keys() - {_USER}
    return bool(left or (there.expectations or {}).keys() - wanted["expectations"].keys())
