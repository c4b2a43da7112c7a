"""Reading runs back from MLflow: those that Escalade logged, from the Records that lie beside their figures.

An answer's text is taken from its trace, where there is one. What an experiment does not hold is said, not made up.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from escalade.core.errors import DataError
from escalade.store import Record, Run
from escalade.store.record import TrialKey
from escalade.tasks.mlflow_paging import every
from escalade.track import records_file

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment, Trace
    from mlflow.entities import Run as MlflowRun

_PAGE = 500


class ReadBack(Struct, frozen=True):
    """A run of an MLflow experiment, as far as it is there."""

    run: Run
    records: list[Record]
    missing: list[str]
    """What is not there, in plain sentences."""


def experiment_of(client: "MlflowClient", named: str) -> "Experiment":
    """The MLflow experiment of that name or id, or the one that holds the MLflow run of that id. Raises DataError."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415  (seconds, and an extra)

    if (by_name := client.get_experiment_by_name(named)) is not None:
        return by_name
    for look in (lambda: named, lambda: client.get_run(named).info.experiment_id):
        try:
            return client.get_experiment(look())
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
    raise DataError(f"MLflow has no experiment and no run {named!r}", hint="name the experiment as MLflow shows it")


def logged_runs(client: "MlflowClient", experiment: "Experiment") -> Iterator[ReadBack]:
    """The runs of ours whose systems were logged in the experiment. Raises DataError for Records that are damaged."""
    systems: dict[str, list[MlflowRun]] = {}
    for one in runs_of(client, experiment, "tags.`escalade.kind` = 'system'"):
        systems.setdefault(one.data.tags.get("escalade.run", ""), []).append(one)
    for run_id, logged in systems.items():
        yield _joined(client, experiment, run_id, logged)


def runs_of(client: "MlflowClient", experiment: "Experiment", condition: str = "") -> "Iterator[MlflowRun]":
    """The MLflow runs of an experiment that were not deleted, newest first."""
    asked = {"experiment_ids": [experiment.experiment_id], "filter_string": condition, "max_results": _PAGE}
    return every(client.search_runs, **asked)


def traces_of(client: "MlflowClient", experiment: "Experiment") -> "Iterator[Trace]":
    """The traces of an experiment with their spans, newest first."""
    return every(client.search_traces, locations=[experiment.experiment_id], max_results=100)


def outputs_of(trace: "Trace") -> dict[str, Any]:
    """What a trace says came out; {} where it says nothing by names."""
    root = next((span for span in trace.data.spans if span.parent_id is None), None)
    return root.outputs if root is not None and isinstance(root.outputs, dict) else {}


def _joined(client: "MlflowClient", experiment: "Experiment", run_id: str, logged: "list[MlflowRun]") -> ReadBack:
    found: dict[TrialKey, Record] = {}
    run: Run | None = None
    without = []
    with TemporaryDirectory(prefix="escalade-") as folder:
        for one in logged:
            if not any(file.path == records_file.NAME for file in client.list_artifacts(one.info.run_id)):
                without.append(one.info.run_name)
                continue
            file = client.download_artifacts(one.info.run_id, records_file.NAME, folder)
            run, records = records_file.read(Path(file))
            found |= {record.key: record for record in records}
    if run is None:
        raise DataError(
            f"the run {run_id} was logged without its Records: its task is private, or an older Escalade logged it",
            hint="log it again from its store: `escalade track`",
        )
    missing = [f"No Records of {', '.join(sorted(without))} are in MLflow."] if without else []
    records = _with_texts(client, experiment, run, found)
    if lost := sum(record.text is None and bool(record.answer) for record in records):
        missing.append(f"{lost:,} answers' texts are not in MLflow: log the run with `--detail traces` to have them.")
    return ReadBack(run, records, missing)


def _with_texts(
    client: "MlflowClient", experiment: "Experiment", run: Run, found: dict[TrialKey, Record]
) -> list[Record]:
    for trace in traces_of(client, experiment):
        tags = trace.info.tags
        if tags.get("escalade.run") != run.id:
            continue
        key = TrialKey(tags["escalade.system"], tags["escalade.item"], int(tags["escalade.sample"]))
        text = outputs_of(trace).get("answer")
        if key in found and found[key].answer and isinstance(text, str):
            found[key] = msgspec.structs.replace(found[key], text=text)
    return list(found.values())
