"""A store with two runs, made once, and a copy of it for each test that writes."""

import shutil

import pytest
from stored_runs import CONFIG, OTHER_PRICE, Escalade


@pytest.fixture(scope="session")
def runs(tmp_path_factory) -> tuple[str, str]:
    """The ids of a run and of one that differs in a price alone."""
    folder = tmp_path_factory.getbasetemp() / "two-runs"
    folder.mkdir()
    made = Escalade(folder)
    made.config.write_text(CONFIG)
    return made.run(), made.run(OTHER_PRICE)


@pytest.fixture
def escalade(runs, tmp_path, tmp_path_factory) -> Escalade:
    """The program on a copy of the store of `runs`."""
    for file in (tmp_path_factory.getbasetemp() / "two-runs").iterdir():
        shutil.copy(file, tmp_path)
    return Escalade(tmp_path)
