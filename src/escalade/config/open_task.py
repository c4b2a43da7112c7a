"""Opening a task alone, for whoever wants its questions: no system is built, no model asked and no store opened."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from escalade.config.build import Builder
from escalade.config.opening import MEASURING, Choices, data_files
from escalade.config.problems import Path as Place
from escalade.config.problems import naming
from escalade.config.schema import ConfigSpec
from escalade.config.task_items import TaskWithItems, task_with_items
from escalade.core.errors import ConfigError
from escalade.search import ItemPart
from escalade.search.division import PARTS
from escalade.store import Run
from escalade.tasks.protocol import Item


@asynccontextmanager
async def open_task(
    value: Any, place: Place, config: ConfigSpec, folder: Path, choices: Choices
) -> AsyncIterator[TaskWithItems]:
    """The task that `value` describes, which stands at `place` of a config in `folder`. Raises ConfigError."""
    builder = Builder(config, folder, files=data_files(folder, choices), asks=False)
    try:
        found = await task_with_items(builder, value, place)
        try:
            yield found
        finally:
            await found.task.close()
    finally:
        await builder.close()


async def items_of(run: Run, config: ConfigSpec, path: Path, choices: Choices) -> Sequence[Item]:
    """The items that a run of this config was of, be it a round of a search, or what measured the weights of another.

    Raises ConfigError where the config at `path` has no such experiment, or has changed its task since.
    """
    name = _experiment_of(run, config)
    if name is None:
        raise ConfigError(f"{path} has no experiment {run.experiment!r}, which the run was of")
    spec = config.experiments[name]
    value = spec.task if spec.search is None else spec.search.split(spec.task, run.seed)
    with naming(path):
        async with open_task(value, ("experiments", name, "task"), config, path.parent, choices) as found:
            task = found.task
            parts = [task.division.part(part) for part in PARTS] if isinstance(task, ItemPart) else [task]
            if run.task_fingerprint in [part.fingerprint for part in parts]:
                return found.builder.known
    raise ConfigError(f"the task of {path} is no longer the one that the run was of", hint="leave --config out")


def _experiment_of(run: Run, config: ConfigSpec) -> str | None:
    """The experiment whose run it is; of several that it may be, the one that is named most fully."""
    names = [
        name
        for name, spec in config.experiments.items()
        if run.experiment == name
        or (spec.fit is not None and run.experiment == name + MEASURING)
        or (spec.search is not None and run.experiment.startswith(f"{name}."))
    ]
    return max(names, key=len, default=None)
