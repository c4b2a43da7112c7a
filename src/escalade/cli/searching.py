"""`escalade search`: which structure of models is best, from the config to a config of the winner."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.interrupting import stop_on_interrupt
from escalade.cli.options import (
    THE_CONFIG_S,
    AsJson,
    Budget,
    Changes,
    Concurrency,
    ConfigFile,
    DataFolder,
    ExperimentName,
    Offline,
    StoreUrl,
    choices_of,
)
from escalade.cli.output import write_json
from escalade.cli.running import say_how_it_ended

if TYPE_CHECKING:
    from escalade.config.open_search import Flags, OpenedSearch
    from escalade.config.opening import Choices
    from escalade.search import Ended, Searched


TaskName = Annotated[str | None, typer.Option("--task", help="The task, as in a config.", show_default=THE_CONFIG_S)]
Tools = Annotated[
    str | None, typer.Option("--tools", help="The base models, with commas between.", show_default=THE_CONFIG_S)
]
Head = Annotated[
    str | None, typer.Option("--head", help="The model that leads all agents.", show_default="the best model alone")
]
TopN = Annotated[
    int | None,
    typer.Option("--top-n", help="How many of the best structures are combined.", show_default=THE_CONFIG_S),
]
ToolNumber = Annotated[int | None, typer.Option("--tool-number", help="Tools of an agent.", show_default=THE_CONFIG_S)]
TrainItems = Annotated[
    int | None, typer.Option("--train-items", help="Items to find structures on.", show_default=THE_CONFIG_S)
]
SelectionItems = Annotated[
    int | None, typer.Option("--selection-items", help="Items to choose the winner on.", show_default=THE_CONFIG_S)
]
Train = Annotated[bool, typer.Option("--train/--no-train", help="Search, or measure --structure alone.")]
Notation = Annotated[
    str | None, typer.Option("--structure", help="With --no-train: the structure, such as \"['A_2','B_1']\".")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write the winner's config here.")]
Export = Annotated[Path | None, typer.Option("--export", help="Write tables and answers into this folder.")]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=0, help="How many held-out items, drawn by the seed; 0 is all.", show_default=THE_CONFIG_S
    ),
]
Seed = Annotated[
    int | None, typer.Option("--seed", help="Decides the parts and every other draw.", show_default=THE_CONFIG_S)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the report.")]


def search(
    config: ConfigFile,
    experiment: ExperimentName = None,
    *,
    task: TaskName = None,
    tools: Tools = None,
    head: Head = None,
    top_n: TopN = None,
    tool_number: ToolNumber = None,
    train_items: TrainItems = None,
    selection_items: SelectionItems = None,
    train: Train = True,
    structure: Notation = None,
    out: Out = None,
    export: Export = None,
    store: StoreUrl = None,
    json: AsJson = False,
    limit: Limit = None,
    seed: Seed = None,
    budget: Budget = None,
    concurrency: Concurrency = None,
    offline: Offline = False,
    data: DataFolder = None,
    change: Changes = None,
    quiet: Quiet = False,
) -> None:
    """Search for the best structure of models, and report it on items that had no part in the search.

    Run the same command again after an interruption: it takes the same path and pays nothing twice.

    For example:

        escalade search escalade.yaml --task math500 --tools qwen,deepseek --train-items 20 --out winner.yaml

        escalade search escalade.yaml --no-train --structure "['qwen_2','deepseek_1']"
    """
    from escalade.config.open_search import Flags  # noqa: PLC0415  (heavy: --help must be quick)

    if train == (structure is not None):
        raise typer.BadParameter("--no-train and --structure go together: to measure one structure, say both")
    flags = Flags(
        task=task,
        tools=_names(tools),
        head=head,
        top_n=top_n,
        tool_number=tool_number,
        train_items=train_items,
        selection_items=selection_items,
        structure=structure,
    )
    choices = choices_of(
        store=store,
        data=data,
        change=change,
        offline=offline,
        limit=limit,
        seed=seed,
        budget=budget,
        concurrency=concurrency,
    )
    found = run_search(config, experiment, choices, flags, out=out, export=export, json=json, quiet=quiet or json)
    raise typer.Exit(asyncio.run(found))


def _names(listed: str | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(name.strip() for name in listed.split(",") if name.strip())


async def run_search(
    path: Path,
    name: str | None,
    choices: "Choices",
    flags: "Flags",
    *,
    out: Path | None = None,
    export: Path | None = None,
    json: bool,
    quiet: bool,
) -> int:
    """Search, print the report, write what was asked for and return the exit code."""
    from escalade.cli.search_files import check_out, export_found, write_winner  # noqa: PLC0415  (heavy)
    from escalade.config.open_search import open_search  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.search_progress import SearchProgress  # noqa: PLC0415
    from escalade.search import Searcher  # noqa: PLC0415

    if out is not None:
        check_out(path, choices, out)
    async with open_search(path, name, choices, flags) as opened:
        with SearchProgress(quiet=quiet) as progress:
            searcher = Searcher(opened.setting, opened.store, progress)
            stop_on_interrupt(searcher)
            ended = await searcher.run()
        if ended.searched.unfinished:
            return _unfinished(ended, opened, out=out, export=export, json=json)
        # Files first: whoever reads the report may stop reading.
        if out is not None:
            write_winner(ended.searched, opened, out)
        if export is not None:
            export_found(ended.searched, opened, export)
        _print(ended.searched, json=json)
        return 0


def _unfinished(ended: "Ended", opened: "OpenedSearch", *, out: Path | None, export: Path | None, json: bool) -> int:
    """Print and export what there is so far, say what is lacking, and return the exit code."""
    from escalade.cli.search_files import export_found  # noqa: PLC0415  (heavy: --help must be quick)

    if export is not None:
        export_found(ended.searched, opened, export)
    _print(ended.searched, json=json)
    code, run = say_how_it_ended(ended.outcome), ended.outcome.run
    typer.echo(f"the search ended in the round {run.experiment} (run {run.id}); it has no winner yet", err=True)
    if out is not None:
        typer.echo(f"{out} is not written: there is no winner yet", err=True)
    return code


def _print(found: "Searched", *, json: bool) -> None:
    from escalade.analysis import to_json  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report import console  # noqa: PLC0415
    from escalade.report.search import render_search  # noqa: PLC0415

    if json:
        write_json(to_json(found))
    else:
        render_search(found, console())
