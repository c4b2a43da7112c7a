"""CPU time of `escalade --help` beside that of a Python that does nothing."""

import resource
import subprocess
import sys
from typing import Any

from children import medians
from printing import table

_COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import escalade": ["-c", "import escalade"],
    "escalade --help": ["-c", "from escalade.cli.main import main; main()", "--help"],
}


def run(repeats: int) -> dict[str, Any]:
    """Measure and print; medians over the repeats, which are taken in turns."""
    for arguments in _COMMANDS.values():
        _cpu_s(arguments)  # writes the byte code
    runs: list[dict[str, Any]] = [
        {name: _cpu_s(arguments) for name, arguments in _COMMANDS.items()} for _ in range(repeats)
    ]
    found = medians(runs)
    table("Start-up", ["command", "CPU ms"], [[name, 1000 * seconds] for name, seconds in found.items()])
    return found


def _cpu_s(arguments: list[str]) -> float:
    before = _children_cpu_s()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return _children_cpu_s() - before


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
