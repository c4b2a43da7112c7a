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
        found = list(_all(lambda token: client.search_datasets(max_results=_PAGE, page_token=token)))
    except Exception as error:
        if getattr(error, "error_code", "") != "PERMISSION_DENIED":
            raise
        found = _by_experiment(client)
    return sorted(found, key=lambda one: one.created_time, reverse=True)


def _by_experiment(client: "MlflowClient") -> list[Any]:
    """MLflow shows everybody those experiments that he may read, and no others."""
    readable = _all(lambda token: client.search_experiments(max_results=_PAGE, page_token=token))
    ids = [one.experiment_id for one in readable]
    found: dict[str, Any] = {}
    for start in range(0, len(ids), _PAGE):
        some = ids[start : start + _PAGE]
        for one in _all(lambda token, some=some: client.search_datasets(some, max_results=_PAGE, page_token=token)):
            found[one.dataset_id] = one
    return list(found.values())


def _all(page_at: Callable[[str | None], Any]) -> Iterator[Any]:
    token: str | None = None
    while True:
        page = page_at(token)
        yield from page
        token = page.token
        if not token:
            return
