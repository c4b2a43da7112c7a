"""`escalade run`: an experiment from its config to its report."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.interrupting import OneByOne, leave_interrupts_to_python, stop_on_interrupt
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
    Seed,
    StoreUrl,
    choices_of,
)
from escalade.cli.output import say, say_overrun
from escalade.core.errors import BudgetExceeded

if TYPE_CHECKING:
    from escalade.analysis import Summary
    from escalade.cli.following import Tracking
    from escalade.config.opening import Choices, Opened
    from escalade.experiment import Experiment, RunOutcome
    from escalade.store import Store


def run(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    store: StoreUrl = None,
    json: AsJson = False,
    limit: Limit = None,
    seed: Seed = None,
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
    failed (a server's error, a time-out) counts as a loss until it is asked again with --retry-failed. Where nothing
    answers any more, the run stops; the same command then goes on when the provider answers again.

    For example:

        escalade run escalade.yaml

        escalade run escalade.yaml arena --limit 50 --budget 2.50

        escalade run escalade.yaml --json > report.json
    """
    choices = choices_of(
        store=store,
        data=data,
        change=change,
        offline=offline,
        limit=limit,
        seed=seed,
        budget=budget,
        concurrency=concurrency,
        retry_failed=retry_failed,
    )
    code = asyncio.run(run_experiment(config, experiment, choices, json=json, quiet=quiet or json, mlflow=mlflow))
    raise typer.Exit(code)


async def run_experiment(
    path: Path, name: str | None, choices: "Choices", *, json: bool, quiet: bool, mlflow: str | None = None
) -> int:
    """Run it, print its report and return the exit code; `mlflow` is what the command line says on logging there."""
    from escalade.cli.completing import track_command  # noqa: PLC0415
    from escalade.cli.following import Tracking, mlflow_settings  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.cli.summarising import print_summary  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import chosen, load, open_experiment  # noqa: PLC0415

    if chosen(load(path, choices), name, path)[1].search is not None:
        from escalade.cli.searching import run_search  # noqa: PLC0415
        from escalade.config.open_search import Flags  # noqa: PLC0415

        if mlflow not in (None, "off"):
            say("a search is not followed to MLflow: `escalade track RUN` logs its runs when they are done")
        return await run_search(path, name, choices, Flags(), json=json, quiet=quiet)
    async with open_experiment(path, name, choices) as opened:
        spec = opened.config.track
        settings = mlflow_settings(spec, mlflow, path, offline=choices.offline)
        command = partial(track_command, config=path, choices=choices, mlflow=mlflow)
        tracking = Tracking(settings, command, report=spec is None or spec.report)
        outcome = await _run(opened, tracking, quiet=quiet)
        summary = print_summary(opened.store, outcome.run.id, json=json)
        leave_interrupts_to_python()
        tracking.finish(outcome.run, opened.store, quiet=quiet)
        return say_how_it_ended(outcome) or _say_if_unanswered(summary, opened.store)


async def _run(opened: "Opened", tracking: "Tracking", *, quiet: bool) -> "RunOutcome":
    """How the experiment ended, or else the run that has to be finished before it."""
    experiment, works = opened.experiment, OneByOne()
    stop_on_interrupt(works)
    if opened.to_fit is not None:
        measured = await _ran(opened.to_fit.experiment, opened.store, None, works, quiet=quiet)
        if measured.ended != "finished":
            return measured
        experiment = opened.to_fit.fitted(opened.store, measured.run.id)
    return await _ran(experiment, opened.store, tracking, works, quiet=quiet)


async def _ran(
    experiment: "Experiment", store: "Store", tracking: "Tracking | None", works: OneByOne, *, quiet: bool
) -> "RunOutcome":
    from escalade.experiment import Runner  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.progress import Progress  # noqa: PLC0415

    if experiment.budget.usd is not None and not quiet:
        await _say_what_grading_may_cost(experiment)
    with Progress(quiet=quiet) as progress:
        watcher = await tracking.beside(progress, experiment, store) if tracking else progress
        runner = Runner(experiment, store, watcher)
        progress.limited_by(runner.budget)
        works.begin(runner)
        return await runner.run()


async def _say_what_grading_may_cost(experiment: "Experiment") -> None:
    """Who limits a run in dollars is told, before the first call, what the limit does not hold."""
    from escalade.models.structure import worst_sum  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.money import money  # noqa: PLC0415

    items = await experiment.items()
    if not any(worst.calls for worst in experiment.worst_grading(items[:1]).values()):
        return
    worst = worst_sum(list(experiment.worst_grading(items).values()))
    say(
        f"the limit of {money(experiment.budget.usd)} does not hold grading, an account apart: "
        f"at most {worst.calls:,} calls, {money(worst.usd)}"
    )


def _say_if_unanswered(summary: "Summary", store: "Store") -> int:
    """1 where a finished run says nothing, since not one of its trials was answered."""
    from escalade.report.unanswered import unanswered  # noqa: PLC0415  (heavy: --help must be quick)

    if any(system.coverage for system in summary.systems):
        return 0
    found = unanswered(store.records(summary.run.id))
    if found is None:
        return 0
    say(found.sentence)
    if found.remedy:
        say(f"  try: {found.remedy}")
    return 1


def say_how_it_ended(outcome: "RunOutcome") -> int:
    """On standard error; the exit code."""
    if outcome.overrun_usd:
        say_overrun(outcome.overrun_usd)
    if outcome.ended == "finished":
        return 1 if outcome.overrun_usd else 0
    left = f"{outcome.done} of {outcome.trials} trials are done and kept"
    if outcome.ended == "interrupted":
        typer.echo(f"interrupted: {left}; run the same command again to go on", err=True)
        return 130
    typer.echo(f"stopped: {outcome.error}; {left}", err=True)
    if outcome.error is not None and outcome.error.hint:
        typer.echo(f"  try: {outcome.error.hint}", err=True)
    return 3 if isinstance(outcome.error, BudgetExceeded) else 1
