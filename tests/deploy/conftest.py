"""The team's services, started once for all tests that want them, and somebody who works with them."""

import os

import pytest
from colleague import Colleague, make_user
from team_stack import SECRETS, make_databases, running_mlflow

from postgres import NoServerError, running_server

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # whoever imports MLflow first decides


@pytest.fixture(scope="session")
def postgres():
    """PostgreSQL with the team's databases."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver, an extra, is not installed")
    try:
        with running_server("postgres") as server:
            make_databases(server)
            yield server
    except NoServerError as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def mlflow_server(postgres, tmp_path_factory):
    """MLflow's server with users, on that PostgreSQL."""
    for needed in ("mlflow", "flask_wtf", "psycopg2"):
        pytest.importorskip(needed, reason=f"the team's server needs {needed}, which is not installed")
    with running_mlflow(postgres, tmp_path_factory.mktemp("mlflow-server")) as server:
        yield server


@pytest.fixture(scope="session")
def store_url(postgres):
    """Escalade's own store, in the same PostgreSQL."""
    return f"postgresql+psycopg://escalade:{SECRETS['ESCALADE_DB_PASSWORD']}@127.0.0.1:{postgres.port}/escalade"


@pytest.fixture(scope="session")
def librarian(mlflow_server, store_url, tmp_path_factory) -> Colleague:
    """No administrator, but the one whose data set all others read."""
    make_user(mlflow_server, "grace", "compilers-and-nanoseconds")
    folder = tmp_path_factory.mktemp("grace")
    who = Colleague(folder, mlflow_server.url, store_url, "grace", "compilers-and-nanoseconds")
    who.push()
    return who
