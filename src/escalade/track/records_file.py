"""Records file: a system's Records beside its figures in MLflow, so that its run can be read back whole.

A gzip of JSON lines: the Run, then the Records, as reports read them. Texts stay with the Calls, in the store that made
them. For a private task none is written: what a judge said of an answer may quote the question.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from escalade.core.errors import DataError
from escalade.experiment.revised import Revised
from escalade.store import Record, Run
from escalade.track.sending import Sender

NAME = "records.jsonl.gz"
_run = msgspec.json.Decoder(Run)
_record = msgspec.json.Decoder(Record)


def put_records(run: Run, seen: Revised, sender: Sender, parent: Callable[[str], str]) -> None:
    """Put the file of each system beside its figures, in the run that `parent` names; of a private task none."""
    if run.redacted:
        return
    with TemporaryDirectory(prefix="escalade-") as folder:
        file = Path(folder) / NAME
        for system, records in groupby(seen.records(), key=lambda record: record.system):
            write(file, seen.run, records)
            sender.put_file(parent(system), file)


def write(file: Path, run: Run, records: Iterable[Record]) -> None:
    with gzip.open(file, "wb", compresslevel=1) as lines:
        for value in (run, *records):
            lines.write(msgspec.json.encode(value) + b"\n")


def read(file: Path) -> tuple[Run, list[Record]]:
    """Raises DataError for a file that is damaged, or of another version."""
    try:
        with gzip.open(file, "rb") as lines:
            return _run.decode(next(lines)), [_record.decode(line) for line in lines]
    except (OSError, EOFError, StopIteration, zlib.error, msgspec.MsgspecError) as error:
        raise DataError(
            f"the Records in MLflow cannot be read: {error}", hint="log the run again from its store: `escalade track`"
        ) from error
