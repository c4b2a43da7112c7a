"""Logging a run: its Records in groups, then its figures. What is there is left alone, so that it completes, too.

Reads the store page by page and keeps of each Record one line of a table.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import msgspec

from escalade.analysis import Summary, to_json
from escalade.experiment.revised import Revised
from escalade.models.journal import said
from escalade.store import CallRow, Record, Run
from escalade.track.data_sets import record_ids
from escalade.track.question_run import question_run
from escalade.track.records_file import put_records
from escalade.track.sending import Sender
from escalade.track.settings import Settings
from escalade.track.system_run import question_row, system_run, tables
from escalade.track.trace import Question, trace_id, trace_log
from escalade.track.tracked import Tracked
from escalade.track.values import TraceLog

_GROUP = 100
"""Records whose texts are read in one go."""
Progress = Callable[[int, int], None]
"""Is told how many of how many trials are done."""


class Tracker:
    """Logs one run of ours. Open with `turn.tracking`."""

    def __init__(
        self, run: Run, seen: Revised, sender: Sender, settings: Settings, asked: Mapping[str, Question]
    ) -> None:
        """`seen` is the run with the grades and prices to be logged."""
        self._run = run
        self._seen = seen
        self._store = seen.store
        self._sender = sender
        self._place = sender.place.id
        self._detail = settings.detail
        self._asked = asked
        self._parents: dict[str, str] = {}
        self._traced: dict[str, set[str]] = {}
        self._data_set = sender.data_set()
        self._records = record_ids(self._data_set) if self._detail == "traces" else {}
        self.logged = 0
        self.doubles = 0
        self.seconds = 0.0
        self.cpu_s = 0.0
        self.start_s = 0.0

    def log(self, records: Iterable[Record]) -> None:
        """Log questions as they were stored, as far as the detail asks for them and they are not there."""
        if self._seen.number:
            return  # `finish` logs them as they are seen
        with self._timed():
            for system, group in groupby(records, key=lambda record: record.system):
                for part in _parts(group):
                    self._log(system, part)

    def add(self, before: "Tracker | None") -> None:
        """Count what another, which is done, has logged of the same run as logged here."""
        if before is not None:
            self.logged += before.logged
            self.seconds += before.seconds
            self.cpu_s += before.cpu_s
            self.start_s += before.start_s

    def finish(self, summary: Summary, *, progress: Progress | None = None, files: Sequence[Path] = ()) -> Tracked:
        """Log what is missing of the questions, all figures, and `files` as artifacts of every system."""
        with self._timed():
            done, whole = 0, sum(system.trials for system in summary.systems)
            for system, records in groupby(self._seen.records(), key=lambda record: record.system):
                rows: list[tuple[Any, ...]] = []
                last = self._run.at
                for part in _parts(records):
                    self._log(system, part)
                    rows += [question_row(record) for record in part]
                    last = max(last, *(record.at for record in part))
                    done += len(part)
                    if progress:
                        progress(done, whole)
                self._finish_system(summary, system, rows, last_s=last)
                self._put_files(summary, system, files)
            self.doubles += self._sender.drop_doubles()
            put_records(self._run, self._seen, self._sender, self._parent)
        return Tracked(
            experiment=self._sender.place.name,
            detail=self._detail,
            trials=done,
            logged=self.logged,
            doubles=self.doubles,
            seconds=self.seconds,
            cpu_s=self.cpu_s,
            start_s=self.start_s,
        )

    def _log(self, system: str, records: Sequence[Record]) -> None:
        parent = self._parent(system)
        for record in records:
            self._sender.adopt(record, parent)
        if self._detail == "summary":
            return
        new = [record for record in records if not self._is_there(record)]
        if not new:
            return
        rows = self._rows(new)
        texts = {key: said(row) for key, row in rows.items()}
        runs = {
            trace_id(record, self._place): self._sender.put_question(
                record, question_run(self._run, record, texts), parent
            )
            for record in new
        }
        if self._detail == "traces":
            untold = [record for record in new if not self._is_traced(record)]
            self._sender.put_traces([self._trace(record, rows) for record in untold], runs, parent)
            self._traced[system] |= runs.keys()
        self.logged += len(new)

    def _trace(self, record: Record, rows: Mapping[str, CallRow]) -> TraceLog:
        """Its trace, which names its question in the data set."""
        log = trace_log(self._run, record, rows, self._asked.get(record.item), experiment=self._place)
        if self._data_set is None or record.item not in self._records:
            return log
        origin = {"escalade.dataset": self._data_set.dataset_id, "escalade.dataset_record": self._records[record.item]}
        return msgspec.structs.replace(log, tags=log.tags | origin)

    def _is_there(self, record: Record) -> bool:
        if not self._sender.has_run(record):
            return False
        return self._detail != "traces" or self._is_traced(record)

    def _is_traced(self, record: Record) -> bool:
        return trace_id(record, self._place) in self._traced[record.system]

    def _rows(self, records: Sequence[Record]) -> dict[str, CallRow]:
        """The Calls with the texts that are wanted: all of them for traces, else those of answers."""
        if self._detail == "traces":
            wanted = {call.id for record in records for call in record.calls}
        else:
            spans = (span.call for record in records for span in record.spans if span.role == "worker")
            wanted = {record.answer for record in records} | set(spans)
        return self._store.texts(sorted(wanted - {""}))

    def _parent(self, system: str) -> str:
        if system not in self._parents:
            tags = {"escalade.run": self._run.id, "escalade.system": system, "escalade.kind": "system"}
            parent = self._sender.run_of(system, tags, round(self._run.at * 1000))
            self._parents[system] = parent
            self._traced[system] = self._sender.traced(parent) if self._detail == "traces" else set()
        return self._parents[system]

    def _finish_system(self, summary: Summary, system: str, rows: list[tuple[Any, ...]], *, last_s: float) -> None:
        found = next(one for one in summary.systems if one.name == system)
        log = system_run(self._run, summary, found, round(last_s * 1000))
        self._sender.put_system(self._parent(system), log, tables(found, rows), finished=summary.run.finished)

    def _put_files(self, summary: Summary, system: str, files: Sequence[Path]) -> None:
        self._sender.put_text(self._parent(system), to_json(summary).decode(), "summary.json")
        for file in files:
            self._sender.put_file(self._parent(system), file)
        if self._data_set is not None:
            self._sender.put_data_set(self._parent(system), self._data_set)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began, cpu = time.monotonic(), time.thread_time()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - began
            self.cpu_s += time.thread_time() - cpu


def _parts(records: Iterable[Record]) -> Iterator[list[Record]]:
    rest = iter(records)
    while part := list(islice(rest, _GROUP)):
        yield part
