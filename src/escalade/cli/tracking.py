"""`escalade track`: telling MLflow of a run that the store holds."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, Changes, DataFolder, Mlflow, RunId, StoreUrl, choices_of
from escalade.cli.output import print_json, say


def track(
    run: RunId,
    *,
    mlflow: Mlflow = None,
    detail: Annotated[
        Literal["summary", "questions", "traces"] | None,
        typer.Option(help="How much is logged.", show_default="the config's, else summary"),
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(help="The MLflow experiment.", show_default="the run's experiment")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="The run's config: for its `track`, and for right answers in traces.", show_default=False),
    ] = None,
    data: DataFolder = None,
    change: Changes = None,
    store: StoreUrl = None,
    json: AsJson = False,
) -> None:
    """Log a run to MLflow, or complete what was logged of it. Nothing is logged twice, nothing is called or paid.

    For example:

        escalade track demo-3f2a --mlflow sqlite --detail questions

        escalade track arena-91c0 --mlflow http://127.0.0.1:5000 --detail traces --config escalade.yaml
    """
    from escalade.cli.following import counting, mlflow_settings, questions, report_of  # noqa: PLC0415  (heavy)
    from escalade.config.open_task import items_of  # noqa: PLC0415
    from escalade.config.opening import load  # noqa: PLC0415
    from escalade.experiment.figures import summary_of  # noqa: PLC0415
    from escalade.track import track as log_run  # noqa: PLC0415

    choices = choices_of(data=data, change=change, asks=False)
    loaded = load(config, choices) if config else None
    spec = loaded.track if loaded else None
    settings = mlflow_settings(spec, mlflow or "on", config, detail=detail, experiment=experiment)
    if settings is None:
        raise typer.BadParameter("off is no place to log to", param_hint="--mlflow")
    with opened_store(store or (loaded.store if loaded else None)) as opened:
        found, _ = opened.run(run)
        asked = questions(asyncio.run(items_of(found, loaded, config, choices))) if config and loaded else {}
        summary = summary_of(opened, found.id)
        with report_of(opened, found.id, wanted=spec is None or spec.report) as files, counting(quiet=json) as progress:
            tracked = log_run(found, opened, summary, settings, asked=asked, progress=progress, files=files)
    if json:
        print_json({"run": found.id, "mlflow": settings.where.shown, **tracked.as_dict()})
    else:
        say(tracked.sentence)
