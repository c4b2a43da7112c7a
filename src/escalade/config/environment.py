"""The variables that a config may name: those of the environment, and those of the `.env` beside it that it lacks.

A `.env` that cannot be read whole is an error with its line, never a guess: what was meant to be in it would be missed
later, under another name. No message shows a value.
"""

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from escalade.core.errors import ConfigError

_HINT = "write one NAME=value a line, in double quotes where it has a space or a #; comments begin with #"


def variables(folder: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment's variables, and those of the `.env` in `folder` that it lacks. Raises ConfigError."""
    return _dotenv(folder / ".env") | dict(os.environ if environ is None else environ)


def _dotenv(path: Path) -> dict[str, str]:
    text = _text(path)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            raise ConfigError(f"{path}, line {_line(binding)}: this is not NAME=value", hint=_HINT)
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def _text(path: Path) -> str:
    """What is in the file; nothing where there is none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        hint = "make it a file that you may read, or move it away and set the variables in the environment"
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint=hint) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}, line {line}: this is not UTF-8", hint="save the file as UTF-8") from None


def _line(binding: Binding) -> int:
    """The parser counts from the empty lines before."""
    said = binding.original.string
    return binding.original.line + said[: len(said) - len(said.lstrip())].count("\n")
