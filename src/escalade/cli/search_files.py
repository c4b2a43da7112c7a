"""The files that `escalade search` writes: the winner's config, and tables and answers of the whole search."""

from pathlib import Path

from escalade.cli.output import say
from escalade.config.open_search import OpenedSearch
from escalade.config.opening import Choices
from escalade.config.reading import unresolved
from escalade.config.winner import check_folder
from escalade.core.errors import ConfigError
from escalade.search import Searched


def check_out(path: Path, choices: Choices, out: Path) -> None:
    """Before anything is spent: the winner's config can be written where it was asked for."""
    if not out.resolve().parent.is_dir():
        raise ConfigError(f"cannot write {out}: its folder is not there", hint="make the folder, or name another file")
    if out.resolve() == path.resolve():
        raise ConfigError(f"{out} is the config that is searched", hint="name another file with --out")
    check_folder(unresolved(path, choices.changes), path.parent, out)


def write_winner(found: Searched, opened: OpenedSearch, out: Path) -> None:

    try:
        out.write_text(opened.winner(found), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {out}: {error}") from error
    say(f"wrote {out}: its system `winner` is {found.winner}")


def export_found(found: Searched, opened: OpenedSearch, folder: Path) -> None:
    from escalade.report.search_export import export_search  # noqa: PLC0415  (only where it is asked for)

    say(f"wrote {len(export_search(found, opened.store, folder)):,} files to {folder}")
