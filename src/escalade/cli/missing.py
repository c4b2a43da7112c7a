"""`escalade misses`: every trial that was no success. Nothing is called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, OpenedStoreUrl
from escalade.cli.output import print_json

if TYPE_CHECKING:
    from escalade.analysis.misses import Miss
    from escalade.store import Store

_SHOWN = 50


def misses(
    run: Annotated[
        str,
        typer.Argument(
            help="RUN or RUN:SYSTEM; the run's id may be shortened.", metavar="RUN[:SYSTEM]", show_default=False
        ),
    ],
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="wrong, unparsed, failed, ungraded or partial; may be repeated.", show_default="all but partial"
        ),
    ] = None,
    item: Annotated[str | None, typer.Option(help="Of this item only.", show_default="all")] = None,
    limit: Annotated[
        int | None, typer.Option(help="How many to show; 0 is all.", min=0, show_default="50, with --json all")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Whole answers.")] = False,
    store: OpenedStoreUrl = None,
    json: AsJson = False,
) -> None:
    """List the items that went wrong: wrong answers, unreadable ones, failures, and those that a grader failed on.

    Texts of tasks that keep their questions private, such as gpqa, are withheld.

    For example:

        escalade misses first-3f2a:ladder --kind unparsed --full
    """
    from escalade.analysis.misses import misses as of_records  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.cli.contestants import named  # noqa: PLC0415

    kinds = _kinds(kind)
    with opened_store(store) as opened:
        seen, systems = named(opened, run)
        found = [
            miss
            for miss in of_records(record for record in seen.records(item=item) if record.system in systems)
            if miss.kind in kinds
        ]
        most = limit if limit is not None else 0 if json else _SHOWN
        shown = _with_texts(opened, found[:most] if most else found, full=full)
        if seen.run.redacted:
            from escalade.report.misses import withheld_miss  # noqa: PLC0415

            shown = [withheld_miss(miss) for miss in shown]
    if json:
        print_json(shown)
        return
    _draw(seen.run.id, found, shown, full=full)
    for note in seen.notes:
        typer.echo(note)


def _kinds(told: list[str] | None) -> Sequence[str]:
    from escalade.analysis.misses import KINDS  # noqa: PLC0415  (heavy: --help must be quick)

    if wrong := [kind for kind in told or () if kind not in KINDS]:
        raise typer.BadParameter(f"{wrong[0]!r} is none of {', '.join(KINDS)}", param_hint="--kind")
    return told or [kind for kind in KINDS if kind != "partial"]


def _with_texts(store: "Store", misses: "Sequence[Miss]", *, full: bool) -> "list[Miss]":
    """With the texts of their Calls: of all where they are shown whole, else where no answer could be read."""
    from escalade.models.journal import said  # noqa: PLC0415  (heavy: --help must be quick)

    wanted = [miss.call for miss in misses if miss.call and (full or miss.kind == "unparsed")]
    rows = store.texts(wanted)
    return [msgspec.structs.replace(miss, text=said(rows[miss.call])) if miss.call in rows else miss for miss in misses]


def _draw(run: str, found: "Sequence[Miss]", shown: "Sequence[Miss]", *, full: bool) -> None:
    from escalade.report import console, draw  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.misses import counts, draw_counts, draw_misses  # noqa: PLC0415

    if not found:
        typer.echo(f"run {run}: no such misses")
        return
    out = console()
    with draw.full_width(out):
        draw_counts(f"run {run}", counts(found), out)
        draw_misses(shown, out, full=full)
    if len(shown) < len(found):
        typer.echo(f"{len(found) - len(shown):,} more; --limit 0 shows all")
    typer.echo(f"`escalade why {run} {shown[0].item}` explains an item")
