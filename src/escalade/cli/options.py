"""Options that several commands share, described once, and what they say over a config."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escalade.core.money import is_amount
from escalade.core.text import is_unicode

if TYPE_CHECKING:
    from escalade.config.opening import Choices


def unicode_only(text: str | None) -> str | None:
    """The callback of what names a store or a folder of data."""
    if text is not None and not is_unicode(text):
        raise typer.BadParameter("this is no Unicode text; write it in UTF-8")
    return text


def _store_option(default: str) -> Any:
    """Where the store is; `default` in words."""
    return typer.Option(
        "--store",
        help="Where Calls and Records are: sqlite:///file or postgresql+psycopg://user@host/db.",
        envvar="ESCALADE_STORE",
        callback=unicode_only,
        show_default=default,
    )


THE_CONFIG_S = "the config's"
"""The default, in words, of what a config says too."""
ConfigFile = Annotated[Path, typer.Argument(help="The config, a YAML file.", show_default=False)]
ExperimentName = Annotated[
    str | None,
    typer.Argument(help="Which experiment of the config; may be left out if it has one.", show_default=False),
]
RunId = Annotated[str, typer.Argument(help="The run's id, or the start of it.", show_default=False)]
StoreUrl = Annotated[str | None, _store_option("the config's, else sqlite:///escalade.sqlite")]
OpenedStoreUrl = Annotated[str | None, _store_option("sqlite:///escalade.sqlite")]
"""Of a command that reads no config, and so knows no store but the one that is named."""
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on stdout.")]
DataFolder = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="The data folder: ${ESCALADE_DATA} in the config, and where benchmarks' files are looked for.",
        callback=unicode_only,
        show_default=False,
    ),
]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Change a key of the config: path.to.key=value.", show_default=False)
]
Offline = Annotated[
    bool,
    typer.Option("--offline", help="Use no network: answer from the journal alone, with data that is here already."),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, help="How many items, drawn by the seed; 0 is all.", show_default=THE_CONFIG_S),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", help="Decides which items and every other draw.", show_default=THE_CONFIG_S),
]
Concurrency = Annotated[
    int | None,
    typer.Option("--concurrency", min=1, max=100_000, help="Questions under way at once.", show_default=THE_CONFIG_S),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", help="US dollars that this may cost.", show_default=False, metavar="USD"),
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


def choices_of(
    *,
    store: str | None = None,
    data: str | None = None,
    change: list[str] | None = None,
    offline: bool = False,
    limit: int | None = None,
    seed: int | None = None,
    budget: str | None = None,
    concurrency: int | None = None,
    retry_failed: bool = False,
    asks: bool = True,
) -> "Choices":
    """What a command's options say over its config. A command that `asks` no model needs no key."""
    from escalade.config.opening import Choices  # noqa: PLC0415  (heavy: --help must be quick)

    return Choices(
        store=store,
        data=data,
        changes=tuple(change or ()),
        asks=asks,
        offline=offline,
        limit=limit,
        seed=seed,
        budget_usd=_as_usd(budget),
        concurrency=concurrency,
        retry_failed=retry_failed,
    )


def _as_usd(text: str | None) -> Decimal | None:
    """An amount of money from the command line."""
    if text is None:
        return None
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text} is no amount; write it like 2.50", param_hint="--budget") from error
    if not is_amount(amount):
        raise typer.BadParameter(f"{text} is no amount that can be spent", param_hint="--budget")
    return amount
