"""What commands print: the report of a run, as tables or as JSON."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from shlex import quote

import msgspec
import typer

from escalade.analysis import Summary, to_json
from escalade.experiment.figures import summary_of
from escalade.store import Store


def print_summary(store: Store, run_id: str, *, json: bool, revision: int | None = None) -> Summary:
    """Print the report and return its figures."""
    summary = summary_of(store, run_id, revision)
    if json:
        write_json(to_json(summary))
        return summary
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415
    from escalade.report import console, draw, render  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    render(summary, out)
    if summary.task.metric == "win share":
        from escalade.cli.arena_boards import print_boards_of  # noqa: PLC0415  (only for judged answers)

        print_boards_of(store, run_id, revision)
    where = "" if store.shown == DEFAULT_STORE else f" --store {quote(store.shown)}"
    command = f"escalade why {run_id} ITEM{where}"
    draw.with_command(f"stored in {store.shown} as run {run_id}; `{command}` explains a question", out)
    return summary


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


def say_overrun(usd: Decimal) -> None:
    """More was spent than a budget allows, which a price that is too low can bring about."""
    from escalade.report.money import money  # noqa: PLC0415  (heavy: not for JSON)

    say(f"the budget was exceeded by {money(usd)}: providers reported more than the prices give")
    say("  try: correct the `price` of the models that cost more")
