"""Turning what is wrong with a config into one sentence that names the key and the nearest right spelling."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from escalade.core.errors import ConfigError

_EXPECTED = {
    "model_type": "keys with values",
    "dict_type": "keys with values",
    "list_type": "a list",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
}
"""By pydantic's kinds of error, in the words of somebody who writes YAML."""

S = TypeVar("S", bound="Spec")
Path = tuple[str | int, ...]


class Spec(BaseModel):
    """A part of a config: its fields are the keys that are allowed there, and their descriptions are the help."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Pydantic would take it for 1."""
        types = set(_types_in(cls.model_fields[str(info.field_name)].annotation))
        is_number = types & {int, float, Decimal} and bool not in types
        if is_number and any(isinstance(one, bool) for one in _scalars(value)):
            raise PydanticKnownError("int_type" if int in types else "float_type")
        return value


@contextmanager
def naming(place: object) -> Iterator[None]:
    """Errors from inside say what they are about: a config's path, or a place in it."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}", hint=error.hint) from error.__cause__
    except RecursionError:
        raise ConfigError(f"{place}: nested too deep", hint="use fewer levels") from None


def checked(kind: type[S], value: Any, path: Path) -> S:
    """`value` as a `kind`. Raises ConfigError for the first thing that is wrong, naming its key below `path`."""
    try:
        return kind.model_validate(value)
    except ValidationError as errors:
        problems = errors.errors(include_url=False, include_input=False)
        raise _explained(kind, value, problems, path) from None


def _explained(kind: type[Spec], value: Any, problems: Sequence[Mapping[str, Any]], path: Path) -> ConfigError:
    problem = problems[0]
    inner = _keys(value, problem["loc"])
    if problem["loc"][-1:] == ("[key]",):
        named = f"{dotted((*path, *inner[:-1]))}: the name {inner[-1]!r} is no text"
        return ConfigError(named, hint="write it in quotes")
    if problem["type"] == "missing":
        inner = (*inner, problem["loc"][-1])
    at = dotted((*path, *inner))
    if problem["type"] == "extra_forbidden":
        fields = _fields_at(kind, inner[:-1])
        return unknown("key", str(inner[-1]), fields, at=dotted((*path, *inner[:-1])))
    if problem["type"] == "missing":
        return ConfigError(f"{dotted((*path, *inner[:-1])) or 'the config'}: the key {inner[-1]!r} is missing")
    # What may be one of several kinds has a problem with each of them.
    said = dict.fromkeys(_said(other) for other in problems if _keys(value, other["loc"]) == inner)
    fields = _fields_at(kind, inner) if problem["type"] == "model_type" else []
    hint = f"write it as {{{fields[0]}: ...}}; its keys are: {', '.join(fields)}" if fields else ""
    return ConfigError(f"{at or 'the config'}: {', or '.join(said).replace(', or expected', ', or')}", hint=hint)


def _said(problem: Mapping[str, Any]) -> str:
    if problem["type"] in _EXPECTED:
        return f"expected {_EXPECTED[problem['type']]}"
    if problem["type"] == "literal_error":
        return f"expected {problem['ctx']['expected']}"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}"


def _keys(value: Any, place: Path) -> Path:
    """The part of `place` that is keys of `value`: pydantic also names there which branch of a union it tried."""
    keys: Path = ()
    for step in place:
        inside = step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int)
        if inside:
            keys, value = (*keys, step), value[step]
    return keys


def _fields_at(kind: type[BaseModel], steps: Path) -> list[str]:
    at, is_key = kind, False
    for step in steps:
        if is_key:
            is_key = False
            continue
        field = at.model_fields.get(str(step))
        found = [one for one in _types_in(field.annotation) if issubclass(one, BaseModel)] if field else []
        if field is None or not found:
            return []
        at, is_key = found[0], get_origin(field.annotation) in (dict, list)
    return list(at.model_fields)


def _types_in(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _types_in(inner)


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    else:
        yield value


def named_one(what: str, value: Any, kinds: Mapping[str, type[S]], path: Path) -> tuple[type[S], Any, Path]:
    """The kind that stands at `path` as NAME or {NAME: settings}, with its settings and their place."""
    named = {value: None} if isinstance(value, str) else value
    if not isinstance(named, dict) or len(named) != 1:
        raise ConfigError(f"{dotted(path)}: write the {what} as NAME, or with its settings as {{NAME: {{...}}}}")
    [(name, settings)] = named.items()
    if name not in kinds:
        raise unknown(what, str(name), kinds, at=dotted(path))
    return kinds[name], {} if settings is None else settings, (*path, name)


def unknown(what: str, name: str, known: Iterable[str], *, at: str) -> ConfigError:
    """An error for a name that is none of `known`."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}" if names else ""
    place = f"{at}: " if at else ""
    return ConfigError(f"{place}there is no {what} {name!r}", hint=hint)


def dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
