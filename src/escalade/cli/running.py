"""`escalade run`: an experiment from its config to its report."""

import asyncio
import gc
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.options import (
    AsJson,
    Budget,
    Changes,
    ConfigFile,
    DataFolder,
    ExperimentName,
    Offline,
    StoreUrl,
    as_usd,
)

if TYPE_CHECKING:
    from escalade.config.opening import Choices
    from escalade.experiment import Outcome, Runner


def run(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    store: StoreUrl = None,
    json: AsJson = False,
    limit: Annotated[int | None, typer.Option(help="How many items, drawn by the seed; 0 is all.")] = None,
    seed: Annotated[int | None, typer.Option(help="Decides which items and every other draw.")] = None,
    budget: Budget = None,
    concurrency: Annotated[int | None, typer.Option(help="Questions under way at once.")] = None,
    offline: Offline = False,
    data: DataFolder = None,
    change: Changes = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the report.")] = False,
) -> None:
    """Run an experiment and print its report.

    Run the same command again after an interruption: finished work is kept and nothing is paid twice.

    For example:

        escalade run escalade.yaml

        escalade run escalade.yaml arena --limit 50 --budget 2.50

        escalade run escalade.yaml --json > report.json
    """
    from escalade.config.opening import Choices  # noqa: PLC0415  (heavy: --help must be quick)

    # A run makes short-lived values by the million; looking for cycles among them so often costs a tenth of its time.
    gc.set_threshold(20_000, 20, 20)
    choices = Choices(
        store=store,
        data=data,
        changes=tuple(change or ()),
        offline=offline,
        limit=limit,
        seed=seed,
        budget_usd=as_usd(budget),
        concurrency=concurrency,
    )
    code = asyncio.run(run_experiment(config, experiment, choices, json=json, quiet=quiet or json))
    raise typer.Exit(code)


async def run_experiment(path: Path, name: str | None, choices: "Choices", *, json: bool, quiet: bool) -> int:
    """Run it, print its report and return the exit code."""
    from escalade.cli.output import print_summary  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.opening import open_experiment  # noqa: PLC0415
    from escalade.experiment import Runner  # noqa: PLC0415
    from escalade.report.progress import Progress  # noqa: PLC0415

    async with open_experiment(path, name, choices) as opened:
        with Progress(quiet=quiet) as progress:
            runner = Runner(opened.experiment, opened.store, progress)
            _on_interrupt(runner)
            outcome = await runner.run()
        print_summary(opened.store, outcome.run.id, json=json)
        return _say_how_it_ended(outcome)


def _on_interrupt(runner: "Runner") -> None:
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


def _say_how_it_ended(outcome: "Outcome") -> int:
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
