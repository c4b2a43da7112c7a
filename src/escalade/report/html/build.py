"""Building a report: one pass over each run's Records, then its page, its figures and its tables as files.

The page is written beside its place and moved there when it is whole: whoever looks at the old one keeps it until then.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from escalade import __version__
from escalade.analysis.curves import CurveTally
from escalade.analysis.summary import Summary
from escalade.analysis.tally import Tally
from escalade.core.errors import ConfigError
from escalade.experiment.revised import revised
from escalade.report.html.cells import Table
from escalade.report.html.drawing import check_installed
from escalade.report.html.explorer import Explorer
from escalade.report.html.files import Folder
from escalade.report.html.overview import overview
from escalade.report.html.page import Page, caution, frame, shown_run
from escalade.report.html.section import Section, sections
from escalade.report.html.spool import Spool
from escalade.store import Store

TEXT_LIMIT = 4_000
"""Characters of a text that the explorer keeps, unless told otherwise."""


class Choices(Struct, frozen=True, kw_only=True):
    text_limit: int = TEXT_LIMIT
    figures: Path | None = None
    """A folder for every figure as SVG and PNG."""
    tables: Path | None = None
    """A folder for all numbers as CSV."""


class Built(Struct, frozen=True, kw_only=True):
    report: str
    bytes: int
    runs: list[str]
    questions: int
    text_limit: int
    texts_cut: int
    figures: list[str]
    tables: list[str]


class _Gathered(Struct, frozen=True):
    """One run, read."""

    summary: Summary
    sections: list[Section]
    explorer: Explorer
    redacted: bool


def build_report(
    store: Store, runs: Sequence[str], out: Path, choices: Choices, say: Callable[[str], None] = lambda _: None
) -> Built:
    """Write the report of `runs` (ids, or the starts of them) to `out`. `say` is told what is under way.

    Raises ConfigError where the extra is not installed or a file cannot be written, StoreError for a run that is not
    there.
    """
    check_installed()
    try:
        with Spool() as spool:
            return _build(_Source(store, spool, choices.text_limit, say), runs, out, choices)
    except OSError as error:
        raise ConfigError(
            f"cannot write {error.filename or out}: {error.strerror or error}", hint="name another place with --out"
        ) from error


class _Source(Struct, frozen=True):
    store: Store
    spool: Spool
    text_limit: int
    say: Callable[[str], None]


def _build(source: _Source, runs: Sequence[str], out: Path, choices: Choices) -> Built:
    ids = list(dict.fromkeys(source.store.run(run)[0].id for run in runs))
    read = [_gathered(source, run) for run in ids]
    source.say("drawing")
    beside = overview([one.summary for one in read])
    out.parent.mkdir(parents=True, exist_ok=True)
    _write(out, read, beside, source)
    return Built(
        report=str(out),
        bytes=out.stat().st_size,
        runs=ids,
        questions=sum(one.explorer.questions for one in read),
        text_limit=choices.text_limit,
        texts_cut=sum(one.explorer.cut for one in read),
        figures=_drawn(choices.figures, read),
        tables=_tabulated(choices.tables, read, beside),
    )


def _gathered(source: _Source, run_id: str) -> _Gathered:
    source.say(f"reading {run_id}")
    store, seen = source.store, revised(source.store, run_id)
    run = seen.run
    tally, curves = Tally(run), CurveTally(run)
    explorer = Explorer(run, store.texts, source.spool, source.text_limit)
    for record in seen.records():
        tally.add(record)
        curves.add(record)
        explorer.add(record)
    summary = tally.summary(store.paid_by_system(run), finished=seen.ended == "finished")
    return _Gathered(summary, sections(summary, curves.curves(summary)), explorer, run.redacted)


def _write(out: Path, read: Sequence[_Gathered], beside: Sequence[Table], source: _Source) -> None:
    names = [f"questions-{place}" for place in range(len(read))]
    page = Page(
        title=", ".join(dict.fromkeys(f"{one.summary.run.experiment} on {one.summary.task.name}" for one in read)),
        made_by=f"Escalade {__version__}",
        runs=[shown_run(n, one.summary, one.sections, redacted=one.redacted) for n, one in enumerate(read)],
        overview=beside,
        explorers=names,
        said=list(_cautions(read, source.text_limit)),
    )
    before, after = frame(page)
    source.say("packing the questions")
    part = out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(before)
            for one, name in zip(read, names, strict=True):
                for block in one.explorer.blocks(name):
                    file.writelines(block.html())
            file.write(after)
        part.replace(out)
    finally:
        with suppress(OSError):  # what kept it from being written is the news
            part.unlink(missing_ok=True)


def _cautions(read: Sequence[_Gathered], limit: int) -> Iterator[str]:
    if any(not one.redacted for one in read):
        yield f"Texts longer than {limit:,} characters are cut in the middle; `escalade why --full` shows them whole."
    if any(one.redacted for one in read):
        yield "The authors of a task ask that its questions be kept private: its runs carry no text at all."


def _drawn(path: Path | None, read: Sequence[_Gathered]) -> list[str]:
    if path is None:
        return []
    folder = Folder(path)
    for one in read:
        figures = (figure for section in one.sections for figure in section.figures)
        folder.draw(one.summary.run.id, figures, caution(one.summary))
    return folder.written


def _tabulated(path: Path | None, read: Sequence[_Gathered], beside: Sequence[Table]) -> list[str]:
    if path is None:
        return []
    folder = Folder(path)
    folder.tabulate("", beside)
    for one in read:
        for section in one.sections:
            folder.tabulate(one.summary.run.id, (figure.numbers for figure in section.figures))
            folder.tabulate(one.summary.run.id, section.tables)
    return folder.written
