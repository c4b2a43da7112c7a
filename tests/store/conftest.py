"""Stores of both kinds: whatever is claimed of one is claimed of the other."""

import pytest
from postgres import NoServerError, running_server

from escalade.store import Store


@pytest.fixture(scope="session")
def postgres():
    """A running PostgreSQL."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver, an extra, is not installed")
    try:
        with running_server() as server:
            yield server
    except NoServerError as problem:
        pytest.skip(str(problem))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The address of a new store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store(url):
    with Store.open(url) as opened:
        yield opened
