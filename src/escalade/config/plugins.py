"""Kinds that other packages add by entry point: `escalade.strategies`, `escalade.gates`, `escalade.tasks`,
`escalade.graders`. The entry point's name is the key in the config; what it loads is documented in CONTRIBUTING.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Any, Literal

from escalade.core.errors import ConfigError

Group = Literal["strategies", "gates", "tasks", "graders"]


@cache
def installed(group: Group) -> dict[str, Any]:
    """What installed packages add to `group`, by name. Raises ConfigError for one that cannot be loaded."""
    found: dict[str, Any] = {}
    for point in entry_points(group=f"escalade.{group}"):
        try:
            found[point.name] = point.load()
        except Exception as error:
            package = point.dist.name if point.dist else point.value
            raise ConfigError(
                f"the plug-in {point.name!r} of {package} cannot be loaded: {error}",
                hint=f"mend or uninstall {package}",
            ) from error
    return found
