"""Kinds that other packages add by entry point, and the one module that such a package imports from `escalade.config`.

The groups are `escalade.strategies`, `escalade.gates`, `escalade.tasks` and `escalade.graders`. The entry point's name
is the kind's name in a config; what it loads is a `Spec`, whose fields are the keys of the config, with a method
`build`:

    strategies   build(builder, path, name) -> Model    has a field with the name of the kind
    gates        build(builder, path) -> Gate           has a field with the name of the kind
    tasks        build(builder, path) -> Task
    graders      build(builder, path) -> Grader

`builder` turns what stands in the fields into objects (`system`, `members`, `gate`, `prompt`, `file`); `path` is where
in the config we are, for its error messages; `name` is what the system is called, "" if it has no name of its own.
examples/extension is a package with one of each.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from escalade.config.problems import Path, Spec, dotted
from escalade.config.strategies import GateRef, MembersRef, SystemRef
from escalade.core.errors import ConfigError

__all__ = ["GateRef", "Group", "MembersRef", "Path", "Spec", "SystemRef", "dotted", "installed"]

Group = Literal["strategies", "gates", "tasks", "graders"]


@cache
def installed(group: Group) -> dict[str, Any]:
    """What installed packages add to `group`, by name. Raises ConfigError for a plug-in that cannot serve."""
    found: dict[str, Any] = {}
    for point in entry_points(group=f"escalade.{group}"):
        if point.name in found:
            raise _unusable(point, f"another package adds {point.name!r} to {group}, too")
        found[point.name] = _loaded(point, group)
    return found


def kinds(group: Group, own: Mapping[str, Any]) -> dict[str, Any]:
    """Our `own` kinds and those that are installed; none of them may take the place of one of ours."""
    added = installed(group)
    if taken := sorted(own.keys() & added.keys()):
        raise ConfigError(
            f"a plug-in adds {', '.join(map(repr, taken))} to {group}, which Escalade has itself",
            hint="mend or uninstall the plug-in",
        )
    return {**own, **added}


def _loaded(point: EntryPoint, group: Group) -> Any:
    try:
        kind = point.load()
    except Exception as error:
        raise _unusable(point, f"it cannot be loaded: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Spec) and hasattr(kind, "build")):
        raise _unusable(point, f"{point.value} is no Spec with a method `build`")
    if group in ("strategies", "gates") and point.name not in kind.model_fields:
        raise _unusable(point, f"{point.value} has no field {point.name!r}, by which a config could name it")
    return kind


def _unusable(point: EntryPoint, why: str) -> ConfigError:
    package = point.dist.name if point.dist else point.value
    return ConfigError(
        f"the plug-in {point.name!r} of {package} cannot be used: {why}", hint=f"mend or uninstall {package}"
    )
