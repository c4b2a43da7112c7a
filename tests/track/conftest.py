"""A run of simulated systems in a store, and an MLflow of its own for each test: real ones, on files."""

import asyncio
import os
import shutil

import pytest

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # whoever imports MLflow first decides

from escalade.config.opening import Choices, open_experiment
from escalade.experiment import Runner
from escalade.experiment.figures import summary_of
from escalade.store import Store
from escalade.tasks.mlflow_server import Address, opened

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  medium: {simulated: {like: ladder/medium}}
  judge: {simulated: {like: ladder/judge}}
systems:
  ladder: {cascade: [{vote: {sample: small, n: 2}}, medium], accept: {judge: judge, at_least: 0.8}, attempts: 2}
experiments:
  sums: {task: {demo: {count: 6}}, systems: [medium, ladder], reference: medium}
"""


@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    """A finished run: its store's file and its id."""
    folder = tmp_path_factory.mktemp("ran")
    (folder / "sums.yaml").write_text(CONFIG)

    async def run():
        url = f"sqlite:///{folder}/store.sqlite"
        async with open_experiment(folder / "sums.yaml", None, Choices(store=url)) as opened_:
            return (await Runner(opened_.experiment, opened_.store).run()).run.id

    return folder / "store.sqlite", asyncio.run(run())


@pytest.fixture
def store(ran, tmp_path):
    shutil.copy(ran[0], tmp_path / "store.sqlite")
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as found:
        yield found


@pytest.fixture
def run(store, ran):
    return store.run(ran[1])[0]


@pytest.fixture
def summary(store, ran):
    return summary_of(store, ran[1])


@pytest.fixture(scope="session")
def empty_mlflow(tmp_path_factory):
    """The file of an MLflow with nothing in it: making one takes seconds."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    with opened(Address(uri=f"sqlite:///{file}")) as client:
        client.search_experiments()
    return file


@pytest.fixture
def where(empty_mlflow, tmp_path, monkeypatch):
    """An MLflow of this test's own, in the folder in which it works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(empty_mlflow, tmp_path / "mlflow.db")
    return Address(uri=f"sqlite:///{tmp_path}/mlflow.db")
