"""Starting what is measured, each in a process of its own, and reading the JSON lines that it prints."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # DSPy's client would look for prices on the network, and wait for them
    "NO_PROXY": "127.0.0.1",
}


def lines(program: Path, *arguments: object, python: Path | None = None) -> list[dict[str, Any]]:
    """What `program` printed. Ends the benchmark, with the program's last words, if it failed."""
    command = [str(python or sys.executable), str(program), *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _ENVIRONMENT)
    if ended.returncode:
        last = "\n".join(ended.stderr.splitlines()[-12:])
        sys.exit(f"{program.name} failed with code {ended.returncode}:\n{last}")
    return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]


def line(program: str, *arguments: object) -> dict[str, Any]:
    """The one line of a program in `subjects` that runs in the benchmark's own environment."""
    (only,) = lines(HERE / "subjects" / program, *arguments)
    return only


@contextmanager
def server() -> Iterator[int]:
    """The port of a chat server on loopback, which ends with the block."""
    with subprocess.Popen(
        [sys.executable, HERE / "fake_server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def medians(measured: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The median of each figure over several measurements of one thing; the lower one of an even number."""
    return {name: sorted(one[name] for one in measured)[(len(measured) - 1) // 2] for name in measured[0]}
