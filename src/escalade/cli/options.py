"""Options that several commands share, described once."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[Path, typer.Argument(help="The config, a YAML file.", show_default=False)]
ExperimentName = Annotated[
    str | None,
    typer.Argument(help="Which experiment of the config; may be left out if it has one.", show_default=False),
]
StoreUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where Calls and Records are: sqlite:///file or postgresql+psycopg://user@host/db.",
        envvar="ESCALADE_STORE",
        show_default="the config's, else sqlite:///escalade.sqlite",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on stdout.")]
DataFolder = Annotated[
    str | None,
    typer.Option("--data", help="The folder that ${ESCALADE_DATA} names in the config.", show_default=False),
]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Change a key of the config: path.to.key=value.", show_default=False)
]
Offline = Annotated[bool, typer.Option("--offline", help="Call no model: answer from the journal alone.")]


def as_usd(text: str | None) -> Decimal | None:
    """An amount of money from the command line."""
    if text is None:
        return None
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text} is no amount; write it like 2.50") from error
    if not amount.is_finite() or amount < 0:
        raise typer.BadParameter(f"{text} is no amount that can be spent")
    return amount


Limit = Annotated[int | None, typer.Option("--limit", min=0, help="How many items, drawn by the seed; 0 is all.")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", min=1, help="Questions under way at once.")]
Budget = Annotated[
    str | None,
    typer.Option("--budget", help="US dollars that the whole run may cost.", show_default=False, metavar="USD"),
]
Mlflow = Annotated[
    str | None,
    typer.Option(
        "--mlflow",
        help="Log to MLflow: `sqlite` (mlflow.db in this folder), an address, `on` for that of the config or of"
        " MLFLOW_TRACKING_URI, or `off`.",
        show_default="as the config's `track` says",
        metavar="WHERE",
    ),
]
