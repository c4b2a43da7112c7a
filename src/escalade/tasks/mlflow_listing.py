"""Which data sets an MLflow has, as far as who asks may read them.

A server with users refuses to anybody but its administrators a search that names no experiments: there it is done
experiment by experiment, so that a data set which lies in none is not found.
"""

from typing import TYPE_CHECKING, Any

from escalade.tasks.mlflow_paging import every

if TYPE_CHECKING:
    from mlflow import MlflowClient

_PAGE = 1000


def data_sets(client: "MlflowClient") -> list[Any]:
    """All that there are, newest first. Raises what MLflow raises."""
    try:
        found = list(every(client.search_datasets, max_results=_PAGE))
    except Exception as error:
        if getattr(error, "error_code", "") != "PERMISSION_DENIED":
            raise
        found = _by_experiment(client)
    return sorted(found, key=lambda one: one.created_time, reverse=True)


def _by_experiment(client: "MlflowClient") -> list[Any]:
    """MLflow shows everybody those experiments that he may read, and no others."""
    ids = [one.experiment_id for one in every(client.search_experiments, max_results=_PAGE)]
    found: dict[str, Any] = {}
    for start in range(0, len(ids), _PAGE):
        some = ids[start : start + _PAGE]
        for one in every(client.search_datasets, experiment_ids=some, max_results=_PAGE):
            found[one.dataset_id] = one
    return list(found.values())
