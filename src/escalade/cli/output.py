"""How commands print: one JSON value, a table, or a line beside them on standard error."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec
import typer


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
