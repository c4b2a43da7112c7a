"""Where a config's MLflow is: what is said, else the config, else the environment, else the `.env` beside it."""

import pytest

from escalade.config.opening import Choices, load
from escalade.config.tracking import TrackSpec, mlflow_address
from escalade.core.errors import ConfigError

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


def test_what_is_no_address_is_refused(folder):
    """With what may be written."""
    with pytest.raises(ConfigError) as told:
        mlflow_address("mlruns", None, folder)
    assert "sqlite" in told.value.hint
