"""`escalade report`: the runs of a store as one HTML file. Nothing is called and nothing is paid."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, OpenedStoreUrl
from escalade.cli.output import print_json, say

if TYPE_CHECKING:
    from escalade.report.html import Built

_MEGA = 1_000_000


def report(
    runs: Annotated[list[str], typer.Argument(help="Ids of runs, or the starts of them.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")] = Path("report.html"),
    figures: Annotated[
        Path | None, typer.Option(help="A folder for every figure as SVG and PNG.", show_default=False)
    ] = None,
    tables: Annotated[Path | None, typer.Option(help="A folder for all numbers as CSV.", show_default=False)] = None,
    texts: Annotated[
        int | None,
        typer.Option(min=0, help="Characters kept of each text; longer ones lose their middle.", show_default="4000"),
    ] = None,
    store: OpenedStoreUrl = None,
    json: AsJson = False,
) -> None:
    """Write one HTML file that needs no network: figures, tables, and every question with who said what.

    Several runs stand beside one another; where they asked different questions, in tables of their own. Tasks that keep
    their questions private, such as gpqa, keep them out of this file, too.

    For example:

        escalade report demo-3f2a -o report.html

        escalade report demo-3f2a demo-91c0 --figures figures --tables tables
    """
    from escalade.experiment.collector import rare_collections  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.html import Choices, build_report  # noqa: PLC0415
    from escalade.report.html.build import TEXT_LIMIT  # noqa: PLC0415

    choices = Choices(text_limit=TEXT_LIMIT if texts is None else texts, figures=figures, tables=tables)
    quiet = json or not sys.stderr.isatty()
    with rare_collections, opened_store(store) as opened:  # a long run has Records by the million, and no cycles
        built = build_report(opened, runs, out, choices, (lambda _: None) if quiet else say)
    if json:
        print_json(built)
    else:
        _tell(built)


def _tell(built: "Built") -> None:
    typer.echo(f"wrote {built.report}: {built.questions:,} questions, {built.bytes / _MEGA:.1f} MB")
    if built.texts_cut:
        typer.echo(
            f"{built.texts_cut:,} texts longer than {built.text_limit:,} characters are cut; --texts keeps more of them"
        )
    for what, files in (("figures", built.figures), ("tables", built.tables)):
        if files:
            typer.echo(f"wrote {len(files)} files of {what} to {Path(files[0]).parent}")
