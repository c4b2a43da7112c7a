"""The program, `escalade` or `python -m escalade`: sees to what every command stands on, then runs it.

It reads no argument and knows no command.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

_FILES = 65_536
"""Connections and files that a process may have open, where the system lets it. Some begin with 256."""


def main() -> None:
    """Run the program. An interruption while its commands are still being read ends it as any other does."""
    _open_closed_streams()
    _allow_many_files()
    try:
        from escalade.cli.main import main as program  # noqa: PLC0415  (takes most of the start)

        program()
    except KeyboardInterrupt:
        sys.exit(130)


def _open_closed_streams() -> None:
    """Whoever starts a program may close these. What is opened next would take their place, and get what is printed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (open to the end)


def _allow_many_files() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (not there on Windows)

    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        with suppress(ValueError, OSError):  # then it stays as it is
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    main()
