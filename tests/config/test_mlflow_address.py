"""Where a config's MLflow is: what is said, else the config, else the environment, else the `.env` beside it."""

import os

import pytest
from pydantic import SecretStr

from escalade.config.build import Builder
from escalade.config.mlflow_task import MlflowTask
from escalade.config.opening import Choices, load
from escalade.config.schema import ConfigSpec
from escalade.config.tracking import TrackSpec, mlflow_address
from escalade.core.errors import ConfigError
from escalade.tasks.mlflow_server import opened

NAMES = ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_each_source_comes_before_the_next(folder, monkeypatch):
    """And without any it is the file that `mlflow ui` opens."""
    assert mlflow_address(None, None, folder).uri == "sqlite:///mlflow.db"
    (folder / ".env").write_text("MLFLOW_TRACKING_URI=http://dotenv:1\nMLFLOW_TRACKING_USERNAME=ada\n")
    assert mlflow_address(None, None, folder).uri == "http://dotenv:1"
    assert mlflow_address(None, None, folder).user == "ada"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://environment:1")
    assert mlflow_address(None, TrackSpec(), folder).uri == "http://environment:1"
    spec = TrackSpec(mlflow="http://config:1", user="grace")
    assert (mlflow_address(None, spec, folder).uri, mlflow_address(None, spec, folder).user) == (
        "http://config:1",
        "grace",
    )
    assert mlflow_address("sqlite", spec, folder).uri == "sqlite:///mlflow.db"


def test_a_config_s_password_is_never_shown(folder, monkeypatch):
    """Neither by the config nor by the address made of it."""
    monkeypatch.setenv("SECRET", "s3cret")
    (folder / "c.yaml").write_text("track: {mlflow: 'http://ada:s3cret@host:1', user: ada, password: '${SECRET}'}\n")
    config = load(folder / "c.yaml", Choices())
    found = mlflow_address(None, config.track, folder)
    assert found.password == "s3cret"
    assert "s3cret" not in repr(config) + repr(found) + found.shown


def test_a_config_s_user_and_password_go_to_its_own_mlflow_alone(folder, monkeypatch):
    """Neither `--mlflow` nor a task sends them elsewhere, and a variable that is not needed may be missing."""
    (folder / "c.yaml").write_text("track: {mlflow: 'http://ours:1', user: ada, password: '${UNSET}'}\n")
    track = load(folder / "c.yaml", Choices()).track
    assert not mlflow_address("http://other:1", track, folder).user
    assert not mlflow_address("http://other:1", track, folder).password
    monkeypatch.setenv("UNSET", "s3cret")
    track = load(folder / "c.yaml", Choices()).track
    ours = mlflow_address("http://ours:1/", track, folder)
    assert (ours.user, ours.password) == ("ada", "s3cret")


@pytest.mark.parametrize("home", ["environment", "config", "dotenv"])
def test_the_environment_s_go_to_the_mlflow_that_is_named_with_them(folder, monkeypatch, home):
    """Be it named by the environment or, where that names none, by the config; MLflow itself sees them nowhere else."""
    lines = ["MLFLOW_TRACKING_USERNAME=ada", "MLFLOW_TRACKING_PASSWORD=s3cret", "MLFLOW_TRACKING_TOKEN=s3cret"]
    lines += [] if home == "config" else ["MLFLOW_TRACKING_URI=http://ours:1"]
    if home == "dotenv":
        (folder / ".env").write_text("\n".join(lines))
    else:
        for line in lines:
            monkeypatch.setenv(*line.split("=", 1))
    track = TrackSpec(mlflow="http://ours:1") if home == "config" else None
    ours, other = (mlflow_address(uri, track, folder) for uri in (None, "http://other:1"))
    assert (ours.uri, ours.user, ours.password) == ("http://ours:1", "ada", "s3cret")
    with opened(other):
        assert not [name for name, value in os.environ.items() if value == "s3cret"]
    with opened(ours):
        assert os.environ["MLFLOW_TRACKING_PASSWORD"] == "s3cret"


def test_a_task_of_another_mlflow_has_a_user_and_a_password_of_its_own(folder):
    """And without them it is asked by nobody."""
    track = TrackSpec(mlflow="http://ours:1", user="ada", password=SecretStr("s3cret"))
    builder = Builder(ConfigSpec(track=track), folder)
    alone = MlflowTask(name="q", uri="http://other:1")._address(builder)
    assert (alone.user, alone.password) == ("", "")
    own = MlflowTask(name="q", uri="http://other:1", user="bob", password=SecretStr("his"))._address(builder)
    assert (own.user, own.password) == ("bob", "his")
    assert MlflowTask(name="q")._address(builder).password == "s3cret"


def test_what_is_no_address_is_refused(folder):
    """With what may be written."""
    with pytest.raises(ConfigError) as told:
        mlflow_address("mlruns", None, folder)
    assert "sqlite" in told.value.hint
