"""The program: its commands, and the one place where an error becomes a message and an exit code.

0 done; 1 failed; 2 the command or the config is wrong; 3 a run ended before all was done (run it again to go on);
130 interrupted.
"""

import errno
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from escalade import __version__
from escalade.cli import (
    arena,
    asking,
    comparing,
    data,
    demo,
    importing,
    importing_runs,
    looking,
    missing,
    planning,
    regrading,
    reporting,
    repricing,
    running,
    searching,
    simulating,
    tracking,
    watching,
    writing,
)
from escalade.core.errors import ConfigError, EscaladeError


class _Program(TyperGroup):
    """Says what Typer would end without a word, before Typer does."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            typer.echo("interrupted: what was finished is kept; run the same command again to go on", err=True)
            raise typer.Exit(130) from None
        except OSError as error:
            if error.errno not in (errno.EPIPE, errno.ENOSPC):
                raise
            _drop_output()
            if error.errno == errno.EPIPE:
                raise typer.Exit from None
            said = f"cannot write {error.filename or 'the output'}: {error.strerror}"
            raise EscaladeError(said, hint="free some space and run the same command again") from error


def _drop_output() -> None:
    """What is still in the buffer has nowhere to go, and Python would fail on it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


app = typer.Typer(
    cls=_Program,
    help="Answers each question with the cheapest ladder of language models that is good enough.",
    epilog="Start with `escalade demo`, then `escalade init` and `escalade run escalade.yaml`.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("init")(writing.init)
app.command("run")(running.run)
app.command("search")(searching.search)
app.command("ask")(asking.ask)
app.command("plan")(planning.plan)
app.command("show")(looking.show)
app.command("why")(looking.why)
app.command("report")(reporting.report)
app.command("runs")(looking.runs)
app.command("track")(tracking.track)
app.add_typer(data.app, name="data")
app.command("compare")(comparing.compare)
app.command("misses")(missing.misses)
app.command("watch")(watching.watch)
app.command("regrade")(regrading.regrade)
app.command("reprice")(repricing.reprice)
app.command("models")(planning.models)
app.command("simulate")(simulating.simulate)
app.command("schema")(writing.schema)
app.command("prompts")(writing.prompts)
app.command("import")(importing.import_config)
app.command("import-runs")(importing_runs.import_runs)
app.add_typer(arena.app, name="arena")


@app.callback(invoke_without_command=True)
def _program(version: bool = typer.Option(False, "--version", help="Show the version and exit.")) -> None:
    if version:
        typer.echo(f"escalade {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the program. What a user can mend is told in one line with its remedy; a bug shows its traceback."""
    try:
        app()
    except EscaladeError as error:
        sys.exit(fail(error))


def fail(error: EscaladeError) -> int:
    typer.echo(f"error: {error}", err=True)
    if error.hint:
        typer.echo(f"  try: {error.hint}", err=True)
    return 2 if isinstance(error, ConfigError) else 1
