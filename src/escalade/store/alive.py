"""Alive: whether a process of this machine still runs, without asking for its number, which another may have by now.

Each holds a lock on a small file of its own for as long as it lives; the kernel gives the lock back however it ends. A
process whose file cannot be found here is not judged: it may run on another machine.
"""

import contextlib
import tempfile
import time
from pathlib import Path
from typing import IO

try:
    import fcntl
except ModuleNotFoundError:  # Windows: a dead process is then known by its lease alone
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = "escalade-", ".alive"
_OLD_S = 3600.0


class Mark:
    """Shows that the process which made it is alive; `close` when it has nothing to show any more."""

    def __init__(self, name: str) -> None:
        """Where no file can be made there is no mark, and nobody will say that this process is dead."""
        self._path = _path(name)
        self._file: IO[str] | None = None
        if fcntl is None:
            return
        _tidy()
        with contextlib.suppress(OSError):
            self._file = self._path.open("x")
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # a file that nobody can lock would show the contrary
                self.close()

    def close(self, *, stays: bool = False) -> None:
        """What `stays` shows from now on that the process is dead."""
        if self._file is not None:
            if not stays:
                self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None


def is_dead(name: str) -> bool:
    """True only where it is certain: its mark is on this machine, and nobody holds it."""
    if fcntl is None:
        return False
    try:
        with _path(name).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def forget(name: str) -> None:
    """Remove the mark of a process that is dead."""
    with contextlib.suppress(OSError):
        _path(name).unlink(missing_ok=True)


def _tidy() -> None:
    """Remove marks that nobody will ask for: of dead processes, an hour old or more."""
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob(_path("*").name):
            name = path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
            if time.time() - path.stat().st_mtime > _OLD_S and is_dead(name):
                forget(name)


def _path(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"{_PREFIX}{name}{_SUFFIX}"
