"""What commands print: the report of a run, as tables or as JSON."""

import sys
from collections.abc import Iterable, Sequence

import msgspec
import typer

from escalade.analysis import Summary, Tally, to_json
from escalade.core.money import Total
from escalade.store import Store


def summary_of(store: Store, run_id: str, revision: int | None = None) -> Summary:
    """The report of a run at a revision, by default the newest, from what is stored."""
    from escalade.experiment.revised import revised  # noqa: PLC0415  (heavy: --help must be quick)

    seen = revised(store, run_id, revision)
    run, ended = seen.run, seen.ended
    tally = Tally(run)
    for record in seen.records():
        tally.add(record)
    paid = dict.fromkeys(run.systems, Total())
    paid |= {system: total for (system, account), total in store.paid(run.id).items() if account == "system"}
    return tally.summary(paid, finished=ended == "finished")


def print_summary(store: Store, run_id: str, *, json: bool, revision: int | None = None) -> None:
    summary = summary_of(store, run_id, revision)
    if json:
        write_json(to_json(summary))
        return
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415
    from escalade.report import console, render  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    render(summary, out)
    if summary.task.metric == "win share":
        from escalade.cli.arena_boards import print_boards_of  # noqa: PLC0415  (only for judged answers)

        print_boards_of(store, run_id, revision)
    where = "" if store.shown == DEFAULT_STORE else f" --store {store.shown}"
    out.print(f"stored in {store.shown} as run {run_id}; `escalade why {run_id} ITEM{where}` explains a question")


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    write_json(msgspec.json.encode(value))


def write_json(json: bytes) -> None:
    """JSON that is encoded already, on stdout."""
    sys.stdout.write(msgspec.json.format(json, indent=2).decode() + "\n")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> None:
    """A table on stdout; the first `words` columns hold words, the others figures."""
    from escalade.report import console, draw  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    with draw.full_width(out):
        draw.table(title, heads, rows, out, words=words)


def say(text: str) -> None:
    typer.echo(text, err=True)
