"""Opening a config: reading it, choosing an experiment, and the experiment with all that it needs.

Used as a context, so that whatever was opened is closed.
"""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from escalade.config.build import Builder
from escalade.config.problems import checked, unknown
from escalade.config.reading import read_config
from escalade.config.schema import ConfigSpec, ExperimentSpec
from escalade.core.errors import ConfigError
from escalade.experiment import Experiment
from escalade.models.journal import Journal
from escalade.models.protocol import Model
from escalade.store import Store

DEFAULT_STORE = "sqlite:///escalade.sqlite"


class Choices(Struct, frozen=True, kw_only=True):
    """What the command line says over the config. None: it says nothing."""

    store: str | None = None
    data: str | None = None
    """The data folder, for `${ESCALADE_DATA}`."""
    changes: tuple[str, ...] = ()
    offline: bool = False
    limit: int | None = None
    seed: int | None = None
    budget_usd: Decimal | None = None
    concurrency: int | None = None


class Opened(Struct, frozen=True, kw_only=True):
    config: ConfigSpec
    builder: Builder
    store: Store
    experiment: Experiment


def load(path: Path, choices: Choices) -> ConfigSpec:
    """The checked config at `path`."""
    environ = dict(os.environ)
    if choices.data is not None:
        environ["ESCALADE_DATA"] = str(Path(choices.data).expanduser().resolve())
    values = read_config(path, choices.changes, environ)
    with _naming(path):
        return checked(ConfigSpec, values, ())


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors from inside say which config they are about."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}", hint=error.hint) from error.__cause__


def chosen(config: ConfigSpec, name: str | None, path: Path) -> tuple[str, ExperimentSpec]:
    """The experiment of that name, or the only one."""
    if name is None:
        if len(config.experiments) == 1:
            return next(iter(config.experiments.items()))
        known = ", ".join(config.experiments) or "none"
        raise ConfigError(f"{path} has several experiments or none; name one", hint=f"it has: {known}")
    if name not in config.experiments:
        raise unknown("experiment", name, config.experiments, at=str(path))
    return name, config.experiments[name]


@asynccontextmanager
async def open_experiment(path: Path, name: str | None, choices: Choices) -> AsyncIterator[Opened]:
    """The experiment with its store and models, ready to run."""
    config = load(path, choices)
    name, spec = chosen(config, name, path)
    with Store.open(choices.store or config.store or DEFAULT_STORE) as store:
        builder = _builder(config, path, store, choices)
        try:
            with _naming(path):
                experiment = await _experiment(builder, name, spec, choices)
            yield Opened(config=config, builder=builder, store=store, experiment=experiment)
        finally:
            await builder.close()


@asynccontextmanager
async def open_system(path: Path, name: str, choices: Choices) -> AsyncIterator[tuple[Model, Store]]:
    """One system or model of a config, for a question of the user's own."""
    config = load(path, choices)
    with Store.open(choices.store or config.store or DEFAULT_STORE) as store:
        builder = _builder(config, path, store, choices)
        try:
            with _naming(path):
                model = builder.named(name)
            yield model, store
        finally:
            await builder.close()


def _builder(config: ConfigSpec, path: Path, store: Store, choices: Choices) -> Builder:
    with _naming(path):
        return Builder(config, path.parent, journal=Journal(store, offline=choices.offline))


async def _experiment(builder: Builder, name: str, spec: ExperimentSpec, choices: Choices) -> Experiment:
    at = ("experiments", name)
    task = await builder.task_with_items(spec.task, (*at, "task"))
    systems = {system: builder.named(system, (*at, "systems")) for system in spec.systems}
    rivals = spec.rivals.systems(builder, systems, (*at, "rivals"))
    budget = spec.budget.limits()
    if choices.budget_usd is not None:
        budget = msgspec.structs.replace(budget, usd=choices.budget_usd)
    return Experiment(
        name=name,
        task=task,
        systems=systems | rivals,
        rivals=frozenset(rivals),
        reference=spec.reference,
        limit=spec.limit if choices.limit is None else choices.limit,
        seed=spec.seed if choices.seed is None else choices.seed,
        samples=spec.samples,
        concurrency=choices.concurrency or spec.concurrency,
        budget=budget,
        question=spec.question.limits(),
        notes=tuple(spec.notes),
    )
