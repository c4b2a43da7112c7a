"""`escalade demo`: the whole of Escalade on simulated models, with no key and no network."""

import asyncio
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from escalade.cli.running import run_experiment

_STORE = "sqlite:///escalade-demo.sqlite"


def demo(
    *,
    store: Annotated[str, typer.Option("--store", help="Where the results go.")] = _STORE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the reports.")] = False,
) -> None:
    """Compare a baseline, a panel vote and a cascade on simulated models. No key, no network, under a minute.

    For example:

        escalade demo
    """
    from escalade.config.opening import Choices  # noqa: PLC0415  (heavy: --help must be quick)

    typer.echo("Simulated models on bundled questions: this shows how Escalade works, and nothing about real models.\n")
    with resources.as_file(resources.files("escalade.config") / "starter" / "demo.yaml") as config:
        for name, about in _WORLDS.items():
            typer.echo(f"{about}\n")
            code = asyncio.run(run_experiment(Path(config), name, Choices(store=store), json=False, quiet=quiet))
            if code:
                raise typer.Exit(code)
            typer.echo()
    typer.echo(f"Both runs are in {store}: `escalade runs --store {store}` lists them.")
    typer.echo("To do the same with real models:\n")
    typer.echo("    escalade init && cp .env.example .env    # then put your key into .env")
    typer.echo("    escalade run escalade.yaml --limit 20")


_WORLDS = {
    "ladder": "A world in which a ladder pays: three models of rising skill and price, and a fair judge.",
    "dominant": "A world in which it does not: one cheap model is better than all the others.",
}
