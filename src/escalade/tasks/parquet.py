"""Rows of a Parquet file, in which form many data sets are published. Takes pyarrow, the extra `parquet`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from escalade.core.errors import DataError


def parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    """All rows, one group in memory at a time. Raises DataError."""
    try:
        from pyarrow import ArrowException  # noqa: PLC0415  (an extra, and heavy)
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415  (likewise)
    except ModuleNotFoundError:
        remedy = "pip install 'escalade[parquet]', or turn the file into JSONL"
        raise DataError(f"reading {path} takes pyarrow, which is not installed", hint=remedy) from None
    try:
        with ParquetFile(path) as file:
            for group in file.iter_batches():
                yield from group.to_pylist()
    except (OSError, ArrowException) as error:
        raise DataError(f"cannot read {path}: {str(error).splitlines()[0]}") from error
