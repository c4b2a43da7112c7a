"""`escalade compare`: systems of one run or of many, paired by item and sample. Nothing is called
but, with `--judge`, the judge.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, DataFolder, Offline, OpenedStoreUrl, choices_of
from escalade.cli.output import write_json
from escalade.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    from escalade.analysis.comparison.comparable import Difference
    from escalade.analysis.comparison.compared import Compared
    from escalade.cli.contestants import Named
    from escalade.config.opening import Choices
    from escalade.store import Store

_SYSTEMS_AT_LEAST = 2


def compare(
    systems: Annotated[
        list[str],
        typer.Argument(
            help="RUN for all its systems, or RUN:SYSTEM; run ids may be shortened.",
            metavar="RUN[:SYSTEM]...",
            show_default=False,
        ),
    ],
    *,
    first: Annotated[
        bool, typer.Option("--first", help="Compare the others with the first only, not each with each.")
    ] = False,
    gap: Annotated[
        float | None,
        typer.Option(help="Say how many items would show a difference of so many points.", show_default=False),
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Compare also where items, gold, grading or prices differ, and say so.")
    ] = False,
    judge: Annotated[
        list[str] | None,
        typer.Option(help="Let this model of --config judge the two systems' answers.", show_default=False),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="For --judge: the config that the runs were made with.", show_default=False)
    ] = None,
    experiment: Annotated[
        str | None, typer.Option(help="Which experiment of it; may be left out if it has one.", show_default=False)
    ] = None,
    data: DataFolder = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", help="US dollars that --judge may cost.", show_default=False, metavar="USD"),
    ] = None,
    offline: Offline = False,
    store: OpenedStoreUrl = None,
    json: AsJson = False,
) -> None:
    """Compare systems over the trials that both did: score and cost, by McNemar's test or the paired bootstrap.

    p-values are Holm's over all that is compared at once; failures are losses. Runs that asked, graded or priced
    otherwise are refused, with what differs, unless --anyway.

    For example:

        escalade compare first-3f2a:ladder first-3f2a:large --gap 2

        escalade compare before-81cc:ladder after-0d4e:ladder

        escalade compare first-3f2a:ladder first-3f2a:large --judge referee --config escalade.yaml
    """
    from escalade.analysis import to_json  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.report import console  # noqa: PLC0415
    from escalade.report.comparison import render_comparison  # noqa: PLC0415

    if gap is not None and not 0 < gap <= 100:
        raise typer.BadParameter("a gap is more than 0 and at most 100 points", param_hint="--gap")
    if judge:
        if first or anyway or gap is not None:
            raise typer.BadParameter("--first, --gap and --anyway are about grades; a judge gives its own verdicts")
        choices = choices_of(store=store, data=data, offline=offline, budget=budget)
        _judged(systems, judge, _Place(config, experiment, choices), json=json)
        return
    with opened_store(store) as opened:
        found = _compared(opened, systems, first=first, gap=gap, anyway=anyway)
    if json:
        write_json(to_json(found))
    else:
        render_comparison(found, console())


class _Place(NamedTuple):
    """Where the judge is found."""

    config: Path | None
    experiment: str | None
    choices: "Choices"


def _judged(systems: list[str], judges: list[str], place: _Place, *, json: bool) -> None:
    """The judges' boards of two systems' stored answers."""
    from escalade.cli.arena_boards import print_arena  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.cli.duelling import duel  # noqa: PLC0415

    if place.config is None:
        raise ConfigError("a judge must be found in a config", hint="name it with --config")
    print_arena(duel(systems, judges, place.config, place.experiment, place.choices), json=json)


def _compared(store: "Store", told: list[str], *, first: bool, gap: float | None, anyway: bool) -> "Compared":
    from escalade.analysis.comparison.comparable import differences  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.analysis.comparison.compared import compared  # noqa: PLC0415
    from escalade.cli.contestants import entrants, named  # noqa: PLC0415

    chosen = [named(store, text) for text in told]
    found = entrants(chosen)
    if len(found) < _SYSTEMS_AT_LEAST:
        raise ConfigError(
            f"{' '.join(told)} names one system, and a comparison needs two",
            hint="name a run with several systems, or two of RUN:SYSTEM",
        )
    unlike = differences([entrant.contestant for entrant in found])
    if unlike and not anyway:
        raise _refusal(unlike)
    return compared(
        found, to_first=first, gap=None if gap is None else gap / 100, differences=unlike, notes=_revisions(chosen)
    )


def _refusal(unlike: "list[Difference]") -> Exception:

    told = "; ".join(each.sentence for each in unlike)
    return DataError(
        f"these runs cannot be compared as equals: {told}",
        hint="compare them all the same with --anyway, which prints what differs; `escalade regrade` and `reprice` "
        "bring grading and prices into line",
    )


def _revisions(chosen: "list[Named]") -> list[str]:
    """What a reader must know of the revisions that are compared."""
    return list(
        dict.fromkeys(
            f"Run {each.seen.run.id} is compared as of its revision {each.seen.number}."
            for each in chosen
            if each.seen.number
        )
    )
