"""What holds for every test: nothing leaves this machine. And stores of both kinds, for whoever needs them."""

import pytest

import loopback_only
from postgres import NoServerError, running_server

loopback_only.guard()


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
def store_url(request, tmp_path):
    """The address of a new store, of one kind and of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    return request.getfixturevalue("postgres").new_database()
