"""`escalade import`: a `cascade_models.yaml` becomes a config, and what it could not carry is told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.core.errors import ConfigError

if TYPE_CHECKING:
    from escalade.config.ancestor_models import Report


def import_config(
    file: Annotated[Path, typer.Argument(help="The cascade_models.yaml.", show_default=False)],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the config here.", show_default="standard output")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Turn Sigmoid MLM's cascade_models.yaml into a config; on stderr, say what could not be carried.

    For example:

        escalade import cascade_models.yaml -o escalade.yaml
    """
    from escalade.config.ancestor import import_ancestor  # noqa: PLC0415  (heavy: --help must be quick)

    if output is not None and output.exists() and not force:
        raise ConfigError(f"{output} exists already", hint="--force overwrites it")
    imported = import_ancestor(file, output.name if output else "escalade.yaml")
    if output is None:
        typer.echo(imported.text, nl=False)
    else:
        try:
            output.write_text(imported.text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {output}: {error}") from error
        typer.echo(f"wrote {output}", err=True)
    _tell(imported.report)


def _tell(report: "Report") -> None:
    from escalade.report.untrusted import one_line  # noqa: PLC0415  (heavy: --help must be quick)

    for title, sentences in (
        ("not carried", report.left_out),
        ("prices that contradict each other, USD per million tokens, input/output", report.prices),
        ("carried, and acts otherwise", report.changed),
    ):
        if sentences:
            typer.echo(f"{title}:", err=True)
        for sentence in sentences:
            typer.echo(f"  {one_line(sentence, 1000)}", err=True)
