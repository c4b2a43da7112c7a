"""The keys of a config that say whether, where and in how much detail runs are logged to MLflow."""

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

    Its user and password come from the config, else from there too. Raises ConfigError.
    """
    spec, environ = spec or TrackSpec(), variables(folder)
    return msgspec.structs.replace(
        address(said or spec.mlflow, environ),
        user=spec.user or environ.get("MLFLOW_TRACKING_USERNAME", ""),
        password=spec.password.get_secret_value() if spec.password else environ.get("MLFLOW_TRACKING_PASSWORD", ""),
    )
