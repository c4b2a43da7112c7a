"""Spool: pieces of a report that wait for their turn, on disk and not in memory."""

from contextlib import AbstractContextManager
from tempfile import TemporaryFile

from msgspec import Struct


class Kept(Struct, frozen=True):
    at: int
    length: int


class Spool(AbstractContextManager["Spool"]):
    """Gone when it is left, and with the process."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  (open as long as this object is)
        self._end = 0

    def __exit__(self, *_exc: object) -> None:
        self._file.close()

    def put(self, piece: bytes) -> Kept:
        self._file.seek(self._end)
        self._file.write(piece)
        kept = Kept(self._end, len(piece))
        self._end += len(piece)
        return kept

    def get(self, kept: Kept) -> bytes:
        self._file.seek(kept.at)
        return self._file.read(kept.length)
