"""Configs written for one test."""

from pathlib import Path

import pytest


@pytest.fixture
def written(tmp_path):
    """`written(text)` is the path of a config with that text."""

    def write(text: str, name: str = "escalade.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
