"""`escalade watch`: a run as it goes, from another terminal. It reads the store and disturbs nobody."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, OpenedStoreUrl
from escalade.cli.output import print_json
from escalade.core.errors import StoreError

if TYPE_CHECKING:
    from escalade.report.watch import Watch

_REST = 20
"""Times as long as a look took: of a large run it then takes a twentieth of one core."""


def watch(
    run: Annotated[
        str | None, typer.Argument(help="The run's id, or the start of it.", show_default="the newest")
    ] = None,
    *,
    store: OpenedStoreUrl = None,
    every: Annotated[
        float | None,
        typer.Option(min=0.01, help="Seconds between two looks, at least.", show_default="1, in a pipe 10"),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    json: AsJson = False,
) -> None:
    """Follow a run from another terminal until it ends: rate, cost, limit, acceptance by rung, failures, time left.

    Ctrl-C leaves the run alone and ends the watching. With --json, the state is printed once, when the run has ended
    or, with --once, as it is.

    For example:

        escalade watch

        escalade watch first-3f2a --once --json
    """
    from escalade.report.watch import Watch  # noqa: PLC0415  (heavy: --help must be quick)

    with opened_store(store) as opened:
        newest = next((found.id for found, _, _ in opened.runs()), None) if run is None else run
        if newest is None:
            raise StoreError(f"no runs in {opened.shown}", hint="`escalade run` makes one; --store names another store")
        seen = Watch(opened, newest)
        try:
            _follow(seen, every or (1.0 if sys.stdout.isatty() else 10.0), once=once, quiet=json)
        except KeyboardInterrupt:
            if not json:
                typer.echo(f"no longer watching; run {seen.run_id} goes on")
        if json:
            print_json(seen.seen())


def _follow(seen: "Watch", every: float, *, once: bool, quiet: bool) -> None:
    """Look until the run ends, and show each state unless `quiet`."""
    from escalade.report.live import Live  # noqa: PLC0415  (heavy: --help must be quick)

    with Live(quiet=quiet) as live:
        while True:
            began = time.monotonic()
            seen.look()
            live.show(seen.lines())
            if seen.ended or once:
                return
            time.sleep(max(every, _REST * (time.monotonic() - began)))
