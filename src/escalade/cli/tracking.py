"""`escalade track`: telling MLflow of a run that the store holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from escalade.cli.options import AsJson, Changes, DataFolder, Mlflow, RunId, StoreUrl, choices_of

if TYPE_CHECKING:
    from escalade.config.opening import Choices
    from escalade.store import Run
    from escalade.track.trace import Question


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
    from escalade.cli.following import counting, mlflow_settings, report_of  # noqa: PLC0415  (heavy: --help is quick)
    from escalade.cli.looking import opened_store  # noqa: PLC0415
    from escalade.cli.output import print_json, say  # noqa: PLC0415
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
        asked = _asked(found, config, choices) if config else {}
        summary = summary_of(opened, found.id)
        with report_of(opened, found.id, wanted=spec is None or spec.report) as files, counting(quiet=json) as progress:
            tracked = log_run(found, opened, summary, settings, asked=asked, progress=progress, files=files)
    if json:
        print_json({"run": found.id, "mlflow": settings.where.shown, **tracked.as_dict()})
    else:
        say(tracked.sentence)


def _asked(run: "Run", config: Path, choices: "Choices") -> "dict[str, Question]":
    """The questions of the run, if the config has its task."""
    import asyncio  # noqa: PLC0415  (heavy: --help is quick)

    from escalade.cli.following import questions  # noqa: PLC0415
    from escalade.config.build import Builder  # noqa: PLC0415
    from escalade.config.opening import data_files, load  # noqa: PLC0415
    from escalade.core.errors import ConfigError  # noqa: PLC0415

    loaded = load(config, choices)
    if run.experiment not in loaded.experiments:
        raise ConfigError(f"{config} has no experiment {run.experiment!r}, which the run was of")
    builder = Builder(loaded, config.parent, files=data_files(config.parent, choices), asks=False)
    task = builder.task(loaded.experiments[run.experiment].task, ("experiments", run.experiment, "task"))
    items = asyncio.run(task.items())
    if task.fingerprint != run.task_fingerprint:
        raise ConfigError(
            f"the task of {config} is no longer the one that the run was of",
            hint="leave --config out",
        )
    return questions(items)
