"""`escalade init`, `schema` and `prompts`: what a user starts from and can replace."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from escalade.cli.options import AsJson, choices_of
from escalade.cli.output import print_json, table
from escalade.core.errors import ConfigError


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path(),
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")] = False,
) -> None:
    """Write a commented starter config, escalade.yaml, and the .env.example that goes with it.

    For example:

        escalade init && cp .env.example .env
    """
    starter = resources.files("escalade.config") / "starter"
    files = {"escalade.yaml": "escalade.yaml", ".env.example": "env.example"}
    there = [name for name in files if (folder / name).exists()]
    if there and not force:
        raise ConfigError(f"{folder / there[0]} exists already", hint="--force overwrites it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in files.items():
            (folder / name).write_text((starter / source).read_text(encoding="utf-8"), encoding="utf-8")
            typer.echo(f"wrote {folder / name}")
    except OSError as error:
        said = f"cannot write {error.filename or folder}: {error.strerror}"
        raise ConfigError(said, hint="name a folder that can be written") from error
    typer.echo(f"next: `escalade plan {folder / 'escalade.yaml'}`; for a run, copy .env.example to .env with your key")


def schema() -> None:
    """Print the JSON Schema of configs, for editors.

    For example:

        escalade schema > escalade.schema.json

    and, as the first line of a config: # yaml-language-server: $schema=escalade.schema.json
    """
    from escalade.config.schema import json_schema  # noqa: PLC0415  (heavy: --help must be quick)

    print_json(json_schema())


def prompts(
    name: Annotated[str | None, typer.Argument(help="Print this prompt whole.", show_default=False)] = None,
    *,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="With the replacements of this config.")] = None,
    json: AsJson = False,
) -> None:
    """List every prompt template, where it comes from and its fingerprint; or print one of them.

    For example:

        escalade prompts judge > my_judge.md
    """
    from escalade.prompts import names, template  # noqa: PLC0415  (heavy: --help must be quick)

    templates = {n: template(n) for n in names()}
    if config is not None:
        from escalade.config.build import Builder  # noqa: PLC0415
        from escalade.config.opening import load  # noqa: PLC0415
        from escalade.config.problems import naming  # noqa: PLC0415

        loaded = load(config, choices_of(asks=False))
        with naming(config):
            builder = Builder(loaded, config.parent)
        templates = {n: builder.prompt(n) for n in templates}
    if name is not None:
        shown = templates.get(name) or template(name)
        if json:
            print_json(shown)
        else:
            typer.echo(shown.text)
        return
    rows = [
        {"name": n, "from": t.source, "fingerprint": t.fingerprint, "variables": sorted(t.variables)}
        for n, t in templates.items()
    ]
    if json:
        print_json(rows)
        return
    table(
        "prompts; replace one with `prompts: {name: file}` in the config",
        ["prompt", "from", "fingerprint", "variables"],
        [[str(r["name"]), str(r["from"]), str(r["fingerprint"]), ", ".join(r["variables"])] for r in rows],
        words=4,
    )
