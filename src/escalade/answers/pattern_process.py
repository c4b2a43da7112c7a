"""Searches patterns in worker processes, which the system ends when one takes too long.

Python's engine cannot be interrupted from outside and never lets go of the interpreter, so that neither a thread nor a
timer of ours could end a search. The workers belong to no event loop: gates have nobody who would close them, and a
library's user may run one loop after another. They end with this process, however it ends.
"""

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from escalade.answers.pattern_worker import ENCODING, ERRORS, FAILED, FOUND, REPLY, REQUEST
from escalade.answers.slots import Slots

CPU_S = 1.0
"""Processor time that one search may take, its compilation included: a busy machine cuts no honest pattern."""
WAIT_S = 20.0
"""Time by the clock after which a worker that was never given its processor time is ended all the same."""

CAN_END = hasattr(signal, "SIGPROF")
"""Whether the system ends processes by their processor time."""

_PROGRAM = Path(__file__).with_name("pattern_worker.py")
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL")
_WORKERS = 2


def bare_environment() -> dict[str, str]:
    """What Python needs to start, and no key of anybody's."""
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}


async def searched(pattern: str, text: str) -> tuple[int, int] | None:
    """Where `re.search` finds `pattern`; None where it does not. At most `_WORKERS` at a time in one event loop.

    Raises TimeoutError where it was cut, ValueError with what the engine said, OSError where there is no worker.
    """
    async with _slots.here():
        worker = _ready() or _Worker()
        try:
            async with asyncio.timeout(WAIT_S):
                kind, first, second, reason = await worker.searched(pattern, text)
        except BaseException:
            worker.end()
            raise
        _rest(worker)
    if kind == FAILED:
        raise ValueError(reason)
    return (first, second) if kind == FOUND else None


class _Worker:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(0)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603  (our own program)
                    [sys.executable, "-I", "-S", str(_PROGRAM), str(CPU_S)],
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=subprocess.DEVNULL,
                    env=bare_environment(),
                    start_new_session=True,  # a terminal's Ctrl-C is for this process, which may finish its work
                )
            except OSError:
                self._socket.close()
                raise

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    async def searched(self, pattern: str, text: str) -> tuple[int, int, int, str]:
        """A reply's kind and numbers, and what the engine said where it failed. Raises TimeoutError or OSError."""
        sent = [part.encode(ENCODING, ERRORS) for part in (pattern, text)]
        request = REQUEST.pack(*map(len, sent)) + b"".join(sent)
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, request)
            kind, first, second = REPLY.unpack(await self._exactly(REPLY.size))
            reason = (await self._exactly(first)).decode(ENCODING, ERRORS) if kind == FAILED else ""
        except ConnectionError:
            code = self.end()
            raise TimeoutError if code == -signal.SIGPROF else OSError(f"its worker ended with {code}") from None
        return kind, first, second, reason

    def end(self) -> int:
        """How it ended, as `subprocess` counts."""
        self._socket.close()
        self._process.kill()
        return self._process.wait()

    async def _exactly(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            part = await asyncio.get_running_loop().sock_recv(self._socket, size - len(received))
            if not part:
                raise ConnectionResetError
            received += part
        return received


_idle: list[_Worker] = []
_slots = Slots(_WORKERS)


def _ready() -> _Worker | None:
    with suppress(IndexError):  # another thread's loop may take the last one at any moment
        while True:
            worker = _idle.pop()
            if worker.alive:
                return worker
            worker.end()
    return None


def _rest(worker: _Worker) -> None:
    if len(_idle) < _WORKERS:
        _idle.append(worker)
    else:
        worker.end()


@atexit.register
def end_idle() -> None:
    """End all workers that rest; new ones are started when they are needed."""
    while worker := _ready():
        worker.end()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # two processes must not talk to one worker
