"""Rows of a CSV, JSONL or Parquet file, each with its line number for error messages.

A row is an object of named values. A line that is none, or that names a value twice, stops the reading with its place:
nothing is skipped.
"""

import csv
import gzip
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from msgspec import Struct

from escalade.core.errors import DataError
from escalade.tasks.parquet import parquet_rows

_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""How JSON spells half of a character; two make one, and one alone is no text."""
_LONGEST_CELL = 1 << 30
"""Characters; Python's own limit of 131,072 is shorter than many a document that is asked about."""

_OTHER_MARKS = {";": "';'", "\t": "tabs", "|": "'|'"}


class Row(Struct, frozen=True):
    path: Path
    line: int
    """Counted from 1; the last line of a row that spans many. In Parquet, the row's number."""
    values: dict[str, Any]

    def error(self, message: str, *, hint: str = "") -> DataError:
        return DataError(f"{self.path}, line {self.line}: {message}", hint=hint)

    def get(self, field: str) -> Any:
        """The value of `field`. Raises DataError with the fields that there are."""
        if field not in self.values:
            raise self.error(f"there is no field {field!r}", hint=f"this row has: {', '.join(self.values)}")
        return self.values[field]

    def text(self, field: str) -> str:
        """The value of `field` as text: a number as Python prints it (3.50 is 3.5), nothing else converted."""
        value = self.get(field)
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return json.dumps(value)
        raise self.error(f"the field {field!r} is {_kind(value)}, not text")

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts: a JSON list, also one that is written into a CSV cell."""
        value = self.get(field)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = None
        if not isinstance(value, list) or not all(isinstance(each, str | int | float) for each in value):
            raise self.error(f"the field {field!r} is no list of texts", hint='write it as ["one", "two"]')
        return tuple(each if isinstance(each, str) else json.dumps(each) for each in value)


def read_rows(path: Path) -> Iterator[Row]:
    """All rows of a .parquet file, or of a .csv or .jsonl file with or without .gz.

    Raises DataError, with file and line.
    """
    if path.suffix.lower() == ".parquet":
        yield from (Row(path, line, values) for line, values in enumerate(parquet_rows(path), start=1))
        return
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    readers = {"csv": csv_rows, "jsonl": _jsonl_rows}
    if kind not in readers:
        raise DataError(f"{path}: only .csv, .jsonl (gzipped, .gz, or not) and .parquet files are read")
    try:
        with _opened(path) as stream:
            yield from readers[kind](path, stream)
    except UnicodeDecodeError as error:
        raise DataError(f"cannot read {path}: {error}", hint="files must be UTF-8") from error
    except FileNotFoundError as error:
        raise DataError(
            f"there is no file {path}", hint="a `path` in a config starts at the config's folder"
        ) from error
    except (OSError, EOFError) as error:
        raise DataError(f"cannot read {path}: {error}", hint="check the file and its permissions") from error


def _opened(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _jsonl_rows(path: Path, stream: TextIO) -> Iterator[Row]:
    for line, text in enumerate(stream, start=1):
        if not text.strip():
            continue
        try:
            values = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
            if _HALF.search(text):
                json.dumps(values, ensure_ascii=False).encode()
        except _NamedTwiceError as error:
            raise DataError(
                f"{path}, line {line}: the key {error.args[0]!r} is there twice", hint="rename one or take it out"
            ) from error
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {line}: not JSON: {error}") from error
        if not isinstance(values, dict):
            raise DataError(f"{path}, line {line}: {_kind(values)}, not a JSON object")
        yield Row(path, line, values)


def csv_rows(path: Path, stream: TextIO) -> Iterator[Row]:
    """All rows of CSV text, wherever it comes from; `path` names it in errors. Raises DataError, with file and line."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(stream, strict=True)
    try:
        _check_header(path, reader.fieldnames or ())
        for values in reader:
            row = Row(path, reader.line_num, values)
            if None in values:
                raise row.error("more cells than the first line names")
            if None in values.values():
                raise row.error("fewer cells than the first line names")
            yield row
    except csv.Error as error:
        raise DataError(f"{path}, after line {reader.line_num}: not CSV: {error}") from error


def _check_header(path: Path, names: Sequence[str]) -> None:
    """Raises DataError where two columns have one name, or one column's name seems to be all of them."""
    if len(names) == 1 and (mark := next((mark for mark in _OTHER_MARKS if mark in names[0]), None)):
        raise DataError(
            f"{path}, line 1: the columns seem to be separated by {_OTHER_MARKS[mark]}, not by commas",
            hint="save the file as CSV with commas, or as JSONL",
        )
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise DataError(
            f"{path}, line 1: there are two columns {twice[0]!r}", hint="rename one of them, or take it out"
        )


class _NamedTwiceError(ValueError):
    """A JSON object in which the key that is the argument stands twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _NamedTwiceError(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return values


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
