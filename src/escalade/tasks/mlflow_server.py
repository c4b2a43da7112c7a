"""MLflow, opened: which server or file is meant, who asks, and its noise kept from users.

The one door to the library: everything else asks `opened` for a client. MLflow is slow to import (seconds) and is
imported here alone, when it is used. Its usage reports to its makers stay off unless `MLFLOW_DISABLE_TELEMETRY` says
otherwise, and it prints nothing. What it raises comes out as a TrackingError that shows no password.
"""

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from escalade.core.errors import ConfigError, EscaladeError, TrackingError

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE = "sqlite:///mlflow.db"
"""Where `mlflow ui` looks by itself, in the folder that it is started in."""
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",  # a server that hangs would hold a finished run up for two minutes a try
    "GIT_PYTHON_REFRESH": "quiet",
}
_OURS = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
"""Set over the user's own: repeating a request that made a run makes a second. `track.sending` looks first."""
_LOGGERS = ("mlflow", "alembic", "urllib3")
_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):[^@/\s]*@")
_HINT = "check the address, and that the server is running; `mlflow ui` starts one on this machine's files"
_SAY_WHO = (
    "name the server with its user and password: MLFLOW_TRACKING_URI, MLFLOW_TRACKING_USERNAME and"
    " MLFLOW_TRACKING_PASSWORD, or `mlflow`, `user` and `password` under `track`"
)
_ASK = "the user may not do that with what is somebody else's: ask its owner or an administrator"
_HINTS = {
    "UNAUTHENTICATED": _SAY_WHO,
    "401 Client Error": _SAY_WHO,
    "PERMISSION_DENIED": _ASK,
    "403 Client Error": _ASK,
    "error responses": "the server has trouble of its own, which its log names",
    "schema": "if another version of MLflow made it: run `mlflow db upgrade {where}`",
}
"""By MLflow's code of an error, or by what it says."""
_CAUSE = re.compile(
    r"""Caused by \w+\((?P<quote>["'])(?:HTTPS?Connection(?:Pool)?\([^)]*\): )?(?P<cause>.*?)(?P=quote)\)"""
)
"""What matters in a failure to connect, without pool and path."""


class Address(Struct, frozen=True, kw_only=True):
    """An MLflow server or file, and who asks it: None for whoever the environment names, "" for nobody."""

    uri: str
    user: str | None = None
    password: str | None = None

    @property
    def shown(self) -> str:
        """The address without a password."""
        return without_password(self.uri)

    @property
    def here(self) -> bool:
        """Whether it is a file of this machine, which no network is needed for."""
        return self.uri.startswith(("sqlite:", "file:"))

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"


def address(said: str | None = None, environ: Mapping[str, str] | None = None) -> Address:
    """The address that `said` means: "sqlite", an address, or, where nothing is said, MLFLOW_TRACKING_URI's."""
    uri = said or (os.environ if environ is None else environ).get("MLFLOW_TRACKING_URI") or "sqlite"
    if uri == "sqlite":
        return Address(uri=SQLITE)
    if "://" not in uri:
        raise ConfigError(
            f"{uri!r} is no address of MLflow", hint="write `sqlite`, sqlite:///file.db or http://host:5000"
        )
    return Address(uri=uri)


def without_password(text: str) -> str:
    """`text` with the password of every address in it taken out."""
    return _PASSWORD.sub(r"\1:***@", text)


@contextmanager
def opened(where: Address) -> "Iterator[MlflowClient]":
    """A client of `where`, which MLflow's own functions use too inside the block.

    MLflow keeps its address in the process, so that two blocks must not overlap with different addresses. Raises
    ConfigError where MLflow is not installed, TrackingError for whatever MLflow raises inside.
    """
    settings = {name: os.environ.get(name, value) for name, value in _QUIET.items()} | _OURS | _credentials(where)
    before = {name: os.environ.get(name) for name in (*settings, "MLFLOW_TRACKING_URI")}
    for name, value in settings.items():
        _set(name, value)
    try:
        with troubles_of(where):
            yield _client(where)
    finally:
        if "mlflow" in sys.modules:
            sys.modules["mlflow"].set_tracking_uri(None)
        for name, value in before.items():
            _set(name, value)


@contextmanager
def troubles_of(where: Address) -> Iterator[None]:
    """What MLflow and what it stands on raise comes out as a TrackingError; ours goes through as it is."""
    try:
        yield
    except EscaladeError:
        raise
    except Exception as error:
        raise trouble(where, error) from error


def trouble(where: Address, error: Exception) -> TrackingError:
    """The TrackingError for what MLflow raised: the first line of what it says, and what to do."""
    lines = without_password(str(error)).strip().splitlines()
    said = lines[0] if lines else type(error).__name__
    if cause := _CAUSE.search(said):
        said = cause["cause"]
    code = getattr(error, "error_code", "")
    hint = next((hint for sign, hint in _HINTS.items() if sign == code or sign in said), _HINT)
    return TrackingError(f"MLflow at {where.shown} failed: {said[:300]}", hint=hint.format(where=where.shown))


def _client(where: Address) -> "MlflowClient":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import mlflow  # noqa: PLC0415  (seconds, and an extra)
        except ImportError as error:
            raise ConfigError(
                "MLflow is not installed", hint="install it with pip install 'escalade[mlflow]'"
            ) from error
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        mlflow.set_tracking_uri(where.uri)
        return mlflow.MlflowClient(where.uri)


def _credentials(where: Address) -> dict[str, str | None]:
    """The variables by which MLflow learns who asks; None for one that it must not see."""
    named = {"MLFLOW_TRACKING_USERNAME": where.user, "MLFLOW_TRACKING_PASSWORD": where.password}
    if where.user is not None:
        named["MLFLOW_TRACKING_TOKEN"] = ""
    return {name: value or None for name, value in named.items() if value is not None}


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
