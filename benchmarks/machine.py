"""What machine and versions the figures belong to."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def described() -> dict[str, str | int]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "escalade": version("escalade"),
        "aiohttp": version("aiohttp"),
    }


def load() -> float:
    """How many processes wanted a core in the last minute: above 1 before a run, its figures are doubtful."""
    return os.getloadavg()[0]


def _processor() -> str:
    """Its name where the system tells it, else its kind."""
    told = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in _lines(told) if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
