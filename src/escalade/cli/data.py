"""`escalade data`: benchmarks' files, fetched before they are needed, and benchmarks as MLflow data sets."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from escalade.cli import fetching
from escalade.cli.options import AsJson, Changes, DataFolder, choices_of
from escalade.cli.output import print_json, say, table
from escalade.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalade.config.opening import Choices
    from escalade.config.problems import Path as Place
    from escalade.config.schema import ConfigSpec
    from escalade.tasks import Item, Task
    from escalade.tasks.mlflow_server import Address

app = typer.Typer(
    help="Fetch benchmarks; put them into MLflow as data sets, and list those that are there.", no_args_is_help=True
)
Where = Annotated[
    str | None,
    typer.Option(
        "--mlflow",
        help="`sqlite` (mlflow.db in this folder) or an address.",
        show_default="the config's, else MLFLOW_TRACKING_URI's, else sqlite",
        metavar="WHERE",
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="A config, for its experiments' tasks and its `track`.")
]


app.command("fetch")(fetching.fetch)


@app.command("push")
def push(
    task: Annotated[
        str,
        typer.Argument(
            help="A task's name, such as math500; one with its settings, '{table: {path: my.csv}}'; with --config also"
            " an experiment's name.",
            show_default=False,
        ),
    ],
    *,
    mlflow: Where = None,
    if_exists: Annotated[
        Literal["merge", "replace", "fail"],
        typer.Option(help="Where the data set is there: add and mend; make it equal to the task; or touch nothing."),
    ] = "merge",
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Push a task whose authors ask that its questions be kept private.")
    ] = False,
    config: ConfigOption = None,
    data: DataFolder = None,
    change: Changes = None,
    json: AsJson = False,
) -> None:
    """Make a task's questions an MLflow data set, or renew it. Pushed twice, it is the same: nothing is doubled.

    For example:

        escalade data push math500 --mlflow sqlite

        escalade data push '{table: {path: questions.csv, grading: choice}}' --mlflow http://127.0.0.1:5000
    """
    from escalade.cli.following import counting  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.track.data_sets import PRIVATE  # noqa: PLC0415
    from escalade.track.data_sets import push as push_items  # noqa: PLC0415

    choices = choices_of(data=data, change=change, asks=False)
    loaded = _config(config, choices)
    found, items = asyncio.run(_items(task, loaded, config, choices))
    if found.redacted and not reveal:
        raise ConfigError(
            f"{found.name} is not pushed: {PRIVATE.format(task=found.name)}",
            hint="--reveal pushes it all the same, to an MLflow that only you and your colleagues can read",
        )
    if found.redacted:
        say(f"notice: {PRIVATE.format(task=found.name)}")
    where = _where(mlflow, loaded, config)
    with counting(quiet=json) as progress:
        pushed = push_items(found, items, where, if_exists=if_exists, progress=progress)
    if json:
        print_json(pushed)
        return
    typer.echo(
        f"{pushed.name} ({pushed.id}) in experiment {pushed.experiment} of {pushed.where}: {pushed.records:,} records,"
        f" {pushed.added:,} added, {pushed.changed:,} changed, {pushed.removed:,} removed"
    )
    typer.echo(f"as a task of a config: {{mlflow: {{name: {pushed.name}}}}}")


@app.command("list")
def list_data_sets(
    *, mlflow: Where = None, config: ConfigOption = None, change: Changes = None, json: AsJson = False
) -> None:
    """List the data sets of an MLflow, with the ids by which a config can name them.

    For example:

        escalade data list --mlflow sqlite
    """
    from escalade.track.data_sets import listed  # noqa: PLC0415  (heavy: --help must be quick)

    loaded = _config(config, choices_of(change=change, asks=False))
    where = _where(mlflow, loaded, config)
    found = listed(where)
    if json:
        print_json(found)
    elif not found:
        typer.echo(f"no data sets in {where.shown}")
    else:
        rows = [[one["name"], one["id"], one["task"] or "", one["items"] or ""] for one in found]
        table(f"data sets in {where.shown}", ["name", "id", "pushed from", "items"], rows, words=3)


def _config(path: Path | None, choices: "Choices") -> "ConfigSpec | None":
    from escalade.config.opening import load  # noqa: PLC0415  (heavy: --help must be quick)

    return None if path is None else load(path, choices)


def _where(said: str | None, config: "ConfigSpec | None", path: Path | None) -> "Address":
    from escalade.config.tracking import mlflow_address  # noqa: PLC0415  (heavy: --help must be quick)

    return mlflow_address(said, config.track if config else None, path.parent if path else Path())


def _with_nobody_to_judge(kind: "type[ConfigSpec]") -> "tuple[ConfigSpec, dict[str, Any]]":
    """Arena-Hard's questions alone: its task wants a judge and a baseline, and pushing asks neither."""
    config = kind.model_validate({"models": {"nobody": {"simulated": {"like": "ladder/judge"}}}})
    return config, {"arena_hard": {"judge": "nobody", "baseline": "nobody"}}


async def _items(
    said: str, config: "ConfigSpec | None", path: Path | None, choices: "Choices"
) -> "tuple[Task, Sequence[Item]]":
    """The task that the words mean, with its items."""
    import yaml  # noqa: PLC0415  (heavy: --help must be quick)

    from escalade.config.open_task import open_task  # noqa: PLC0415
    from escalade.config.schema import ConfigSpec  # noqa: PLC0415

    try:
        value = yaml.safe_load(said)
    except yaml.YAMLError as error:
        raise ConfigError(f"{said} is no task", hint="write a name, or '{NAME: {key: value}}'") from error
    place: Place = ()
    if config is not None and said in config.experiments:
        value, place = config.experiments[said].task, ("experiments", said, "task")
    if value == "arena_hard":
        config, value = _with_nobody_to_judge(ConfigSpec)
    folder = path.parent if path else Path()
    async with open_task(value, place, config or ConfigSpec(), folder, choices) as found:
        return found.task, found.items
