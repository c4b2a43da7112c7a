"""Which data sets an MLflow has, as far as who asks may read them.

A server with users refuses to anybody but its administrators a search that names no experiments: there it is done
experiment by experiment, so that a data set which lies in none is not found.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

_PAGE = 1000


def data_sets(client: "MlflowClient") -> list[Any]:
    """All that there are, newest first. Raises what MLflow raises."""
    try:
        found = list(_all(client.search_datasets))
    except Exception as error:
        if getattr(error, "error_code", "") != "PERMISSION_DENIED":
            raise
        found = _by_experiment(client)
    return sorted(found, key=lambda one: one.created_time, reverse=True)


def _by_experiment(client: "MlflowClient") -> list[Any]:
    """MLflow shows everybody those experiments that he may read, and no others."""
    ids = [one.experiment_id for one in _all(client.search_experiments)]
    found: dict[str, Any] = {}
    for start in range(0, len(ids), _PAGE):
        for one in _all(client.search_datasets, ids[start : start + _PAGE]):
            found[one.dataset_id] = one
    return list(found.values())


def _all(search: Callable[..., Any], *given: Any) -> Iterator[Any]:
    """What a search of MLflow's client finds, page by page."""
    token: str | None = None
    while True:
        page = search(*given, max_results=_PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return
