"""Several runs beside one another: a table for each set of questions, since what differs in it is not comparable.

Runs share a table where their tasks have one fingerprint, that is the same questions, wording and grading. Runs that
differ in it, or do not say, never do.
"""

from collections.abc import Sequence

from escalade.analysis.summary import Summary
from escalade.report import cells as told
from escalade.report.html.cells import Column, Table
from escalade.report.html.tables import estimate


def overview(summaries: Sequence[Summary]) -> list[Table]:
    """Nothing for a single run."""
    if len(summaries) < 2:
        return []
    groups: dict[tuple[str, str], list[Summary]] = {}
    for summary in summaries:
        task = summary.task
        groups.setdefault((task.name, task.fingerprint or f"unknown, run {summary.run.id}"), []).append(summary)
    return [_table(number, name, mark, runs) for number, ((name, mark), runs) in enumerate(groups.items(), 1)]


def _table(number: int, task: str, fingerprint: str, runs: Sequence[Summary]) -> Table:
    columns = (
        Column("run"),
        Column("system"),
        Column(runs[0].task.metric, "share", interval=True),
        Column("items", "count"),
        Column("USD per question", "usd"),
        Column("against its run's reference"),
    )
    rows = [
        (
            run.run.id,
            told.name(s),
            estimate(s.quality),
            s.quality.n,
            s.cost.per_item,
            "reference" if s.name == run.reference else told.difference(s.versus_reference),
        )
        for run in runs
        for s in run.systems
    ]
    return Table(slug=f"runs-{number}", title=f"{task} (task {fingerprint})", columns=columns, rows=rows)
