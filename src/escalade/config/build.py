"""Names become objects: the one place where a config's words turn into Models, gates and tasks.

A name stands for one object however often it is used, so that systems share what they have in common. Connections that
are opened on the way belong to the Builder, which closes them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from escalade.config.fitting import Fitting
from escalade.config.gates import GATES
from escalade.config.plugins import kinds
from escalade.config.problems import Path, checked, dotted, named_one, unknown
from escalade.config.schema import ConfigSpec
from escalade.config.strategies import STRATEGIES, SampleSpec
from escalade.config.tasks import TASKS
from escalade.core.errors import ConfigError
from escalade.experiment import Alone
from escalade.gates import Gate
from escalade.models.http import Http
from escalade.models.journal import Journal
from escalade.models.protocol import Model
from escalade.models.server import Server
from escalade.prompts import Template, from_file, names, template
from escalade.simulate import KnownItem, World
from escalade.strategies import sample
from escalade.tasks.fetch import USUAL, DataFiles
from escalade.tasks.protocol import Item, Task


class Builder:
    """Builds what a config describes. Its simulated and recorded models know the items that are `known`, no others."""

    def __init__(
        self,
        config: ConfigSpec,
        folder: FilePath,
        *,
        journal: Journal | None = None,
        files: DataFiles = USUAL,
        asks: bool = True,
        known: Sequence[Item] = (),
    ) -> None:
        """Relative paths of the config start at its `folder`. What `asks` no model needs no key."""
        self.config = config
        self.folder = folder
        self.journal = journal
        self.files = files
        self.asks = asks
        self.known = known
        self.http = Http()
        self.fitting = Fitting()
        self._models: dict[str, Model] = {}
        self._systems: dict[str, Model] = {}
        self._being_built: list[str] = []
        self.servers: dict[str, Server] = {}
        """Those that are needed so far."""
        self._worlds: dict[int, World] = {}
        self._prompts = {name: self._own_prompt(name, file) for name, file in config.prompts.items()}

    async def close(self) -> None:
        await self.http.close()

    def for_items(self, known: Sequence[Item]) -> "Builder":
        """A Builder of the same config, for models that know these items. Whoever closes this one closes both."""
        other = Builder(self.config, self.folder, journal=self.journal, files=self.files, asks=self.asks, known=known)
        other.http = self.http
        return other

    @property
    def has_models(self) -> bool:
        """Whether a model was built."""
        return bool(self._models)

    def named(self, name: str, path: Path = ()) -> Model:
        """The system or model of that name."""
        if name in self._systems:
            return self._systems[name]
        if name in self.config.systems:
            return self._named_system(name)
        if name in self.config.models:
            return self._named_model(name)
        raise unknown("model or system", name, [*self.config.systems, *self.config.models], at=dotted(path))

    def system(self, value: Any, path: Path, name: str = "") -> Model:
        """A model by name, or a system described in place; `name` is what it will be called."""
        if isinstance(value, str):
            return self.named(value, path)
        kind, spec = self._spec("system", value, kinds("strategies", STRATEGIES), path)
        if kind == "sample":
            raise ConfigError(f"{dotted(path)}: samples are several answers; put them into a vote or a fuse")
        built: Model = spec.build(self, path, name)
        return built

    def members(self, value: Any, path: Path) -> list[Model]:
        """A list of systems; `{sample: NAME, n: 5}` among them, or instead of the list, is five members."""
        if isinstance(value, list):
            members = [member for place, entry in enumerate(value) for member in self.entry(entry, (*path, place))]
        elif isinstance(value, dict) and "sample" in value:
            members = self.entry(value, path)
        else:
            raise ConfigError(f"{dotted(path)}: expected a list", hint="write [NAME, ...], or {sample: NAME, n: 5}")
        if not members:
            raise ConfigError(f"{dotted(path)}: name at least one model or system")
        return members

    def entry(self, value: Any, path: Path) -> list[Model]:
        """What stands in such a list: a system, or several samples of one."""
        if isinstance(value, dict) and "sample" in value:
            spec = checked(SampleSpec, value, path)
            return sample(self.system(spec.sample, (*path, "sample")), spec.n)
        return [self.system(value, path)]

    def gate(self, value: Any, path: Path) -> Gate:
        _, spec = self._spec("gate", value, kinds("gates", GATES), path)
        built: Gate = spec.build(self, path)
        return built

    def task(self, value: Any, path: Path) -> Task:
        """The task that `value` names, alone or with its settings."""
        kind, settings, at = named_one("task", value, kinds("tasks", TASKS), path)
        built: Task = checked(kind, settings, at).build(self, at)
        return built

    def refit(self, measured: Mapping[str, Alone]) -> None:
        """Build systems with these measurements from now on."""
        self.fitting.measured = dict(measured)
        self._systems.clear()

    def prompt(self, name: str) -> Template:
        return self._prompts.get(name) or template(name)

    def server(self, name: str, path: Path) -> Server:
        """The endpoint of that name."""
        if name not in self.config.endpoints:
            raise unknown("endpoint", name, self.config.endpoints, at=dotted(path))
        if name not in self.servers:
            self.servers[name] = self.config.endpoints[name].server(self, name)
        return self.servers[name]

    def world(self, seed: int) -> World:
        """The simulated world of the items that are known."""
        if seed not in self._worlds:
            self._worlds[seed] = World(
                [
                    KnownItem(id=i.id, text=i.turns[0], gold=i.gold, expects=i.expects, labels=i.labels)
                    for i in self.known
                ],
                seed=seed,
            )
        return self._worlds[seed]

    def file(self, path: str) -> FilePath:
        """A path of the config: absolute, from the home folder, or from where the config lies."""
        expanded = FilePath(path).expanduser()
        return expanded if expanded.is_absolute() else self.folder / expanded

    def _named_system(self, name: str) -> Model:
        if name in self._being_built:
            raise ConfigError(f"systems.{name} contains itself: {' -> '.join([*self._being_built, name])}")
        self._being_built.append(name)
        try:
            self._systems[name] = self.system(self.config.systems[name], ("systems", name), name)
        finally:
            self._being_built.pop()
        return self._systems[name]

    def _named_model(self, name: str) -> Model:
        if name not in self._models:
            path = ("models", name)
            self._models[name] = self.config.models[name].build(self, name, path)
        return self._models[name]

    def _spec(self, what: str, value: Any, kinds: Mapping[str, Any], path: Path) -> tuple[str, Any]:
        """The kind of a described thing, and its checked settings."""
        if not isinstance(value, dict):
            raise ConfigError(f"{dotted(path)}: expected a {what}, not {value!r}", hint=f"kinds: {', '.join(kinds)}")
        found = [kind for kind in kinds if kind in value]
        if not found and "sample" in value:
            return "sample", None
        if not found:
            raise unknown(f"kind of {what}", str(next(iter(value), "")), kinds, at=dotted(path))
        if len(found) > 1:
            raise ConfigError(f"{dotted(path)}: {' and '.join(found)} stand side by side; one of them must go inside")
        return found[0], checked(kinds[found[0]], value, path)

    def _own_prompt(self, name: str, file: str) -> Template:
        if name not in names():
            raise unknown("prompt", name, names(), at="prompts")
        return from_file(name, self.file(file))
