"""`escalade reprice`: new prices for stored tokens, and what the same tokens would have cost elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, Changes, OpenedStoreUrl, RunId
from escalade.cli.output import print_json, table
from escalade.core.errors import ConfigError

if TYPE_CHECKING:
    from escalade.config.prices import PricesByName
    from escalade.experiment.reprice import Wanted
    from escalade.experiment.revised import Revised


def reprice(
    run: RunId,
    *,
    price: Annotated[
        list[str] | None,
        typer.Option(
            "--price", help="MODEL=INPUT/OUTPUT in USD per million tokens; may be repeated.", show_default=False
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="The prices that this config's models have now.", show_default=False),
    ] = None,
    price_as: Annotated[
        str | None,
        typer.Option(
            "--price-as",
            help="Only show what the tokens would have cost at this price: PROVIDER/MODEL of the catalogue, a model "
            "of --config, or INPUT/OUTPUT.",
            show_default=False,
        ),
    ] = None,
    reported: Annotated[bool, typer.Option("--reported", help="Recompute costs that providers reported, too.")] = False,
    store: OpenedStoreUrl = None,
    change: Changes = None,
    json: AsJson = False,
) -> None:
    """Compute a run's costs anew from its tokens. Nothing is asked, and what was paid is not changed.

    New prices are a revision of the run, which `show` and `compare` then use; `escalade show RUN --revision 0` shows
    the run's own. Models that are not named keep their costs, as do costs that providers reported.

    For example:

        escalade reprice first-3f2a --price small=0.05/0.20 --price large=2/8

        escalade reprice first-3f2a --config escalade.yaml

        escalade reprice first-3f2a --price-as openai/gpt-4.1
    """
    from escalade.config.prices import PricesByName  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.experiment.revised import revised  # noqa: PLC0415

    known = PricesByName(config, tuple(change or ()))
    if price_as is not None and price:
        raise ConfigError("--price-as shows and --price changes: use one at a time")
    with opened_store(store) as opened:
        seen = revised(opened, run)
        if price_as is not None:
            _show_as(seen, known, price_as, json=json)
        else:
            _keep(seen, known.wanted(price or []), reported=reported, json=json)


def _show_as(seen: "Revised", known: "PricesByName", name: str, *, json: bool) -> None:
    from escalade.experiment.reprice import hypothetical  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.repriced import cost_rows, rates  # noqa: PLC0415

    price = known.find(name)
    systems = hypothetical(seen, price)
    if json:
        print_json({"run": seen.run.id, "hypothetical": True, "price_as": name, "price": price, "systems": systems})
        return
    title = f"HYPOTHETICAL: the tokens of run {seen.run.id} at the price of {name}, {rates(price)}"
    table(title, ["system", "calls", "cost as it was", f"as {name}", "ratio"], cost_rows(systems))
    typer.echo("No cost of the run is changed. Another model would have used other tokens for the same answers.")


def _keep(seen: "Revised", wanted: "dict[str, Wanted]", *, reported: bool, json: bool) -> None:
    from escalade.experiment.reprice import reprice as repriced  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report.repriced import cost_row, cost_rows  # noqa: PLC0415

    done = repriced(seen, wanted, reported=reported)
    if json:
        print_json(done)
        return
    if done.revision is None:
        typer.echo(f"run {done.run}: no cost changes with these prices; nothing was kept")
        return
    title = f"run {done.run}, revision {done.revision}: new prices for {', '.join(sorted(done.prices))}"
    heads = ["system", "calls", "cost before", "now", "ratio"]
    graded = [cost_row("(grading)", done.grading)] if done.grading.after.calls else []
    table(title, heads, [*cost_rows(done.systems), *graded])
    typer.echo(f"`escalade show {done.run}` shows the new costs, with `--revision 0` the run's own")
