"""Opening a config: reading it, choosing an experiment, and the experiment with all that it needs.

Used as a context, so that whatever was opened is closed.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from escalade.config.build import Builder
from escalade.config.environment import variables
from escalade.config.fitting import ToFit, remark
from escalade.config.problems import checked, naming, unknown
from escalade.config.reading import read_config
from escalade.config.schema import ConfigSpec, ExperimentSpec
from escalade.config.task_items import TaskWithItems, task_with_items
from escalade.core.errors import ConfigError
from escalade.experiment import Alone, Experiment, halves
from escalade.models.journal import Journal
from escalade.models.protocol import Model
from escalade.store import Store
from escalade.tasks.fetch import VARIABLE, DataFiles

DEFAULT_STORE = "sqlite:///escalade.sqlite"
MEASURING = "-fit"
"""What the name of the run ends in that measures the weights of an experiment."""


class Choices(Struct, frozen=True, kw_only=True):
    """What the command line says over the config. None: it says nothing."""

    store: str | None = None
    data: str | None = None
    """The data folder: `${ESCALADE_DATA}`, and where benchmarks' files are looked for."""
    changes: tuple[str, ...] = ()
    asks: bool = True
    """Whether a model may be asked. What asks none needs no key."""
    offline: bool = False
    """Nothing is asked, and nothing is fetched."""
    limit: int | None = None
    seed: int | None = None
    budget_usd: Decimal | None = None
    concurrency: int | None = None
    retry_failed: bool = False


class Opened(Struct, frozen=True, kw_only=True):
    config: ConfigSpec
    builder: Builder
    store: Store
    experiment: Experiment
    to_fit: ToFit | None = None
    """What must be run before it, where its systems have fitted weights: `experiment` can then be planned only."""


def load(path: Path, choices: Choices) -> ConfigSpec:
    """The checked config at `path`."""
    environ = dict(os.environ)
    if choices.data is not None:
        environ["ESCALADE_DATA"] = str(Path(choices.data).expanduser().resolve())
    values = read_config(path, choices.changes, environ)
    with naming(path):
        return checked(ConfigSpec, values, ())


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
    async with opened_builder(config, path, choices) as (builder, store):
        with naming(path):
            asked = spec.task if spec.search is None else spec.search.split(spec.task, spec.seed)
            found = await task_with_items(builder, asked, ("experiments", name, "task"))
            experiment = _experiment(found, name, spec, choices)
            to_fit = None
            if spec.fit is not None:
                experiment, to_fit = await _in_halves(found.builder, experiment, spec, spec.fit)
            else:
                found.builder.fitting.refuse()
        yield Opened(config=config, builder=found.builder, store=store, experiment=experiment, to_fit=to_fit)


@asynccontextmanager
async def open_system(path: Path, name: str, choices: Choices) -> AsyncIterator[tuple[Model, Store]]:
    """One system or model of a config, for a question of the user's own."""
    config = load(path, choices)
    async with opened_builder(config, path, choices) as (builder, store):
        with naming(path):
            model = builder.named(name)
            builder.fitting.refuse()
        yield model, store


def data_files(folder: Path, choices: Choices) -> DataFiles:
    """Where the benchmarks of a config in `folder` are looked for: as `${ESCALADE_DATA}` in it, relative paths too."""
    said = choices.data or variables(folder).get(VARIABLE)
    found = Path(said).expanduser() if said else None
    if found is not None:
        found = found.resolve() if choices.data else folder / found
    return DataFiles(folder=found, fetch=not choices.offline)


@asynccontextmanager
async def opened_builder(config: ConfigSpec, path: Path, choices: Choices) -> AsyncIterator[tuple[Builder, Store]]:
    """What builds the config's systems, and the store whose journal they share."""
    with Store.open(choices.store or config.store or DEFAULT_STORE) as store:
        asks = choices.asks and not choices.offline
        journal = Journal(store, offline=not asks)
        with naming(path):
            builder = Builder(config, path.parent, journal=journal, files=data_files(path.parent, choices), asks=asks)
        try:
            yield builder, store
        finally:
            await builder.close()


def _experiment(found: TaskWithItems, name: str, spec: ExperimentSpec, choices: Choices) -> Experiment:
    systems, rivals = _systems(found.builder, name, spec)
    budget = spec.budget.limits()
    if choices.budget_usd is not None:
        budget = msgspec.structs.replace(budget, usd=choices.budget_usd)
    return Experiment(
        name=name,
        task=found.task,
        systems=systems | rivals,
        rivals=frozenset(rivals),
        reference=spec.reference,
        pool=found.items,
        limit=spec.limit if choices.limit is None else choices.limit,
        seed=spec.seed if choices.seed is None else choices.seed,
        samples=spec.samples,
        concurrency=choices.concurrency or spec.concurrency,
        retry_failed=choices.retry_failed,
        budget=budget,
        question=spec.question.limits(),
        notes=tuple(spec.notes),
    )


def _systems(builder: Builder, name: str, spec: ExperimentSpec) -> tuple[dict[str, Model], dict[str, Model]]:
    """The systems of an experiment and their rivals."""
    at = ("experiments", name)
    systems = {system: builder.named(system, (*at, "systems")) for system in spec.systems}
    if spec.search is not None:
        systems = spec.search.first(builder, (*at, "search"), systems)
    return systems, spec.rivals.systems(builder, systems, (*at, "rivals"))


async def _in_halves(
    builder: Builder, whole: Experiment, spec: ExperimentSpec, share: float
) -> tuple[Experiment, ToFit]:
    """The experiment on the items held out, its weights unmeasured, and what measures them on that share of them."""
    if not builder.fitting.wanted:
        raise ConfigError(f"experiments.{whole.name}.fit: none of its systems has fitted weights", hint="leave it out")
    parts = halves(await whole.items(), share, whole.seed)
    held_out = msgspec.structs.replace(whole, pool=parts.held_out, limit=0)
    note = f"To fit weights for {whole.name}, which is reported on {len(parts.held_out):,} other items."
    measuring = msgspec.structs.replace(
        whole,
        name=whole.name + MEASURING,
        systems=dict(builder.fitting.wanted),
        rivals=frozenset(),
        reference="",
        pool=parts.fit,
        limit=0,
        samples=1,
        notes=(*whole.notes, note),
    )

    def fitted(found: Mapping[str, Alone], run_id: str) -> Experiment:
        builder.refit(found)
        systems, rivals = _systems(builder, whole.name, spec)
        notes = (*whole.notes, remark(found, run_id, len(parts.held_out)))
        return msgspec.structs.replace(held_out, systems=systems | rivals, after=(run_id,), notes=notes)

    return held_out, ToFit(measuring, fitted)
