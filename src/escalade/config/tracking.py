"""The keys of a config that say whether, where and in how much detail runs are logged to MLflow, and as whom.

A user and a password belong to the address that they were given with, and are sent to no other.
"""

from pathlib import Path
from typing import Literal

import msgspec
from pydantic import Field, SecretStr

from escalade.config.environment import variables
from escalade.config.problems import Spec
from escalade.tasks.mlflow_server import Address, address


class TrackSpec(Spec):
    """Logging to MLflow, beside the run and never in its way."""

    mlflow: str | None = Field(
        None, repr=False, description="`sqlite` or an address; MLFLOW_TRACKING_URI's if not said"
    )
    user: str = Field("", description="for a server with basic auth; MLFLOW_TRACKING_USERNAME's if not said")
    password: SecretStr | None = Field(None, description="likewise; MLFLOW_TRACKING_PASSWORD's if not said")
    detail: Literal["summary", "questions", "traces"] = Field("summary", description="how much is logged")
    experiment: str = Field("", description="the MLflow experiment; the experiment's own name if not said")
    report: bool = Field(default=True, description="attach the HTML report, where the extra `report` is installed")
    versioned: bool = Field(default=True, description="an MLflow experiment NAME_v1, NAME_v2, ... for each run")


def mlflow_address(said: str | None, spec: TrackSpec | None, folder: Path) -> Address:
    """The MLflow that `said` means, else the config's, else that of the environment or of the `.env` in `folder`.

    The config's user and password are for the config's MLflow alone; those of the environment for that of
    MLFLOW_TRACKING_URI, else for the config's, and for any where neither is named. Raises ConfigError.
    """
    spec, environ = spec or TrackSpec(), variables(folder)
    where = address(said or spec.mlflow, environ)
    home = environ.get("MLFLOW_TRACKING_URI") or spec.mlflow
    theirs = not home or _is_same(where, address(home))
    user = environ.get("MLFLOW_TRACKING_USERNAME") if theirs else ""
    password = environ.get("MLFLOW_TRACKING_PASSWORD") if theirs else ""
    if _is_same(where, address(spec.mlflow, environ)):
        user = spec.user or user
        password = spec.password.get_secret_value() if spec.password else password
    return msgspec.structs.replace(where, user=user, password=password)


def _is_same(one: Address, other: Address) -> bool:
    return one.uri.rstrip("/") == other.uri.rstrip("/")
