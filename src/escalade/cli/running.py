"""`escalade run`: an experiment from its config to its report."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.options import (
    AsJson,
    Budget,
    Changes,
    Concurrency,
    ConfigFile,
    DataFolder,
    ExperimentName,
    Limit,
    Mlflow,
    Offline,
    StoreUrl,
    as_usd,
)

if TYPE_CHECKING:
    from escalade.cli.following import Tracking
    from escalade.config.opening import Choices, Opened
    from escalade.experiment import Experiment, Outcome, Runner
    from escalade.search import Searcher
    from escalade.store import Store


def run(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    store: StoreUrl = None,
    json: AsJson = False,
    limit: Limit = None,
    seed: Annotated[int | None, typer.Option(help="Decides which items and every other draw.")] = None,
    budget: Budget = None,
    concurrency: Concurrency = None,
    offline: Offline = False,
    data: DataFolder = None,
    change: Changes = None,
    mlflow: Mlflow = None,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", help="Ask again what failed for a reason that may have passed."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the report.")] = False,
) -> None:
    """Run an experiment and print its report.

    Run the same command again after an interruption: finished work is kept and nothing is paid twice. A question that
    failed (a server that was down, a time-out) counts as a loss until it is asked again with --retry-failed.

    For example:

        escalade run escalade.yaml

        escalade run escalade.yaml arena --limit 50 --budget 2.50

        escalade run escalade.yaml --json > report.json
    """
    from escalade.config.opening import Choices  # noqa: PLC0415  (heavy: --help must be quick)

    choices = Choices(
        store=store,
        data=data,
        changes=tuple(change or ()),
        offline=offline,
        limit=limit,
        seed=seed,
        budget_usd=as_usd(budget),
        concurrency=concurrency,
        retry_failed=retry_failed,
    )
    code = asyncio.run(run_experiment(config, experiment, choices, json=json, quiet=quiet or json, mlflow=mlflow))
    raise typer.Exit(code)


async def run_experiment(
    path: Path, name: str | None, choices: "Choices", *, json: bool, quiet: bool, mlflow: str | None = None
) -> int:
    """Run it, print its report and return the exit code; `mlflow` is what the command line says on logging there."""
    from escalade.cli.following import Tracking, mlflow_settings  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.cli.output import print_summary  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import chosen, load, open_experiment  # noqa: PLC0415

    if chosen(load(path, choices), name, path)[1].search is not None:
        from escalade.cli.output import say  # noqa: PLC0415
        from escalade.cli.searching import run_search  # noqa: PLC0415
        from escalade.config.open_search import Flags  # noqa: PLC0415

        if mlflow not in (None, "off"):
            say("a search is not followed to MLflow: `escalade track RUN` logs its runs when they are done")
        return await run_search(path, name, choices, Flags(), json=json, quiet=quiet)
    async with open_experiment(path, name, choices) as opened:
        spec = opened.config.track
        tracking = Tracking(mlflow_settings(spec, mlflow, path), report=spec is None or spec.report)
        outcome = await _run(opened, tracking, quiet=quiet)
        print_summary(opened.store, outcome.run.id, json=json)
        _leave_interrupts_to_python()
        tracking.finish(outcome.run, opened.store, quiet=quiet)
        return say_how_it_ended(outcome)


async def _run(opened: "Opened", tracking: "Tracking", *, quiet: bool) -> "Outcome":
    """How the experiment ended, or else the run that has to be finished before it."""
    experiment = opened.experiment
    if opened.to_fit is not None:
        measured = await _ran(opened.to_fit.experiment, opened.store, None, quiet=quiet)
        if measured.ended != "finished":
            return measured
        experiment = opened.to_fit.fitted(opened.store, measured.run.id)
    return await _ran(experiment, opened.store, tracking, quiet=quiet)


async def _ran(experiment: "Experiment", store: "Store", tracking: "Tracking | None", *, quiet: bool) -> "Outcome":
    from escalade.experiment import Runner  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.progress import Progress  # noqa: PLC0415

    with Progress(quiet=quiet) as progress:
        watcher = await tracking.beside(progress, experiment, store) if tracking else progress
        runner = Runner(experiment, store, watcher)
        progress.limited_by(runner.budget)
        stop_on_interrupt(runner)
        return await runner.run()


def stop_on_interrupt(runner: "Runner | Searcher") -> None:
    """Ctrl-C stops gracefully, a second one at once."""
    loop = asyncio.get_running_loop()
    presses = 0

    def stop() -> None:
        nonlocal presses
        presses += 1
        if presses == 1:
            typer.echo("\nstopping: waiting for the calls in flight; press Ctrl-C again to cut them", err=True)
        runner.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform != "win32":
            loop.add_signal_handler(number, stop)


def _leave_interrupts_to_python() -> None:
    """What follows a run is not done by the loop, which alone could hear them otherwise."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if sys.platform != "win32":
            asyncio.get_running_loop().remove_signal_handler(number)


def say_how_it_ended(outcome: "Outcome") -> int:
    from escalade.core.errors import BudgetExceeded  # noqa: PLC0415

    if outcome.ended == "finished":
        return 0
    left = f"{outcome.done} of {outcome.trials} trials are done and kept"
    if outcome.ended == "interrupted":
        typer.echo(f"interrupted: {left}; run the same command again to go on", err=True)
        return 130
    typer.echo(f"stopped: {outcome.error}; {left}", err=True)
    if outcome.error is not None and outcome.error.hint:
        typer.echo(f"  try: {outcome.error.hint}", err=True)
    return 3 if isinstance(outcome.error, BudgetExceeded) else 1
