"""A folder that can be read and not written. Root, whom modes do not bind, is nobody meanwhile."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter, wherever other tests keep their files; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="escalade-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        with as_nobody():
            can_enter = os.access(folder, os.R_OK | os.X_OK, effective_ids=True)
        if not can_enter:
            pytest.skip("we are root, and nobody else can enter folders in /tmp")
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def shut(folder: Path) -> Iterator[None]:
    """Its files can be read, whatever their modes were; nothing in it can be written."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        with as_nobody():
            yield
    finally:
        folder.chmod(0o755)
        for path in folder.iterdir():
            path.chmod(0o644)


@contextmanager
def as_nobody() -> Iterator[None]:
    """As somebody whom modes bind."""
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if as_root:
            os.seteuid(0)
