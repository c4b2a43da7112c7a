"""What commands print: the report of a run, as tables or as JSON."""

import sys
from collections.abc import Iterable, Sequence

import msgspec
import typer

from escalade.analysis import Summary, Tally, to_json
from escalade.core.money import Total
from escalade.store import Store


def summary_of(store: Store, run_id: str) -> Summary:
    """The report of a run, from what is stored."""
    run, ended = store.run(run_id)
    tally = Tally(run)
    for record in store.records(run.id):
        tally.add(record)
    paid = dict.fromkeys(run.systems, Total())
    paid |= {system: total for (system, account), total in store.paid(run.id).items() if account == "system"}
    return tally.summary(paid, finished=ended == "finished")


def print_summary(store: Store, run_id: str, *, json: bool) -> None:
    summary = summary_of(store, run_id)
    if json:
        _write(to_json(summary))
        return
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415
    from escalade.report import console, render  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    render(summary, out)
    where = "" if store.shown == DEFAULT_STORE else f" --store {store.shown}"
    out.print(f"stored in {store.shown} as run {run_id}; `escalade why {run_id} ITEM{where}` explains a question")


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    _write(msgspec.json.encode(value))


def _write(json: bytes) -> None:
    sys.stdout.write(msgspec.json.format(json, indent=2).decode() + "\n")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> None:
    """A table on stdout; the first `words` columns hold words, the others figures."""
    from escalade.report import console, draw  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    with draw.full_width(out):
        draw.table(title, heads, rows, out, words=words)


def say(text: str) -> None:
    typer.echo(text, err=True)
