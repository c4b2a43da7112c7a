"""The report of a run, as the commands that run and show one print it: tables, or JSON."""

from shlex import quote

from escalade.analysis import Summary, to_json
from escalade.cli.output import write_json
from escalade.config.opening import DEFAULT_STORE
from escalade.experiment.figures import summary_of
from escalade.store import Store
from escalade.tasks.arena_hard import ArenaHard


def store_option(store: Store) -> str:
    """What a command that is shown needs to find the store: " --store URL", or nothing for the usual one."""
    return "" if store.shown == DEFAULT_STORE else f" --store {quote(store.shown)}"


def print_summary(store: Store, run_id: str, *, json: bool, revision: int | None = None) -> Summary:
    """Print the report and return its figures."""
    summary = summary_of(store, run_id, revision)
    if json:
        write_json(to_json(summary))
        return summary
    from escalade.report import console, draw, render  # noqa: PLC0415  (heavy: not for JSON)

    out = console()
    render(summary, out)
    if summary.task.metric == ArenaHard.metric:
        from escalade.cli.arena_boards import print_boards_of  # noqa: PLC0415  (only for judged answers)

        print_boards_of(store, run_id, revision)
    command = f"escalade why {run_id} ITEM{store_option(store)}"
    draw.with_command(f"stored in {store.shown} as run {run_id}; `{command}` explains a question", out)
    return summary
