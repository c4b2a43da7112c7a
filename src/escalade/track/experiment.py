"""Finding or making the MLflow experiment that a run of ours belongs to.

Versioned, as Sigmoid MLM had it: NAME_v1, NAME_v2, ..., one for each run of ours and the same one when it is logged
again. Otherwise all runs of ours share NAME, told apart by the tag `escalade.run`, by which MLflow can group them.
"""

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.core.errors import ConfigError
from escalade.core.ids import fingerprint
from escalade.store import Run
from escalade.track.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Experiment

KEY = "escalade.key"
"""The tag by which all that belongs to a run of ours is found: a hash of its id, safe to put into a query."""
_NAME = "escalade.name"
"""The tag that keeps what an experiment was made under the name of: people give experiments other names."""
_RACES = 5


class Place(Struct, frozen=True):
    """An MLflow experiment."""

    id: str
    name: str


def run_key(run: Run) -> str:
    return fingerprint(run.id)


def place_of(client: "MlflowClient", run: Run, settings: Settings) -> Place:
    """The experiment for `run`, made if it is not there."""
    name = settings.experiment or run.experiment
    if not settings.versioned:
        return _shared(client, name)
    found = client.search_experiments(filter_string=f"tags.`{KEY}` = '{run_key(run)}'")
    found = [one for one in found if _made_for(name, one)]
    if found:
        return Place(found[0].experiment_id, found[0].name)
    said = {KEY: run_key(run), _NAME: name, "escalade.run": run.id, "escalade.task": run.task}
    return _next_version(client, name, said)


def _made_for(name: str, experiment: "Experiment") -> bool:
    """By its tag, or by its own name where it has none."""
    tagged = experiment.tags.get(_NAME)
    return tagged == name if tagged else bool(re.fullmatch(rf"{re.escape(name)}_v\d+", experiment.name))


def _shared(client: "MlflowClient", name: str) -> Place:
    found = client.get_experiment_by_name(name)
    if found is None:
        return Place(client.create_experiment(name), name)
    if found.lifecycle_stage != "active":
        raise ConfigError(
            f"the MLflow experiment {name!r} was deleted", hint="restore it in MLflow, or name another `experiment`"
        )
    return Place(found.experiment_id, name)


def _next_version(client: "MlflowClient", name: str, tags: dict[str, str]) -> Place:
    """The lowest free number above all that are or were there; another process may take it first."""
    from mlflow.entities import ViewType  # noqa: PLC0415  (seconds, and an extra)
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    number = 1 + max(
        (
            int(version[1])
            for one in client.search_experiments(view_type=ViewType.ALL)
            if (version := re.fullmatch(rf"{re.escape(name)}_v(\d+)", one.name))
        ),
        default=0,
    )
    for place in range(number, number + _RACES):
        try:
            return Place(client.create_experiment(f"{name}_v{place}", tags=tags), f"{name}_v{place}")
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
    raise ConfigError(f"no free version of the MLflow experiment {name!r} was found", hint="try again")
