"""What commands print: the report of a run, as tables or as JSON."""

import sys

import msgspec
import typer

from escalade.analysis import Summary, Tally, to_json
from escalade.store import Store


def summary_of(store: Store, run_id: str) -> Summary:
    """The report of a run, from what is stored."""
    run, ended = store.run(run_id)
    tally = Tally(run)
    for record in store.records(run.id):
        tally.add(record)
    paid = {system: total for (system, account), total in store.paid(run.id).items() if account == "system"}
    return tally.summary(paid, finished=ended == "finished")


def print_summary(store: Store, run_id: str, *, json: bool) -> None:
    summary = summary_of(store, run_id)
    if json:
        _write(to_json(summary))
        return
    from escalade.report import console, render  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    render(summary, out)
    out.print(f"stored in {store.shown} as run {run_id}; `escalade why {run_id} ITEM` explains a question")


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    _write(msgspec.json.encode(value))


def _write(json: bytes) -> None:
    sys.stdout.write(msgspec.json.format(json, indent=2).decode() + "\n")


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """A plain table of text."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from escalade.report import console  # noqa: PLC0415

    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console().print(drawn)


def say(text: str) -> None:
    typer.echo(text, err=True)
