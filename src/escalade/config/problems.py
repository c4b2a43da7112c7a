"""Turning what is wrong with a config into one sentence that names the key and the nearest right spelling."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from escalade.core.errors import ConfigError

S = TypeVar("S", bound="Spec")
Path = tuple[str | int, ...]


class Spec(BaseModel):
    """A part of a config: its fields are the keys that are allowed there, and their descriptions are the help."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


def checked(kind: type[S], value: Any, path: Path) -> S:
    """`value` as a `kind`. Raises ConfigError for the first thing that is wrong, naming its key below `path`."""
    try:
        return kind.model_validate(value)
    except ValidationError as errors:
        problem = errors.errors(include_url=False, include_input=False)[0]
        raise _explained(kind, problem, path) from None


def _explained(kind: type[Spec], problem: Mapping[str, Any], path: Path) -> ConfigError:
    inner = tuple(step for step in problem["loc"] if not _is_branch(step))
    at = dotted((*path, *inner))
    if problem["type"] == "extra_forbidden":
        fields = _fields_at(kind, inner[:-1])
        return unknown("key", str(inner[-1]), fields, at=dotted((*path, *inner[:-1])))
    if problem["type"] == "missing":
        return ConfigError(f"{dotted((*path, *inner[:-1])) or 'the config'}: the key {inner[-1]!r} is missing")
    message = str(problem["msg"]).removeprefix("Value error, ")
    return ConfigError(f"{at}: {message[:1].lower()}{message[1:]}")


def _is_branch(step: str | int) -> bool:
    """Pydantic names the branch of a union in an error's place; a config has no such key."""
    return isinstance(step, str) and (step.endswith(("Spec", "]")) or step in ("str", "int", "float", "bool"))


def _fields_at(kind: type[BaseModel], steps: Path) -> list[str]:
    at: type[BaseModel] | None = kind
    for step in steps:
        field = at.model_fields.get(str(step)) if at else None
        found = list(_models_in(field.annotation)) if field else []
        at = found[0] if found else None
    return list(at.model_fields) if at else []


def _models_in(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def unknown(what: str, name: str, known: Iterable[str], *, at: str) -> ConfigError:
    """An error for a name that is none of `known`."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}" if names else ""
    place = f"{at}: " if at else ""
    return ConfigError(f"{place}there is no {what} {name!r}", hint=hint)


def dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
