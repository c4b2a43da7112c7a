"""Where benchmark data lies on this machine, which is never committed: tests that need it are skipped without it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("ESCALADE_DATA") or ROOT.parent / "shared" / "data")


def needed(name: str) -> Path:
    """A file or folder of the data; skips the test where it is not there."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {name} in the folder that ESCALADE_DATA names")
    return path
