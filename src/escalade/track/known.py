"""What MLflow has of a run of ours, found by tags: of each system and question one run, and those that are doubles.

A double is made where two processes log the same run at once without knowing of each other. The complete one is kept,
of several complete ones that of the smallest id, so that whoever looks keeps the same one.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.store import Record
from escalade.tasks.mlflow_paging import every
from escalade.track.experiment import KEY

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun

PARENT = "mlflow.parentRunId"
REVISION = "escalade.revision"
"""The tag that says whose grades and prices a run's metrics have; a run's own where it is not there."""
_PAGE = 1000
Key = tuple[str, str, str]
"""System, item and sample; of a system's own run the last two are ""."""


class Known(Struct, frozen=True):
    """A run that MLflow has."""

    id: str
    complete: bool = False
    parent: str = ""
    revision: int = 0


class Found(Struct, frozen=True):
    runs: dict[Key, Known]
    doubles: list[str]
    """The ids of runs of which another is there."""


def look(client: "MlflowClient", experiment: str, run_key: str) -> Found:
    """All that the experiment of that id has of the run that goes by `run_key`."""
    runs: dict[Key, Known] = {}
    doubles: list[str] = []
    condition = f"tags.`{KEY}` = '{run_key}'"
    for run in every(client.search_runs, experiment_ids=[experiment], filter_string=condition, max_results=_PAGE):
        tags, one = run.data.tags, _known(run)
        key = (tags.get("escalade.system", ""), tags.get("escalade.item", ""), tags.get("escalade.sample", ""))
        kept, *rest = sorted([one, *([runs[key]] if key in runs else [])], key=_rank)
        runs[key] = kept
        doubles += [double.id for double in rest]
    return Found(runs, doubles)


def key_of(record: Record) -> Key:
    return record.system, record.item, str(record.sample)


def _known(run: "MlflowRun") -> Known:
    tags = run.data.tags
    return Known(
        run.info.run_id,
        complete=run.info.status in ("FINISHED", "FAILED"),
        parent=tags.get(PARENT, ""),
        revision=int(tags.get(REVISION, 0)),
    )


def _rank(one: Known) -> tuple[bool, str]:
    return not one.complete, one.id
