"""Sending values to MLflow: the one place that writes to it, in as few requests as it allows.

What is there already is looked up at the start, by tags, and once more before anything is tried again: nothing is
logged twice. A question's run is one request to make it with its tags, one for all its params and metrics, one to end
it. Traces go in groups; linking a group to its system's run comes last, so that a trace counts as there when it is
linked. MLflow's fluent API would draw the ids of traces itself; the client below it takes ours.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from escalade.store import Record, Run
from escalade.tasks.mlflow_paging import every
from escalade.tasks.mlflow_server import Address
from escalade.track.again import again
from escalade.track.data_sets import data_set_of
from escalade.track.experiment import KEY, Place, run_key
from escalade.track.known import PARENT, REVISION, Key, Known, key_of, look
from escalade.track.spans import as_span, as_trace_info
from escalade.track.values import RunLog, Table, TraceLog

if TYPE_CHECKING:
    from mlflow import MlflowClient

_TRACES_AT_ONCE = 20
"""How many traces share a transaction: of 50 spans each, a thousand rows."""
_PARAMS_AT_ONCE = 100
"""MLflow's own limit."""
_NOT_SHOWN = ("PERMISSION_DENIED", "BAD_REQUEST")
"""A data set of somebody else's; an MLflow that asks PostgreSQL through psycopg 3, and compares numbers with texts."""


class Sender:
    """Writes what belongs to one run of ours into one MLflow experiment."""

    def __init__(self, client: "MlflowClient", where: Address, place: Place, run: Run, *, revision: int = 0) -> None:
        """`revision` is whose grades and prices are logged. Those of earlier ones stay in MLflow as earlier steps."""
        from mlflow.tracing.client import TracingClient  # noqa: PLC0415  (seconds, and an extra)

        self.place = place
        self._client = client
        self._tracing = TracingClient(where.uri)
        self._run = run
        self._key = run_key(run)
        self._revision = revision
        self._look()

    def has_run(self, record: Record) -> bool:
        known = self._known.get(key_of(record))
        return known is not None and known.complete and known.revision == self._revision

    def adopt(self, record: Record, parent: str) -> None:
        """Put a question's run that is there below its system's, which may have been deleted and made anew."""
        known = self._known.get(key_of(record))
        if known is not None and known.parent != parent:
            again(partial(self._client.set_tag, known.id, PARENT, parent))
            self._known[key_of(record)] = msgspec.structs.replace(known, parent=parent)

    def drop_doubles(self) -> int:
        """Delete runs of which another is there, but for those of other users; how many there were."""
        dropped = 0
        while self._doubles:
            try:
                again(partial(self._client.delete_run, self._doubles.pop()))
                dropped += 1
            except Exception as error:
                if getattr(error, "error_code", "") != "PERMISSION_DENIED":
                    raise
        return dropped

    def run_of(self, system: str, tags: Mapping[str, str], start_ms: int) -> str:
        """The id of a system's run, which is made with `tags` if it is not there."""
        return self._made((system, "", ""), system, tags, start_ms)

    def put_question(self, record: Record, log: RunLog, parent: str) -> str:
        """Log a question's run, or what is missing of it; return its id."""
        run_id = self._made(key_of(record), log.name, log.tags | {PARENT: parent}, log.start_ms)
        if not self.has_run(record):
            again(partial(self._fill, run_id, log, log.end_ms))
            self._known[key_of(record)] = Known(run_id, complete=True, parent=parent, revision=self._revision)
        return run_id

    def put_system(self, run_id: str, log: RunLog, tables: Sequence[Table], *, finished: bool) -> None:
        """Log a system's figures and tables over what is there. Only where all is done is the run ended."""
        for table in tables:
            text = json.dumps({"columns": table.columns, "data": table.rows}, default=str)
            self.put_text(run_id, text, table.file)
        shown = [{"path": table.file, "type": "table"} for table in tables]
        tags = log.tags | {"mlflow.loggedArtifacts": json.dumps(shown)}
        again(partial(self._fill, run_id, log, log.end_ms if finished else None, tags))

    def put_file(self, run_id: str, file: Path) -> None:
        again(partial(self._client.log_artifact, run_id, str(file)))

    def put_text(self, run_id: str, text: str, file: str) -> None:
        again(partial(self._client.log_text, run_id, text, file))

    def data_set(self) -> Any | None:
        """The data set that the run's questions came from, if MLflow has it."""
        return data_set_of(self._client, self._run)

    def put_data_set(self, run_id: str, data_set: Any) -> None:
        """Say that a run's questions came from an MLflow data set, and show it in the experiment where that may be."""
        from mlflow.entities import DatasetInput, InputTag  # noqa: PLC0415  (seconds, and an extra)

        given = DatasetInput(data_set._to_mlflow_entity(), [InputTag("mlflow.data.context", "evaluation")])
        again(partial(self._client.log_inputs, run_id, [given]))
        if self.place.id in data_set.experiment_ids:
            return
        try:
            again(partial(self._client.add_dataset_to_experiments, data_set.dataset_id, [self.place.id]))
        except Exception as error:
            if getattr(error, "error_code", "") not in _NOT_SHOWN:
                raise

    def traced(self, parent: str) -> set[str]:
        """The ids of all traces that are linked to a system's run, and so are there whole."""
        asked = {"locations": [self.place.id], "run_id": parent, "max_results": 500, "include_spans": False}
        return {trace.info.trace_id for trace in every(self._client.search_traces, **asked)}

    def put_traces(self, logs: Sequence[TraceLog], runs: Mapping[str, str], parent: str) -> None:
        """Log traces and link them: `runs` holds each one's question's run by the trace's id, `parent` is above it."""
        for start in range(0, len(logs), _TRACES_AT_ONCE):
            group = logs[start : start + _TRACES_AT_ONCE]
            again(partial(self._send_traces, group, runs, parent))

    def _send_traces(self, logs: Sequence[TraceLog], runs: Mapping[str, str], parent: str) -> None:
        for log in logs:
            self._tracing.start_trace(as_trace_info(log, self.place.id, self._key, runs.get(log.id, parent)))
        self._tracing.log_spans(self.place.id, [as_span(span, log.id) for log in logs for span in log.spans])
        self._client.link_traces_to_run([log.id for log in logs], parent)

    def _made(self, key: Key, name: str, tags: Mapping[str, str], start_ms: int) -> str:
        """The id of the run of that key, which is made if it is not there."""

        def made() -> str:
            if key in self._known:
                return self._known[key].id
            run = self._client.create_run(
                self.place.id, start_time=start_ms, tags={**tags, KEY: self._key, **_SOURCE}, run_name=name
            )
            return str(run.info.run_id)

        run_id = again(made, before=self._look)
        self._known.setdefault(key, Known(run_id, parent=tags.get(PARENT, "")))
        return run_id

    def _fill(self, run_id: str, log: RunLog, end_ms: int | None, tags: Mapping[str, str] | None = None) -> None:
        """Params, metrics and tags; repeated, they are the same. Metrics carry the time of what they measure, and as
        their step the revision: of two with one step, MLflow would show the greater.
        """
        from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415  (seconds, and an extra)

        params = [Param(name, value) for name, value in log.params.items()]
        metrics = [Metric(name, value, log.end_ms, self._revision) for name, value in log.metrics.items()]
        given = [RunTag(name, value) for name, value in (tags or {}).items()]
        for start in range(0, max(len(params), len(metrics), len(given)), _PARAMS_AT_ONCE):
            part = slice(start, start + _PARAMS_AT_ONCE)
            self._client.log_batch(run_id, metrics=metrics[part], params=params[part], tags=given[part])
        if self._revision:
            self._client.set_tag(run_id, REVISION, str(self._revision))
        if end_ms is not None:
            self._client.set_terminated(run_id, "FAILED" if log.failed else "FINISHED", end_ms)

    def _look(self) -> None:
        """Also before a run is made once more: the request whose answer was lost may have made it."""
        found = look(self._client, self.place.id, self._key)
        self._known, self._doubles = found.runs, found.doubles


_SOURCE = {"mlflow.source.name": "escalade", "mlflow.source.type": "LOCAL"}
