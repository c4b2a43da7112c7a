"""From YAML text to plain values: duplicate keys refused, `--set` applied, `${VARIABLES}` resolved after parsing.

`${VAR}` must be set, `${VAR:-default}` falls back, `${VAR:?message}` explains; the environment comes first, then the
`.env` beside the config. `$${` is a literal `${`. A variable's value is text whatever it looks like, and is never read
as YAML; a key that wants a number reads the text as one. A secret whose variable is not set is an UnsetSecret. Text
that is no Unicode is refused: it could be neither stored nor sent.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from escalade.config.environment import variables
from escalade.config.problems import dotted, naming
from escalade.config.secrets import UnsetSecret, UnsetVariable, is_secret
from escalade.core.errors import ConfigError
from escalade.core.text import is_unicode

_VARIABLE = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<kind>[-?])(?P<rest>(?:(?!\$\{)[^}])*))?\}")
_MERGE = "tag:yaml.org,2002:merge"
"""The tag of the key `<<`, which may stand several times."""
_OURS = "ours"
"""The context of the errors in YAML that are raised here."""
_WHOLE = "write the character itself, in UTF-8, or all of it as one escape, such as \\U0001F600"
_MALFORMED = re.compile(r"\$\{[^}]*\}?")


class _Loader(yaml.SafeLoader):
    """YAML without silent surprises: a key that stands twice is an error."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == _MERGE:
            continue
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.MarkedYAMLError(_OURS, None, "a key must be a word", key_node.start_mark)
        if key in seen:
            raise yaml.MarkedYAMLError(_OURS, None, f"the key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_config(path: Path, changes: Sequence[str] = (), environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The values of the config at `path` after `changes` ("a.b.c=value"). Raises ConfigError naming file and key."""
    values = unresolved(path, changes)
    known = variables(path.parent, environ)
    with naming(path):
        resolved: dict[str, Any] = _resolve(values, known, ())
    return resolved


def unresolved(path: Path, changes: Sequence[str] = ()) -> dict[str, Any]:
    """The same with its variables as they are written, for a config that is made from this one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot read {path}: {error}", hint="`escalade init` writes a config to start from"
        ) from error
    values = _parsed(text, str(path))
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds no keys", hint="`escalade init` writes a config to start from")
    for change in changes:
        _apply(values, change)
    with naming(path):
        _check_unicode(values, ())
    return values


def _parsed(text: str, source: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506  (a subclass of the safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{source}, line {mark.line + 1}, column {mark.column + 1}" if mark else source
        hint = "" if error.context == _OURS else _hint(text, mark)
        raise ConfigError(f"{where}: {error.problem}", hint=hint) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{source} is no YAML: {error}") from error
    except RecursionError:
        raise ConfigError(f"{source}: nested too deep", hint="use fewer levels") from None


def _hint(text: str, mark: yaml.Mark | None) -> str:
    line = text.splitlines()[mark.line : mark.line + 1] if mark else []
    if "${" in "".join(line):
        return 'within braces and brackets, write a variable in quotes: "${NAME}"'
    return "check indentation (by spaces, never tabs), brackets and quotes there"


def _apply(values: dict[str, Any], change: str) -> None:
    """Carry out one `--set path=value`; the value is YAML. Errors show the path alone: the value may be a key."""
    path, equals, text = change.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise ConfigError(f"--set {path}: write it as path.to.key=value")
    at: Any = values
    for key in keys[:-1]:
        at = _step(at, key, path)
    last = keys[-1]
    if isinstance(at, list):
        at[_index(at, last, path)] = _parsed(text, f"--set {path}")
    elif isinstance(at, dict):
        at[last] = _parsed(text, f"--set {path}")
    else:
        raise ConfigError(f"--set {path}: there is no place for the key {last!r}")


def _step(at: Any, key: str, path: str) -> Any:
    if isinstance(at, list):
        return at[_index(at, key, path)]
    if isinstance(at, dict):
        if at.get(key) is None:
            at[key] = {}
        return at[key]
    raise ConfigError(f"--set {path}: {key!r} is inside something that has no keys")


def _index(at: list[Any], key: str, path: str) -> int:
    if key.isdecimal() and int(key) < len(at):
        return int(key)
    raise ConfigError(f"--set {path}: {key!r} is no position in a list of {len(at)}")


def _check_unicode(value: Any, path: tuple[str, ...]) -> None:
    """Raises ConfigError for half of a surrogate pair. A key is shown escaped, and a value not at all."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not is_unicode(str(key)):
                raise ConfigError(f"{dotted(path) or 'the config'}: the key {key!a} is no Unicode text", hint=_WHOLE)
            _check_unicode(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_unicode(inner, (*path, str(index)))
    elif isinstance(value, str) and not is_unicode(value):
        raise ConfigError(f"{dotted(path)}: the value is no Unicode text", hint=_WHOLE)


def _resolve(value: Any, variables: Mapping[str, str], path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _resolve(inner, variables, (*path, str(key))) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolve(inner, variables, (*path, str(index))) for index, inner in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    try:
        found = _substituted(value, variables, dotted(path))
    except UnsetVariable as missing:
        if is_secret(path):
            return UnsetSecret(missing)
        raise
    _check_unicode(found, path)
    return found


def _substituted(text: str, variables: Mapping[str, str], where: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return "${"
        found = variables.get(name, "")
        if found or (match["kind"] is None and name in variables):
            return found
        if match["kind"] == "-":
            return str(match["rest"])
        raise UnsetVariable(name, where, match["rest"] or "")

    for candidate in _MALFORMED.finditer(text.replace("$${", "")):
        if not _VARIABLE.fullmatch(candidate[0]):
            raise ConfigError(f"{where}: {candidate[0]} is no variable", hint="write ${NAME}, or $${ for a literal ${")
    return _VARIABLE.sub(value, text)
