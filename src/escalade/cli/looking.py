"""`escalade show`, `why` and `runs`: looking at what is stored. Nothing is called and nothing is paid."""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.options import AsJson, OpenedStoreUrl, RunId
from escalade.cli.output import print_json, table
from escalade.core.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from escalade.store import Store


def show(
    run: RunId,
    *,
    store: OpenedStoreUrl = None,
    revision: Annotated[
        int | None,
        typer.Option(help="With the grades and prices of this revision; 0 is the run's own.", show_default="newest"),
    ] = None,
    json: AsJson = False,
) -> None:
    """Print the report of a run again, with the newest grades and prices that it was given.

    For example:

        escalade show demo-3f2a --json
    """
    from escalade.cli.summarising import print_summary  # noqa: PLC0415  (heavy: --help must be quick)

    with opened_store(store) as opened:
        print_summary(opened, opened.run(run)[0].id, json=json, revision=revision)


def runs(*, store: OpenedStoreUrl = None, json: AsJson = False) -> None:
    """List the runs of a store, newest first.

    For example:

        escalade runs --store sqlite:///escalade-demo.sqlite
    """
    with opened_store(store) as opened:
        found = opened.runs()
        if json:
            print_json([{"run": run, "ended": ended, "trials_done": done} for run, ended, done in found])
            return
        if not found:
            typer.echo(f"no runs in {opened.shown}")
            return
        rows = [
            [
                run.id,
                datetime.fromtimestamp(run.at, UTC).strftime("%Y-%m-%d %H:%M"),
                run.task,
                f"{done}/{run.items * run.samples * len(run.systems)}",
                ended or "unfinished",
            ]
            for run, ended, done in found
        ]
        table(f"runs in {opened.shown}", ["run", "begun (UTC)", "task", "trials", "ended"], rows, words=3)


def why(
    run: RunId,
    item: Annotated[str, typer.Argument(help="The item's id.", show_default=False)],
    *,
    system: Annotated[str | None, typer.Option(help="This system only.", show_default="all")] = None,
    store: OpenedStoreUrl = None,
    full: Annotated[bool, typer.Option("--full", help="Whole texts, not their beginnings.")] = False,
    prompts: Annotated[bool, typer.Option("--prompts", help="Show what was sent, too.")] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show the texts of a task that keeps them private, on a terminal only.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Explain one question: who said what, what the gates decided, why it stopped, what each part cost.

    Some tasks, such as gpqa, keep their questions private: what was said is then withheld unless you --reveal it.

    For example:

        escalade why demo-3f2a demo-0007 --system cascade
    """
    from escalade.experiment.revised import revised  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.withheld import withheld  # noqa: PLC0415

    with opened_store(store) as opened:
        seen = revised(opened, run)
        found = seen.run
        records = [r for r in seen.records(item=item) if system in (None, r.system)]
        if not records:
            raise StoreError(
                f"run {found.id} has no finished trial of item {item!r}" + (f" by {system!r}" if system else ""),
                hint="the ids of items are those of the task's file; `escalade show` says how many are done",
            )
        if found.redacted and reveal and (json or not sys.stdout.isatty()):
            raise ConfigError(
                f"the texts of {found.task} are shown on a terminal only", hint="its authors ask that none be exported"
            )
        if json:
            print_json([withheld(record) for record in records] if found.redacted else records)
            return
        from escalade.cli.explaining import explain  # noqa: PLC0415

        explain(opened, found, records, full=full, prompts=prompts, reveal=reveal)
        for note in seen.notes:
            typer.echo(note)


def opened_store(url: str | None) -> "Store":
    """The store, which must be there: looking makes none, and needs none that can be written."""
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.store import Store  # noqa: PLC0415

    url = url or DEFAULT_STORE
    _, is_file, path = url.partition("sqlite:///")
    with suppress(PermissionError):  # which the store tells better
        if is_file and not Path(path.partition("?")[0]).exists():
            raise StoreError(
                f"there is no store {url}",
                hint="name it with --store, also where a config names it; `escalade run` makes one",
            )
    return Store.open(url, reading=True)
