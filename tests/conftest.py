"""What holds for every test: nothing leaves this machine, and neither the terminal that the tests are started from nor
the time that a busy machine takes decides anything. And stores of both kinds, for whoever needs them.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

import loopback_only
import shut
from postgres import NoServerError, running_server

OUTPUT = (
    *("COLUMNS", "LINES", "TERMINAL_WIDTH", "JUPYTER_COLUMNS", "JUPYTER_LINES", "DATABRICKS_RUNTIME_VERSION"),
    *("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "PY_COLORS", "PYTHON_COLORS"),
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE", "_TYPER_FORCE_DISABLE_TERMINAL", "GITHUB_ACTIONS"),
    *("TYPER_USE_RICH", "TYPER_STANDARD_TRACEBACK", "_TYPER_STANDARD_TRACEBACK"),
)
"""Variables that change what a program prints."""
OURS = ("ESCALADE_STORE", "MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
"""Variables that change where it is written."""

loopback_only.guard()
for name in OUTPUT + OURS:  # here, since rich and typer read some of them when they are imported
    os.environ.pop(name, None)
settings.register_profile(
    "the same everywhere",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # by the clock, too
)
settings.load_profile("the same everywhere")


@pytest.fixture(scope="session")
def postgres():
    """A running PostgreSQL."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver, an extra, is not installed")
    try:
        with running_server() as server:
            yield server
    except NoServerError as problem:
        pytest.skip(str(problem))


@pytest.fixture
def open_folder():
    """A folder that somebody else may look into."""
    with shut.open_folder() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The address of a new store, of one kind and of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    return request.getfixturevalue("postgres").new_database()
