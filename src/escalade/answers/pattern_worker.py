"""The program that a worker process of `pattern_process` runs: searches a pattern in a text, one pair after another.

It is started by its file name and imports nothing of Escalade, so that a start costs little. Each pair has as many
seconds of processor time as the first argument says; then the system ends this process, whatever Python is doing,
and also where nobody is left who would.

A request is two lengths in bytes, the pattern and the text; a reply is a kind and two numbers. UTF-8 with surrogates
let through gives back the very characters that were sent.
"""

import os
import re
import signal
import struct
import sys
from contextlib import suppress
from typing import BinaryIO

REQUEST = struct.Struct("!QQ")
REPLY = struct.Struct("!bqq")
"""The kind; where the match begins and ends, or how many bytes follow that say what failed."""
NOT_FOUND, FOUND, FAILED = range(3)
ENCODING, ERRORS = "utf-8", "surrogatepass"

_MEMORY_BYTES = 1 << 30


def main() -> None:
    cpu_s = float(sys.argv[1])
    replies = os.fdopen(os.dup(1), "wb")
    _bound_memory()
    while lengths := sys.stdin.buffer.read(REQUEST.size):
        pattern, text = (_text(sys.stdin.buffer, length) for length in REQUEST.unpack(lengths))
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        reply = _searched(pattern, text)
        signal.setitimer(signal.ITIMER_PROF, 0)
        replies.write(reply)
        replies.flush()


def _text(stream: BinaryIO, length: int) -> str:
    return stream.read(length).decode(ENCODING, ERRORS)


def _searched(pattern: str, text: str) -> bytes:
    try:
        match = re.search(pattern, text)
    except Exception as error:  # noqa: BLE001  (the engine has many; the parent wants a reason, not a corpse)
        reason = f"{type(error).__name__}: {error}".encode(ENCODING, ERRORS)
        return REPLY.pack(FAILED, len(reason), 0) + reason
    return REPLY.pack(FOUND, *match.span()) if match else REPLY.pack(NOT_FOUND, 0, 0)


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return
    with suppress(ValueError, OSError):  # a lower bound is set already, or the system knows none
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    main()
