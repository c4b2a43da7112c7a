"""Running the program as a user does: inside the test for what it says, as a process where it is to be killed."""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import escalade.cli.main

SECRET = "correct.horse.battery.f00dfeed"
"""Of no known form, so that nothing but knowing it can hide it."""


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


class Program:
    """Runs `escalade ARGUMENTS` in this process, its real entry point included."""

    def __init__(self, capsys, monkeypatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: object) -> Ran:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["escalade", *map(str, arguments)])
        # Of a script; by a module's, as in `python -m pytest`, the program would go by another name.
        self._monkeypatch.setattr(sys.modules["__main__"], "__package__", None)
        code = 0
        try:
            escalade.cli.main.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)


def told(ran: Ran, *words: str, code: int = 2) -> None:
    """One error on stderr with all of `words`, nothing on stdout and no traceback."""
    assert ran.code == code, (ran.out, ran.err)
    assert ran.out == ""
    assert "Traceback" not in ran.err
    lines = ran.err.splitlines()
    assert [line.split(":")[0].strip() for line in lines] in (["error"], ["error", "try"]), ran.err
    for word in words:
        assert word in ran.err


async def started(folder: Path, *arguments: object) -> asyncio.subprocess.Process:
    """`escalade ARGUMENTS` as a process of its own in `folder`."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from escalade.cli.main import main; main()",
        *map(str, arguments),
        cwd=folder,
        env={**os.environ, "PROVIDER_KEY": SECRET},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process) -> Ran:
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


async def killed(process: asyncio.subprocess.Process) -> bool:
    """Kill it with no chance to do anything more; whether it was still running."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()
    return process.returncode == -9
