"""`escalade regrade`: new grades for stored answers. No system is asked anything; earlier grades stay."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from escalade.cli.interrupting import interruptible
from escalade.cli.options import (
    AsJson,
    Budget,
    Changes,
    ConfigFile,
    DataFolder,
    ExperimentName,
    Offline,
    StoreUrl,
    choices_of,
)
from escalade.cli.output import print_json, table
from escalade.core.errors import StoreError

if TYPE_CHECKING:
    from escalade.config.opening import Choices, Opened
    from escalade.experiment.regrade import Needed, Regraded
    from escalade.experiment.revised import Revised


def regrade(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    run: Annotated[
        str | None,
        typer.Option("--run", help="Which run, or the start of its id.", show_default="the experiment's newest"),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what the grader would ask and what it may cost.")] = (
        False
    ),
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Grade answers to other words than the task asks now; it is noted.")
    ] = False,
    store: StoreUrl = None,
    budget: Budget = None,
    offline: Offline = False,
    data: DataFolder = None,
    change: Changes = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    json: AsJson = False,
) -> None:
    """Grade the stored answers of a run again, as the config's task grades now. Systems are not asked.

    The new grades are a revision of the run, which `show` and `compare` then use; the earlier ones stay, and
    `escalade show RUN --revision 0` shows the run's own. A grader that asks a model finds in the journal what it asked
    before, and --plan bounds the rest. --budget limits what this grading may cost.

    For example:

        escalade regrade escalade.yaml --set experiments.first.task.table.grading=number

        escalade regrade escalade.yaml first --run first-3f2a --plan
    """
    choices = choices_of(store=store, data=data, change=change, offline=offline, budget=budget, asks=not plan)
    asyncio.run(_regrade(config, experiment, choices, _Wish(run, plan, anyway, quiet or json, json)))


class _Wish(NamedTuple):
    """What was asked for, apart from the config."""

    run: str | None
    plan: bool
    anyway: bool
    quiet: bool
    json: bool


async def _regrade(path: Path, name: str | None, choices: "Choices", wish: _Wish) -> None:
    from escalade.config.opening import open_experiment  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.experiment.regrade import Regrading  # noqa: PLC0415
    from escalade.ledger.budget import Limits  # noqa: PLC0415
    from escalade.report.progress import Progress  # noqa: PLC0415

    async with open_experiment(path, name, choices) as opened:
        task = opened.experiment.task
        try:
            earlier = _run_of(opened, wish.run)
            limits = Limits(usd=choices.budget_usd)
            slots = opened.experiment.concurrency
            work = await Regrading.of(task, earlier, anyway=wish.anyway, concurrency=slots, budget=limits)
            if not work.is_needed():
                _say_needless(earlier, json=wish.json)
            elif wish.plan:
                _print_plan(earlier, await work.needed(), json=wish.json)
            else:
                with Progress(quiet=wish.quiet) as progress:
                    progress.limited_by(work.budget)
                    async with interruptible(work.budget):
                        done = await work.run(progress)
                _print_changes(done, work.notes, json=wish.json)
        finally:
            await task.close()


def _run_of(opened: "Opened", named: str | None) -> "Revised":
    """The named run, or the newest of the experiment that has answers."""
    from escalade.experiment.revised import revised  # noqa: PLC0415  (heavy: --help must be quick)

    if named is not None:
        return revised(opened.store, named)
    name = opened.experiment.name
    found = next((run for run, _, trials in opened.store.runs() if run.experiment == name and trials), None)
    if found is None:
        raise StoreError(
            f"{opened.store.shown} holds no run of the experiment {name!r}",
            hint="`escalade run` makes one; --run names a run of another experiment, --store another store",
        )
    return revised(opened.store, found.id)


def _say_needless(earlier: "Revised", *, json: bool) -> None:

    if json:
        print_json({"run": earlier.run.id, "revision": None, "needed": False})
    else:
        typer.echo(f"run {earlier.run.id} has the grades of this task already; nothing was graded")


def _print_plan(earlier: "Revised", needed: "Needed", *, json: bool) -> None:
    from escalade.report.money import money  # noqa: PLC0415  (heavy: --help must be quick)

    if json:
        facts = {"trials": needed.trials, "new_gradings": needed.new, "worst": needed.worst}
        print_json({"run": earlier.run.id, "needed": True, **facts})
        return
    typer.echo(
        f"run {earlier.run.id}: {needed.trials:,} trials to grade; the grader would ask anew for {needed.new:,} of "
        f"them, at most {needed.worst.calls:,} calls and {money(needed.worst.usd)}"
    )


def _print_changes(done: "Regraded", notes: list[str], *, json: bool) -> None:

    revision = done.revision
    changes = [
        {"before": before, "after": after, "trials": n}
        for (before, after), n in sorted(done.changes.items(), key=lambda c: (str(c[0][0]), str(c[0][1])))
    ]
    if json:
        print_json({"run": revision.run, "revision": revision.number, "notes": notes, "changes": changes})
        return
    rows = [[_said(c["before"]), _said(c["after"]), f"{c['trials']:,}"] for c in changes]
    table(f"run {revision.run}, revision {revision.number}", ["grade before", "now", "answers"], rows, words=2)
    for note in notes:
        typer.echo(note)
    typer.echo(f"`escalade show {revision.run}` shows the new grades, with `--revision 0` the run's own")


def _said(outcome: object) -> str:
    return "no answer to grade" if outcome is None else str(outcome).replace("_", " ")
