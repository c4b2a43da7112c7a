"""Opening a search: the experiment of a config with what the command line says over it, ready to run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from escalade.config.build import Builder
from escalade.config.opening import Choices, load, opened_builder
from escalade.config.problems import checked, naming, unknown
from escalade.config.reading import unresolved
from escalade.config.schema import ConfigSpec, ExperimentSpec
from escalade.config.searching import SearchSpec
from escalade.config.task_items import task_with_items
from escalade.config.winner import winner_config
from escalade.core.errors import ConfigError
from escalade.models.protocol import Model
from escalade.search import ItemPart, Searched, Setting
from escalade.store import Store
from escalade.strategies.stack import Tree, names_in, parse


class Flags(Struct, frozen=True, kw_only=True):
    """What the command line says over the keys of a search. None: it says nothing."""

    task: str | None = None
    """As in a config: a name, or YAML with settings."""
    tools: tuple[str, ...] | None = None
    head: str | None = None
    top_n: int | None = None
    tool_number: int | None = None
    train_items: int | None = None
    selection_items: int | None = None
    structure: str | None = None
    """Search nothing, and measure this one."""


class OpenedSearch(Struct, frozen=True, kw_only=True):
    setting: Setting
    store: Store
    experiment: ExperimentSpec
    """With what the command line said over it."""
    values: dict[str, Any]
    """The config's, its variables as they are written."""
    task: Any = None
    """The task, where the command line named another."""

    def winner(self, found: Searched) -> str:
        """The config of what was found."""
        return winner_config(self.values, found, self.experiment, task=self.task)


@asynccontextmanager
async def open_search(path: Path, name: str | None, choices: Choices, flags: Flags) -> AsyncIterator[OpenedSearch]:
    """The search of that experiment. Raises ConfigError naming file and key."""
    config = load(path, choices)
    with naming(path):
        name, spec = _chosen(config, name, flags)
        spec = _flagged(name, spec, choices, flags)
    async with opened_builder(config, path, choices) as (builder, store):
        with naming(path):
            setting = await _setting(builder, name, spec, choices, flags)
        values = unresolved(path, choices.changes)
        task = None if flags.task is None else spec.task
        yield OpenedSearch(setting=setting, store=store, experiment=spec, values=values, task=task)


def _chosen(config: ConfigSpec, name: str | None, flags: Flags) -> tuple[str, ExperimentSpec]:
    """The experiment of that name, else the only search, else the only experiment, else one made of the flags."""
    if name is not None:
        if name not in config.experiments:
            raise unknown("experiment", name, config.experiments, at="experiments")
        return name, config.experiments[name]
    searches = {key: spec for key, spec in config.experiments.items() if spec.search is not None}
    choice = searches or config.experiments
    if len(choice) == 1:
        return next(iter(choice.items()))
    if not choice and flags.task is not None:
        return "search", ExperimentSpec(task=flags.task, search=SearchSpec())
    if not choice:
        raise ConfigError("there is no experiment to search for", hint="add one with `search: {}`, or say --task")
    raise ConfigError("there are several experiments; name one", hint=f"there are: {', '.join(choice)}")


def _flagged(name: str, spec: ExperimentSpec, choices: Choices, flags: Flags) -> ExperimentSpec:
    """The experiment with what was said on the command line."""
    fields = ("tools", "head", "top_n", "tool_number", "train_items", "selection_items")
    said = {key: value for key in fields if (value := getattr(flags, key)) is not None}
    if "tools" in said:
        said["tools"] = list(said["tools"])
    given = spec.search.model_dump(exclude_unset=True) if spec.search else {}
    changes: dict[str, Any] = {"search": checked(SearchSpec, given | said, ("experiments", name, "search"))}
    if flags.task is not None:
        changes["task"] = yaml.safe_load(flags.task)
    for key in ("limit", "seed", "concurrency"):
        if (value := getattr(choices, key)) is not None:
            changes[key] = value
    return spec.model_copy(update=changes)


async def _setting(builder: Builder, name: str, spec: ExperimentSpec, choices: Choices, flags: Flags) -> Setting:
    at = ("experiments", name)
    search = spec.search or SearchSpec()
    found = await task_with_items(builder, search.split(spec.task, spec.seed), (*at, "task"))
    part, builder = found.task, found.builder
    assert isinstance(part, ItemPart)
    tree = None if flags.structure is None else parse(flags.structure)
    kit = search.kit(builder, (*at, "search"))
    budget = spec.budget.limits()
    if choices.budget_usd is not None:
        budget = msgspec.structs.replace(budget, usd=choices.budget_usd)
    compared: dict[str, Model] = {system: builder.named(system, (*at, "systems")) for system in spec.systems}
    builder.fitting.refuse()
    _check(search, tree, kit.models)
    setting = Setting(
        name=name,
        plan=search.plan(builder, spec.seed),
        division=part.division,
        kit=kit,
        structure=tree,
        compared=compared,
        limit=spec.limit,
        samples=spec.samples,
        concurrency=spec.concurrency,
        budget=budget,
        question=spec.question.limits(),
        notes=tuple(spec.notes),
    )
    setting.check_names()
    return setting


def _check(search: SearchSpec, tree: Tree | None, models: Mapping[str, Model]) -> None:
    """Raises ConfigError where nothing could be searched or measured."""
    if tree is not None:
        for wanted in names_in(tree):
            if wanted not in models:
                raise unknown("tool", wanted, models, at="--structure")
    elif min(search.train_items, search.selection_items) < 2:
        raise ConfigError(
            "a search needs at least 2 train and 2 selection items",
            hint="raise `train_items` and `selection_items`; to search nothing, say --no-train --structure",
        )
