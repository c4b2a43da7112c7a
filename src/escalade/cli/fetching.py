"""`escalade data fetch`: a benchmark's files, brought here before they are needed."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escalade.cli.options import AsJson, DataFolder, choices_of
from escalade.cli.output import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escalade.tasks.fetch import DataFiles, Published


def fetch(
    benchmark: Annotated[
        str,
        typer.Argument(help="math500, gpqa, arena_hard, arena_hard_v0.1 or mmlu_pro.", show_default=False),
    ],
    *,
    data: DataFolder = None,
    json: AsJson = False,
) -> None:
    """Download a benchmark's files from their publisher, unless they are here, and say where they are.

    Later commands find them there, with --offline too. Each is verified by its hash. What cannot be had is named with
    the way to get it by hand, and the exit code is 1.

    For example:

        escalade data fetch math500
    """
    from escalade.config.opening import data_files  # noqa: PLC0415  (heavy: --help must be quick)
    from escalade.config.problems import unknown  # noqa: PLC0415
    from escalade.tasks.published import published  # noqa: PLC0415

    known = published()
    if benchmark not in known:
        raise unknown("benchmark", benchmark, known, at="data fetch")
    asyncio.run(_fetch(known[benchmark], data_files(Path(), choices_of(data=data)), json=json))


async def _fetch(wanted: "Sequence[Published]", files: "DataFiles", *, json: bool) -> None:
    """Prints what is here even where the rest cannot be had. Raises DataError."""
    found: dict[str, str] = {}
    try:
        for file in wanted:
            found[file.name] = str(await files.obtain(file))
            if not json:
                typer.echo(f"{file.name}: {found[file.name]}")
    finally:
        if json:
            print_json(found)
