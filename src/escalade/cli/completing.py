"""The command that completes a run's log in MLflow, to be copied: with all that decides where to, and no secret."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from escalade.config.opening import Choices
    from escalade.track import Settings


def track_command(run: str, settings: "Settings", config: Path, choices: "Choices", mlflow: str | None) -> str:
    """`mlflow` is what the command line says. A password that stood in an address there is left out."""
    from escalade.tasks.mlflow_server import without_password  # noqa: PLC0415  (heavy: --help must be quick)

    changes = [("--set", one) for one in choices.changes if one.startswith("track.") and "password" not in one]
    words = ["escalade", "track", run, "--config", str(config)]
    for option, said in (("--store", choices.store), ("--mlflow", mlflow), *changes):
        words += [option, without_password(said).replace(":***@", "@")] if said else []
    words += ["--detail", settings.detail]
    words += ["--experiment", settings.experiment] if settings.experiment else []
    return f"`{shlex.join(words)}`"
