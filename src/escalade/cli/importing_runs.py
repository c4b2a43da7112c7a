"""`escalade import-runs`: taking runs from MLflow into a store, where every other command finds them."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalade.cli.options import AsJson, Mlflow, OpenedStoreUrl
from escalade.cli.output import print_json, say

if TYPE_CHECKING:
    from escalade.store import Store
    from escalade.tasks.mlflow_server import Address
    from escalade.track.reading_back import ReadBack


def import_runs(
    experiment: Annotated[
        str, typer.Argument(help="The MLflow experiment's name or id, or the id of a run in it.", show_default=False)
    ],
    *,
    mlflow: Mlflow = None,
    store: OpenedStoreUrl = None,
    json: AsJson = False,
) -> None:
    """Take the runs of an MLflow experiment into the store, as far as it holds them; say what is missing.

    Runs that `escalade track` logged come back whole, with every figure; those of Sigmoid MLM's scripts with their
    answers and costs, ungraded. Then `show`, `report` and `compare` read them like any other.

    For example:

        escalade import-runs demo_v1 --mlflow sqlite

        escalade import-runs SimpleFlow_V2_v3 --mlflow http://127.0.0.1:5000
    """
    from escalade.cli.following import mlflow_settings  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415
    from escalade.store import Store  # noqa: PLC0415
    from escalade.store.adding import add_run  # noqa: PLC0415

    settings = mlflow_settings(None, mlflow or "on", None)
    if settings is None:
        raise typer.BadParameter("off is no place to read from", param_hint="--mlflow")
    found = _found(settings.where, experiment)
    told: list[dict[str, Any]] = []
    with Store.open(store or DEFAULT_STORE) as opened:
        for back in found:
            whole = len(back.records) == back.run.items * back.run.samples * len(back.run.systems)
            new = asyncio.run(add_run(opened, back.run, back.records, complete=whole))
            told.append({"run": back.run.id, "trials": len(back.records), "new": new, "missing": back.missing})
            if not json:
                _tell(back, new, opened)
    if json:
        print_json(told)


def _found(where: "Address", experiment: str) -> "list[ReadBack]":
    from escalade.tasks.mlflow_server import opened  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.track.reading_back import experiment_of, logged_runs  # noqa: PLC0415
    from escalade.track.sigmoid_mlm import ancestor_run  # noqa: PLC0415

    with opened(where) as client:
        place = experiment_of(client, experiment)
        return list(logged_runs(client, place)) or [ancestor_run(client, place)]


def _tell(back: "ReadBack", new: int, store: "Store") -> None:
    from escalade.cli.summarising import store_option  # noqa: PLC0415  (heavy: --help must be quick)

    there = "" if new == len(back.records) else f", {new:,} of them new"
    say(f"{back.run.id}: {len(back.records):,} trials of {len(back.run.systems):,} systems{there}, in {store.shown}")
    for sentence in back.missing:
        say(f"  {sentence}")
    say(f"`escalade show {back.run.id}{store_option(store)}` shows them")
