"""`escalade arena`: scores of judged answers, worked out anew from what is stored, and the official files in and out.

Nothing is judged and nobody is asked: judging is what `escalade run` does with the task `arena_hard`.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.looking import opened_store
from escalade.cli.options import AsJson, OpenedStoreUrl, RunId
from escalade.cli.output import print_json, say
from escalade.core.errors import ConfigError, DataError

if TYPE_CHECKING:
    from escalade.cli.arena_boards import Asked

app = typer.Typer(
    help="Score judged answers anew, and read and write Arena-Hard-Auto's own files. Asks nobody.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
SchemeText = Annotated[
    str, typer.Option("--scheme", help='"official", "linear", or such as better=0.8,much_better=1,weight=2.')
]
AnswersFolder = Annotated[
    Path | None, typer.Option("--answers", help="A folder of official answer files.", show_default=False)
]


@app.command("score")
def score(
    sources: Annotated[
        list[str], typer.Argument(help="A run's id, or official judgment files or folders.", show_default=False)
    ],
    *,
    store: OpenedStoreUrl = None,
    answers: AnswersFolder = None,
    scheme: SchemeText = "official",
    features: Annotated[
        str, typer.Option(help="Style control: length,headers,lists,bold in any combination; all; none.")
    ] = "",
    judge: Annotated[list[str] | None, typer.Option(help="These judges only.", show_default="all, pooled")] = None,
    seed: Annotated[int, typer.Option(help="Of the resampling.")] = 0,
    revision: Annotated[int | None, typer.Option(help="Of the run's grades.", show_default="newest")] = None,
    json: AsJson = False,
) -> None:
    """Print the boards of a run, or of official judgment files: the official figures and ours.

    For example:

        escalade arena score arena-3f2a --scheme linear

        escalade arena score data/arena-hard-v2.0/model_judgment/gpt-4.1 --answers data/arena-hard-v2.0/model_answer
    """
    from escalade.cli.arena_boards import of_files, of_run, print_arena, read_official  # noqa: PLC0415  (heavy)

    asked = _asked(scheme, features, judge, seed)
    if _are_files(sources):
        print_arena(of_files(read_official([Path(source) for source in sources], answers), asked), json=json)
        return
    with opened_store(store) as opened:
        print_arena(of_run(opened, sources[0], asked, revision=revision), json=json)


@app.command("import")
def import_judgments(
    files: Annotated[list[Path], typer.Argument(help="Official judgment files or folders.", show_default=False)],
    *,
    answers: Annotated[Path, typer.Option("--answers", help="The folder of their answer files.", show_default=False)],
    store: OpenedStoreUrl = None,
    scheme: SchemeText = "official",
    name: Annotated[str, typer.Option(help="What the run is called.")] = "imported",
    json: AsJson = False,
) -> None:
    """Keep official judgments, with their answers, as a run: `show`, `arena score` and `compare` then read it.

    For example:

        escalade arena import data/arena-hard-v2.0/model_judgment/gpt-4.1 --answers data/arena-hard-v2.0/model_answer
    """
    from escalade.cli.arena_boards import read_official  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.arena import scheme_from_text  # noqa: PLC0415
    from escalade.config.opening import DEFAULT_STORE  # noqa: PLC0415
    from escalade.store import Store  # noqa: PLC0415
    from escalade.tasks.arena_hard.importing import import_run  # noqa: PLC0415

    imported = read_official(files, answers)
    with Store.open(store or DEFAULT_STORE) as opened:
        run = asyncio.run(import_run(opened, imported, scheme_from_text(scheme), name))
        if json:
            print_json({"run": run.id, "systems": list(run.systems), "judgments": len(imported)})
            return
        say(f"{len(imported):,} judgments of {len(run.systems)} models are in {opened.shown} as run {run.id}")


@app.command("export")
def export_run(
    run: RunId,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.", show_default=False)],
    store: OpenedStoreUrl = None,
    json: AsJson = False,
) -> None:
    """Write a run's answers and judgments as Arena-Hard-Auto's own files, for its code or anybody's.

    For example:

        escalade arena export arena-3f2a -o exported
    """
    from escalade.experiment.revised import revised  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.tasks.arena_hard.export import export  # noqa: PLC0415

    with opened_store(store) as opened:
        seen = revised(opened, run)
        if seen.run.redacted:
            raise DataError(f"the texts of {seen.run.task} are not exported", hint="its authors ask that none be shown")
        written = export(seen.records(), opened, output)
    if not written:
        raise DataError(f"run {seen.run.id} has nothing that was judged against a baseline's answers")
    if json:
        print_json([{"file": str(one.file), "lines": one.lines} for one in written])
        return
    for one in written:
        say(f"{one.file}: {one.lines:,} lines")


def _asked(scheme: str, features: str, judges: list[str] | None, seed: int) -> "Asked":
    from escalade.cli.arena_boards import Asked  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.arena import scheme_from_text  # noqa: PLC0415

    return Asked(scheme=scheme_from_text(scheme), features=features, judges=tuple(judges or ()), seed=seed)


def _are_files(sources: list[str]) -> bool:
    """Whether files are meant. Raises ConfigError where files and runs, or several runs, are named."""
    files = [source.endswith((".jsonl", ".jsonl.gz")) or Path(source).is_dir() for source in sources]
    if all(files):
        return True
    if len(sources) > 1:
        raise ConfigError("name one run, or files only", hint="runs are scored one by one: their conditions may differ")
    return False
