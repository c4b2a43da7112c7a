"""Trying again what may pass: a busy database, a server that restarts. Knows nothing of what is tried."""

import time
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")
_WAITS_S = (0.5, 2.0, 8.0)
_FINAL = frozenset({
    "INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS", "UNAUTHENTICATED",
    "PERMISSION_DENIED", "ENDPOINT_NOT_FOUND", "NOT_IMPLEMENTED", "INVALID_STATE",
})  # fmt: skip
"""MLflow's codes of refusals that another try would meet too."""


def again(attempt: Callable[[], R], *, before: Callable[[], object] = lambda: None) -> R:
    """The result of `attempt`; `before` runs before another try. Raises what the last try raised."""
    for wait in _WAITS_S:
        try:
            return attempt()
        except Exception as error:
            if getattr(error, "error_code", "") in _FINAL:
                raise
            time.sleep(wait)
            before()
    return attempt()
